/**
 * The facts of one record, and the state that follows from them. Facts are stored, state is derived: nothing here knows
 * a timer, a store or a call.
 */
import type { FailureKind, HoldKind } from "./outcome.ts";

export type CircuitState = "closed" | "open" | "half-open";

/** Why a circuit opened. */
export type TripReason =
  | "failure-rate"
  | "failure-threshold"
  | "consecutive-failures"
  | "slow-calls"
  | "rollup"
  | "probe-failed"
  | "probe-lost"
  | "probe-void";

/** What a decision rests on, for people and programs. */
export interface Evidence {
  /** Completed calls in the window, plus those in flight and still young. */
  readonly calls: number;
  readonly failures: number;
  /** Successful or failed calls slower than `slowCall.after`. */
  readonly slow: number;
  /** Length of the window in milliseconds; null for a window of calls. */
  readonly windowMs: number | null;
  readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
  /** "18 of 20 calls failed in 30 s". */
  readonly headline: string;
  /** The headline with the kinds: "18 of 20 calls failed in 30 s: 15 timeout, 3 overloaded". */
  readonly summary: string;
}

/** The right to probe. Whoever holds the token may settle; the token dies with the lease or the generation. */
export interface Lease {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** A deadline of its own that a rate limit, a quota or a key has set; apart from the circuit's state. */
export interface Hold {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** How often in a row, 1 for the first; the ladder of holds without a hint. */
  readonly step: number;
}

export interface Override {
  readonly mode: "force-open" | "force-closed";
  readonly by: string;
  readonly reason: string;
  readonly sinceMs: number;
  /** Null: until cleared. */
  readonly untilMs: number | null;
}

export interface ClosedCircuit {
  readonly is: "closed";
}

export interface TrippedCircuit {
  readonly is: "tripped";
  readonly openedAtMs: number;
  readonly openUntilMs: number;
  readonly reason: TripReason;
  readonly evidence: Evidence | null;
  /** The live lease. A lease past its expiry is dead but stays until a claim buries it. */
  readonly lease: Lease | null;
  /** Whether this open period has been claimed, so that `open → half-open` is told once. */
  readonly claimed: boolean;
  /** Probes that succeeded, were lost in a row, and ended without a verdict in a row. */
  readonly passed: number;
  readonly lost: number;
  readonly voided: number;
}

export type Circuit = ClosedCircuit | TrippedCircuit;

/** Counts of one slice of time, addressed by its absolute start. */
export interface Bucket {
  readonly startMs: number;
  readonly successes: number;
  readonly slow: number;
  readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
  /** Calls that began in this slice and have shown nothing yet, without those silent for long. */
  readonly young: number;
}

/**
 * Failures without a success in between, over all replicas, among calls in the order they began: an answer to a call from
 * before the first of them says nothing about the provider since.
 */
export interface Streak {
  readonly failures: number;
  /** When the first of them came. */
  readonly sinceMs: number;
  /** When the earliest begun of the failed calls had begun. */
  readonly startedMs: number;
  /** Its failures, and the calls that may yet succeed among those begun between its earliest and its latest begun. */
  readonly begun: number;
  /** The one replica that reported all of it; null: there are several, or nobody shares the record. */
  readonly from: string | null;
}

export interface Facts {
  /** Made when the record is created; 0 = no record yet. After a loss of data nothing of the old life matches. */
  readonly incarnation: number;
  /** +1 at every change that a view must learn. */
  readonly version: number;
  /** +1 on trip, reopen, close, reset and override; a result of another generation changes nothing. */
  readonly generation: number;
  readonly circuit: Circuit;
  /** The cooldown ladder: the step of the last open period and its length, and when it ended. */
  readonly step: number;
  readonly cooldownMs: number;
  readonly closedAtMs: number | null;
  readonly holds: Readonly<Partial<Record<HoldKind, Hold>>>;
  readonly override: Override | null;
  readonly buckets: readonly Bucket[];
  readonly streak: Streak;
  /** Who was served last, and who before that, of two different replicas. */
  readonly served: readonly Served[];
}

/** A replica and the latest instant at which a call of it is known to have succeeded. */
export interface Served {
  readonly by: string;
  readonly atMs: number;
}

export const NO_STREAK: Streak = { failures: 0, sinceMs: 0, startedMs: 0, begun: 0, from: null };
export const CLOSED: ClosedCircuit = { is: "closed" };

/** A record that does not exist yet: closed, no history. */
export const NO_RECORD: Facts = {
  incarnation: 0,
  version: 0,
  generation: 0,
  circuit: CLOSED,
  step: 0,
  cooldownMs: 0,
  closedAtMs: null,
  holds: {},
  override: null,
  buckets: [],
  streak: NO_STREAK,
  served: [],
};

/** The computed state, as if there were no override: open until the deadline, half-open from then on. */
export function computedState(facts: Facts, nowMs: number): CircuitState {
  if (facts.circuit.is === "closed") return "closed";
  return nowMs < facts.circuit.openUntilMs ? "open" : "half-open";
}

/** The override that is in force, or null. */
export function overrideNow(facts: Facts, nowMs: number): Override | null {
  const { override } = facts;
  return override !== null && (override.untilMs === null || nowMs < override.untilMs) ? override : null;
}

/** The state callers get: the override's while one is in force, else the computed one. */
export function effectiveState(facts: Facts, nowMs: number): CircuitState {
  const override = overrideNow(facts, nowMs);
  if (override !== null) return override.mode === "force-open" ? "open" : "closed";
  return computedState(facts, nowMs);
}

/** The lease that is alive, or null. */
export function liveLease(circuit: TrippedCircuit, nowMs: number): Lease | null {
  return circuit.lease !== null && nowMs < circuit.lease.expiresAtMs ? circuit.lease : null;
}
