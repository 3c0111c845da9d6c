/** What the load script does, and when: milliseconds from its beginning. */

export interface Plan {
  readonly questionsPerSecond: number;
  readonly providerDiesMs: number;
  readonly providerReturnsMs: number;
  readonly redisDiesMs: number;
  readonly redisReturnsMs: number;
  readonly endMs: number;
}

export const PLAN: Plan = {
  questionsPerSecond: 20,
  providerDiesMs: 15_000,
  providerReturnsMs: 60_000,
  redisDiesMs: 90_000,
  redisReturnsMs: 105_000,
  endMs: 120_000,
};

/** The whole story in half a minute, to see that it runs. */
export const QUICK: Plan = {
  questionsPerSecond: 10,
  providerDiesMs: 5_000,
  providerReturnsMs: 12_000,
  redisDiesMs: 30_000,
  redisReturnsMs: 34_000,
  endMs: 38_000,
};

/** How long after each change is not looked at: what happens then is the change itself. */
export const SETTLES_MS = 2_000;
