/** What no default can choose but a reader should see: how the breaker behaves as the world changes. */
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { STREAK_LEAST_MS } from "../../packages/recloser/src/trip.ts";
import { spread } from "../figures.ts";
import { type Arm, playFleet } from "../outage/fleet.ts";
import { latencies } from "../outage/simulation.ts";

export interface Curves {
  /** Good answers in a brownout, of those without a breaker, by the share of calls that fails. */
  readonly brownout: readonly { readonly failing: number; readonly alone: number; readonly shared: number }[];
  /** Calls that reach a dead provider, by the rate of the whole fleet, and what the formula says. */
  readonly dead: readonly {
    readonly perSecond: number;
    readonly alone: number;
    readonly shared: number;
    readonly formula: number;
  }[];
}

const SHARES = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
const RATES = [10, 20, 50, 100, 200, 500, 1_000];
const WARM_MS = 15_000;
const BROWNOUT_MS = 120_000;
const DEAD_MS = 30_000;
const FAILS_AFTER_MS = 50;
// A report waits up to 20 ms for the one before; it and the push take a millisecond or so.
const SPREADS_IN_MS = 12;

export async function curves(seeds: readonly number[], progress: (text: string) => void): Promise<Curves> {
  const brownout = [];
  for (const failing of SHARES) {
    progress(`a brownout of ${failing * 100} %`);
    const kept = async (arm: Arm): Promise<number> =>
      medianOf(
        seeds,
        async (seed) => (await good(arm, failing, seed)) / Math.max(1, await good("none", failing, seed)),
      );
    brownout.push({ failing, alone: await kept("per-process"), shared: await kept("shared") });
  }
  const dead = [];
  for (const perSecond of RATES) {
    progress(`a dead provider at ${perSecond} calls/s`);
    const calls = async (arm: Arm): Promise<number> => medianOf(seeds, (seed) => reached(arm, perSecond, seed));
    const [alone, shared] = [await calls("per-process"), await calls("shared")];
    dead.push({ perSecond, alone, shared, formula: bound(perSecond) });
  }
  return { brownout, dead };
}

/** Calls that reach a dead provider before a shared circuit is open everywhere, in the mean; its probes come on top. */
export function bound(perSecond: number): number {
  const { consecutiveFailures } = createPolicy();
  const untilSeenMs = FAILS_AFTER_MS + SPREADS_IN_MS;
  const needed = Math.max(Number(consecutiveFailures), (perSecond * STREAK_LEAST_MS) / 1_000);
  return needed + (perSecond * untilSeenMs) / 1_000;
}

async function good(arm: Arm, failing: number, seed: number): Promise<number> {
  let answers = 0;
  const toMs = WARM_MS + BROWNOUT_MS;
  await playFleet(
    {
      ...{ seed, arm, replicas: 8, perSecond: 80, asks: "answer", tries: 1, forMs: toMs + 10_000 },
      latency: { answer: latencies.chatAnswer },
      schedule: [{ fromMs: WARM_MS, toMs, does: { kind: "status", status: 503, probability: failing } }],
    },
    { onEnd: ({ atMs, end }) => void (end === "ok" && atMs >= WARM_MS && atMs < toMs && answers++) },
  );
  return answers;
}

async function reached(arm: Arm, perSecond: number, seed: number): Promise<number> {
  let calls = 0;
  await playFleet(
    {
      ...{ seed, arm, replicas: 20, perSecond, asks: "answer", tries: 1, forMs: WARM_MS + DEAD_MS },
      latency: { answer: latencies.chatAnswer, error: FAILS_AFTER_MS },
      schedule: [{ fromMs: WARM_MS, does: { kind: "status", status: 503 } }],
    },
    { onTry: (atMs) => void (atMs >= WARM_MS && calls++) },
  );
  return calls;
}

async function medianOf(seeds: readonly number[], run: (seed: number) => Promise<number>): Promise<number> {
  const values = [];
  for (const seed of seeds) values.push(await run(seed));
  return spread(values).median;
}
