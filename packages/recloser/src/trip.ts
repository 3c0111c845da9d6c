/** When a closed circuit trips. Pure: counts and a policy in, a reason or null out. */
import { spoken } from "./spoken.ts";
import { FAILURE_KINDS, type FailureKind } from "./outcome.ts";
import type { Evidence, Streak, TripReason } from "./state.ts";

/** The part of a policy that decides a trip. */
export interface TripPolicy {
  readonly minimumCalls: number;
  readonly failureRate: number | false;
  readonly failureThreshold: number | false;
  readonly consecutiveFailures: number | false;
  readonly slowCall: { readonly afterMs: number; readonly rate: number } | false;
}

export interface Counts {
  readonly successes: number;
  readonly failures: number;
  readonly slow: number;
}

// A streak shorter than this is one event, not an outage: a dropped connection fails every call on it at the same
// instant (protocol.md §2). With the design's 150 ms more than 40 calls of 20 replicas reach a dead provider
// (docs/decisions/0015-defaults.md).
export const STREAK_LEAST_MS = 50;
/**
 * Three failures outweigh one call that may yet succeed, beyond a quarter of the streak's own length. An LLM fails in
 * 50 ms and answers in 8–60 s, so after a start every outcome is a failure for seconds, whatever the error rate; among
 * calls that began together the share of failures is the error rate
 * (docs/decisions/0014-a-streak-among-calls-that-began-together.md).
 */
export const STREAK_LEAST_SHARE = 0.75;
/** Among fewer calls than this the share says nothing, and the streak's length alone decides. */
export const SHARE_LEAST_CALLS = 20;
/** The numbers in force: always the constants, but in the sweep that chose them, which tries others. @internal */
export const STREAK: { leastMs: number; leastShare: number } = {
  leastMs: STREAK_LEAST_MS,
  leastShare: STREAK_LEAST_SHARE,
};

/**
 * The reason to trip, or null.
 *
 * Calls in flight that are still young stand in the denominator: an LLM fails in 50 ms and answers in 8–60 s, so a rate
 * over completions alone would trip a healthy provider after every start (protocol.md §2).
 *
 * @param young calls in flight that have shown nothing yet and have not been silent for long
 */
export function tripReason(
  counts: Counts,
  young: number,
  streak: Streak,
  policy: TripPolicy,
  nowMs: number,
): TripReason | null {
  const { failures } = counts;
  const calls = counts.successes + failures + young;
  const { failureRate, failureThreshold, slowCall } = policy;
  if (isOutage(streak, policy, nowMs)) return "consecutive-failures";
  if (failureThreshold !== false && failures >= failureThreshold) return "failure-threshold";
  if (calls < policy.minimumCalls) return null;
  if (failureRate !== false && failures > 0 && failures / calls >= failureRate) return "failure-rate";
  if (slowCall !== false && counts.slow > 0 && counts.slow / calls >= slowCall.rate) return "slow-calls";
  return null;
}

/** Whether a streak is long enough, lasts long enough, and outweighs the calls beside it. */
export function isOutage(streak: Streak, { consecutiveFailures: length }: TripPolicy, nowMs: number): boolean {
  if (length === false || streak.failures < length || !outweighs(streak, length)) return false;
  return length === 1 || nowMs - streak.sinceMs >= STREAK.leastMs;
}

function outweighs({ failures, begun }: Streak, length: number): boolean {
  return begun < SHARE_LEAST_CALLS || failures >= STREAK.leastShare * begun + (1 - STREAK.leastShare) * length;
}

/** The evidence for a trip, counted and in words. */
export function evidenceOf(
  reason: TripReason,
  counts: Counts,
  young: number,
  streak: Streak,
  byKind: Readonly<Partial<Record<FailureKind, number>>>,
  windowMs: number | null,
): Evidence {
  const calls = counts.successes + counts.failures + young;
  const among = windowMs === null ? `of the last ${calls} calls` : `of ${calls} calls`;
  const span = windowMs === null ? "" : ` in ${spoken(windowMs)}`;
  const headline =
    reason === "slow-calls"
      ? `${counts.slow} ${among} were slow${span}`
      : reason === "consecutive-failures"
        ? `${streak.failures} calls failed in a row`
        : `${counts.failures} ${among} failed${span}${reason === "rollup" ? " while other models of the provider are open" : ""}`;
  const kinds = FAILURE_KINDS.filter((kind) => (byKind[kind] ?? 0) > 0)
    .toSorted((a, b) => (byKind[b] ?? 0) - (byKind[a] ?? 0))
    .map((kind) => `${byKind[kind]} ${kind}`)
    .join(", ");
  // A streak's failures are counted by number only; the kinds are the window's.
  const kindsOf = reason === "consecutive-failures" ? `; in the window: ${kinds}` : `: ${kinds}`;
  const summary = kinds === "" ? headline : headline + kindsOf;
  return { calls, failures: counts.failures, slow: counts.slow, windowMs, byKind, headline, summary };
}
