/** A scenario is data: a job, and the steps that are played on it, each with what is expected. */
import type { Admission, Answer, Control, End, Feature, Replica, Setup, State } from "./contender.ts";

export type Step =
  | { readonly do: "admit"; readonly call: string; readonly admission: Admission; readonly expect: Answer | null }
  | { readonly do: "settle"; readonly call: string; readonly end: End; readonly expect: Answer | null }
  | { readonly do: "advance"; readonly ms: number }
  | { readonly do: "control"; readonly action: Control }
  | { readonly do: "inspect state"; readonly replica: Replica; readonly expect: readonly State[] }
  | { readonly do: "inspect call"; readonly call: string; readonly expect: Answer };

export interface Scenario {
  /** Names it for the list of differences. */
  readonly id: string;
  /** A sentence that is true of a library that passes. */
  readonly claim: string;
  readonly needs: readonly Feature[];
  readonly setup: Setup;
  readonly steps: readonly Step[];
}

export interface Area {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

/** The job of every scenario that does not say otherwise. */
const JOB: Setup = { windowMs: 10_000, minimumCalls: 4, failureRate: 0.5, cooldownMs: 5_000 };

export function scenario(
  id: string,
  claim: string,
  steps: readonly (Step | readonly Step[])[],
  { needs = [], ...setup }: Partial<Setup> & { readonly needs?: readonly Feature[] } = {},
): Scenario {
  return { id, claim, needs, setup: { ...JOB, ...setup }, steps: steps.flat() };
}

export const admits = (call: string, admission: Admission = {}): Step => ({
  do: "admit",
  call,
  admission,
  expect: "running",
});

export const rejects = (call: string, admission: Admission = {}): Step => ({
  do: "admit",
  call,
  admission,
  expect: "rejected",
});

export const answersFor = (call: string): Step => ({ do: "admit", call, admission: {}, expect: "fallback" });

export const ends = (call: string, end: End, expect: Answer | null = null): Step => ({
  do: "settle",
  call,
  end,
  expect,
});

export const passes = (ms: number): Step => ({ do: "advance", ms });

export const does = (action: Control): Step => ({ do: "control", action });

export const stateIs = (...expect: readonly State[]): Step => ({ do: "inspect state", replica: "a", expect });

export const callIs = (call: string, expect: Answer): Step => ({ do: "inspect call", call, expect });

export const SUCCESS: End = { kind: "success" };
export const CANCELLED: End = { kind: "cancelled" };
export const CONTENT: End = { kind: "content" };
export const CUT: End = { kind: "cut" };

export const status = (code: number, retryAfterS?: number): End => ({
  kind: "status",
  status: code,
  ...(retryAfterS === undefined ? {} : { retryAfterS }),
});

/** How far apart calls that follow each other are. */
const APART_MS = 100;

/** Calls one after another, each of which ends so. */
export function calls(count: number, end: End, admission: Admission = {}): readonly Step[] {
  const one = [admits("one of many", admission), ends("one of many", end), passes(APART_MS)];
  return Array.from({ length: count }, () => one).flat();
}

/** The same, of which some may be refused. */
export function tries(count: number, end: End): readonly Step[] {
  return calls(count, end).map((step) => (step.do === "admit" ? { ...step, expect: null } : step));
}

/** Enough failures to open the circuit. All begin before the first fails: some libraries count calls under way as calls. */
export function trips(admission: Admission = {}): readonly Step[] {
  const failing = ["failing 1", "failing 2", "failing 3", "failing 4"];
  return [
    ...failing.map((call) => admits(call, admission)),
    ...failing.flatMap((call) => [ends(call, status(503)), passes(APART_MS)]),
  ];
}

/** The circuit's cooldown, to its end and a little longer. */
export const cooldownEnds: Step = passes(5_500);
