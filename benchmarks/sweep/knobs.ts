/** The numbers that the sweep chooses, with the values it tries of each. */
import type { PolicyOptions } from "recloser";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { STREAK, STREAK_LEAST_MS, STREAK_LEAST_SHARE } from "../../packages/recloser/src/trip.ts";

/** One choice of numbers. */
export interface Choice {
  readonly policy: PolicyOptions;
  /** Not options, but constants. */
  readonly streak?: Partial<typeof STREAK>;
}

export interface Knob {
  readonly name: string;
  readonly unit: string;
  /** The default. */
  readonly standard: number;
  readonly values: readonly number[];
  /** Bars that it moves, for its chart and its table. */
  readonly moves: readonly string[];
  choice(value: number): Choice;
}

const standard = createPolicy();

const option = (make: (value: number) => PolicyOptions) => (value: number) => ({ policy: make(value) });

export const KNOBS: readonly Knob[] = [
  {
    name: "consecutiveFailures",
    standard: Number(standard.consecutiveFailures),
    unit: "failures",
    values: [5, 8, 10, 12, 15, 18, 21, 25, 30],
    moves: ["dead-fast", "dead-uneven", "brownout-50", "base-errors", "low-rate"],
    choice: option((consecutiveFailures) => ({ consecutiveFailures })),
  },
  {
    name: "streak span",
    standard: STREAK_LEAST_MS,
    unit: "ms",
    values: [0, 25, 50, 75, 100, 150, 250],
    moves: ["dead-fast", "dead-uneven", "brownout-50"],
    choice: (leastMs) => ({ policy: {}, streak: { leastMs } }),
  },
  {
    name: "streak share",
    standard: STREAK_LEAST_SHARE,
    unit: "",
    values: [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
    moves: ["dead-fast", "dead-uneven", "brownout-50", "base-errors"],
    choice: (leastShare) => ({ policy: {}, streak: { leastShare } }),
  },
  {
    name: "failureRate",
    standard: Number(standard.failureRate),
    unit: "",
    values: [0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1],
    moves: ["brownout-50", "dead-fast", "base-errors", "low-rate"],
    choice: option((failureRate) => ({ failureRate })),
  },
  {
    name: "minimumCalls",
    standard: standard.minimumCalls,
    unit: "calls",
    values: [5, 10, 15, 20, 30, 40, 80],
    moves: ["brownout-50", "base-errors", "dead-fast", "low-rate"],
    choice: option((minimumCalls) => ({ minimumCalls })),
  },
  {
    name: "window",
    standard: Number(standard.windowMs) / 1_000,
    unit: "s",
    values: [5, 10, 20, 30, 60, 120],
    moves: ["brownout-50", "dead-fast", "base-errors", "recovery", "low-rate"],
    choice: option((seconds) => ({ window: seconds * 1_000 })),
  },
  {
    name: "silence",
    standard: Number(standard.silenceMs) / 1_000,
    unit: "s",
    values: [5, 10, 15, 20, 30, 45, 65],
    moves: ["hang", "base-errors-unary", "recovery-long", "slow-start", "slow-answers"],
    choice: option((seconds) => ({ silence: seconds * 1_000 })),
  },
  {
    name: "cooldown.initial",
    standard: standard.cooldown.initialMs / 1_000,
    unit: "s",
    values: [0.5, 1, 2, 5, 10, 20],
    moves: ["dead-fast", "recovery", "recovery-long", "brownout-80"],
    choice: option((seconds) => ({ cooldown: { initial: seconds * 1_000 } })),
  },
  {
    name: "cooldown.factor",
    standard: standard.cooldown.factor,
    unit: "",
    values: [1, 1.5, 2, 3, 4],
    moves: ["dead-fast", "recovery", "brownout-80"],
    choice: option((factor) => ({ cooldown: { factor } })),
  },
  {
    name: "cooldown.max",
    standard: standard.cooldown.maxMs / 1_000,
    unit: "s",
    values: [10, 20, 30, 60, 120],
    moves: ["dead-fast", "recovery", "recovery-long", "brownout-80"],
    choice: option((seconds) => ({ cooldown: { max: seconds * 1_000 } })),
  },
  {
    name: "cooldown.jitter",
    standard: standard.cooldown.jitter,
    unit: "",
    values: [0, 0.1, 0.2, 0.5, 1],
    moves: ["dead-fast", "recovery", "brownout-80"],
    choice: option((jitter) => ({ cooldown: { jitter } })),
  },
];

export interface Pair {
  readonly knobs: readonly [string, string];
  readonly values: readonly [readonly number[], readonly number[]];
  readonly bars: readonly string[];
}

/** Numbers that mean little without each other. */
export const PAIRS: readonly Pair[] = [
  {
    knobs: ["failureRate", "minimumCalls"],
    values: [
      [0.5, 0.7, 0.8, 0.9, 1],
      [10, 20, 40],
    ],
    bars: ["brownout-50", "base-errors", "base-errors-unary", "dead-fast"],
  },
  {
    knobs: ["consecutiveFailures", "streak share"],
    values: [
      [8, 12, 15, 18, 21],
      [0.6, 0.75, 0.9],
    ],
    bars: ["brownout-50", "base-errors", "dead-fast", "dead-uneven"],
  },
  {
    knobs: ["consecutiveFailures", "streak span"],
    values: [
      [12, 15, 18, 21],
      [50, 100, 150],
    ],
    bars: ["dead-fast", "dead-uneven"],
  },
];

export function knobNamed(name: string): Knob {
  const knob = KNOBS.find((one) => one.name === name);
  if (knob === undefined) throw new Error(`no number "${name}"`);
  return knob;
}

/** Two choices at once. */
export function both(a: Choice, b: Choice): Choice {
  return { policy: { ...a.policy, ...b.policy }, streak: { ...a.streak, ...b.streak } };
}

/** Runs something with the constants of a choice in force. */
export async function withConstants<T>({ streak = {} }: Choice, run: () => Promise<T>): Promise<T> {
  Object.assign(STREAK, streak);
  try {
    return await run();
  } finally {
    Object.assign(STREAK, { leastMs: STREAK_LEAST_MS, leastShare: STREAK_LEAST_SHARE });
  }
}
