/** A batch of outcomes on its way into a record: what it carries, and what the record's window and streak become. */
import {
  type Bucket,
  type Evidence,
  type Facts,
  type Served,
  type Streak,
  type TripReason,
  NO_STREAK,
} from "./state.ts";
import { FAILURE_KINDS, type FailureKind } from "./outcome.ts";
import { type Counts, evidenceOf, tripReason, type TripPolicy } from "./trip.ts";
import { BUCKETS } from "./window.ts";

export interface ReportEvent {
  readonly type: "report";
  /** The replica that reports to a shared record; null where one process knows everything. */
  readonly by: string | null;
  /** The life and round the outcomes belong to: those their calls were admitted in. */
  readonly incarnation: number;
  readonly generation: number;
  /** Outcomes since the last report, by bucket of completion; of young calls the change, by bucket of their beginning. */
  readonly buckets: readonly Bucket[];
  /** When the batch's last success came; null without one. */
  readonly lastSuccessMs: number | null;
  /** When the latest begun of the calls that succeeded had begun; null without one. */
  readonly lastSuccessStartedMs: number | null;
  /** Failures of calls that began after that one: the streak's tail. */
  readonly tail: Tail;
  /** The longest retry hint among the failures. */
  readonly retryAfterMs: number | null;
  /** A report that arrives later than this does nothing (a script that ran late because the store was stopped). */
  readonly notAfterMs: number;
  readonly random: number;
}

export interface Tail extends Omit<Streak, "from"> {
  /** When a few young calls began that came before the first of the reporter's own streak. */
  readonly beforeMs: readonly number[];
}

/**
 * While another replica was served so recently, a streak that one replica has reported alone opens only that one, which
 * does it by itself: one that is sick must not stop the others. Successes are reported within a second.
 */
export const SERVED_LATELY_MS = 1_500;

const NO_FAILURE_TRIPS = { failureRate: false, failureThreshold: false, consecutiveFailures: false } as const;

export interface Merged {
  readonly served: readonly Served[];
  readonly buckets: readonly Bucket[];
  readonly streak: Streak;
  readonly reason: TripReason | null;
  readonly evidence: Evidence | null;
}

/** Adds a report to a record's window and streak and looks whether it trips. */
export function mergeReport(
  facts: Facts,
  event: ReportEvent,
  policy: TripPolicy & { readonly windowMs: number | null },
  nowMs: number,
): Merged {
  const windowMs = policy.windowMs ?? Infinity;
  const widthMs = windowMs / BUCKETS;
  const oldestMs = windowMs === Infinity ? -Infinity : (Math.floor(nowMs / widthMs) - BUCKETS + 1) * widthMs;
  const byStart = new Map<number, Bucket>();
  for (const bucket of [...facts.buckets, ...event.buckets]) {
    const tooOld =
      bucket.startMs < oldestMs || (facts.closedAtMs !== null && bucket.startMs + widthMs <= facts.closedAtMs);
    const ahead = bucket.startMs > nowMs + windowMs; // the store's clock stepped back
    if (tooOld || ahead) continue;
    const before = byStart.get(bucket.startMs);
    byStart.set(bucket.startMs, before === undefined ? bucket : sum(before, bucket));
  }
  const buckets = [...byStart.values()].toSorted((a, b) => a.startMs - b.startMs);
  // A streak is evidence inside the window: one whose failures have all left it is over.
  const remembered = facts.buckets.some((bucket) => byStart.has(bucket.startMs) && hasFailure(bucket));
  const streak = mergeStreak(remembered ? facts.streak : NO_STREAK, event);
  const served = mergeServed(facts.served, event);
  const byKind = kindsOf(buckets);
  const counts: Counts = {
    successes: total(buckets, (bucket) => bucket.successes),
    slow: total(buckets, (bucket) => bucket.slow),
    failures: FAILURE_KINDS.reduce((count, kind) => count + (byKind[kind] ?? 0), 0),
  };
  // A replica that died leaves its young calls behind; they leave with their bucket.
  const young = Math.max(
    0,
    total(buckets, (bucket) => bucket.young),
  );
  const rules = isAlone(streak, served, nowMs) ? { ...policy, ...NO_FAILURE_TRIPS } : policy;
  const reason = tripReason(counts, young, streak, rules, nowMs);
  const evidence = reason === null ? null : evidenceOf(reason, counts, young, streak, byKind, policy.windowMs);
  return { buckets, streak, served, reason, evidence };
}

// Whether the failures are one replica's while another is served.
function isAlone({ from }: Streak, served: readonly Served[], nowMs: number): boolean {
  return from !== null && served.some(({ by, atMs }) => by !== from && nowMs - atMs < SERVED_LATELY_MS);
}

function mergeServed(served: readonly Served[], { by, lastSuccessMs }: ReportEvent): readonly Served[] {
  if (by === null || lastSuccessMs === null) return served;
  const known = served.find((one) => one.by === by);
  if (known !== undefined && known.atMs >= lastSuccessMs) return served;
  const others = served.filter((one) => one.by !== by);
  return [{ by, atMs: lastSuccessMs }, ...others].toSorted((a, b) => b.atMs - a.atMs).slice(0, 2);
}

// A success of a call that began after the streak's first ends it: what is left is the tail after that success.
function mergeStreak(streak: Streak, event: ReportEvent): Streak {
  const { lastSuccessStartedMs } = event;
  if (streak.failures === 0 || (lastSuccessStartedMs !== null && lastSuccessStartedMs >= streak.startedMs)) {
    const { failures, sinceMs, startedMs, begun } = event.tail;
    return failures === 0 ? NO_STREAK : { failures, sinceMs, startedMs, begun, from: event.by };
  }
  if (event.tail.failures === 0) return streak;
  // Replicas report in any order: the streak is as old as its oldest failure.
  // Where each replica has one failure only, the calls before it tell how many did not fail: those of this streak's time.
  const before = event.tail.beforeMs.filter((atMs) => atMs >= streak.startedMs).length;
  return {
    failures: streak.failures + event.tail.failures,
    sinceMs: Math.min(streak.sinceMs, event.tail.sinceMs),
    startedMs: Math.min(streak.startedMs, event.tail.startedMs),
    begun: streak.begun + event.tail.begun + before,
    from: streak.from === event.by ? streak.from : null,
  };
}

function hasFailure(bucket: Bucket): boolean {
  return FAILURE_KINDS.some((kind) => (bucket.failures[kind] ?? 0) > 0);
}

function sum(a: Bucket, b: Bucket): Bucket {
  const failures: Partial<Record<FailureKind, number>> = { ...a.failures };
  for (const kind of FAILURE_KINDS) {
    const count = (a.failures[kind] ?? 0) + (b.failures[kind] ?? 0);
    if (count > 0) failures[kind] = count;
  }
  return {
    startMs: a.startMs,
    successes: a.successes + b.successes,
    slow: a.slow + b.slow,
    failures,
    young: a.young + b.young,
  };
}

function kindsOf(buckets: readonly Bucket[]): Partial<Record<FailureKind, number>> {
  const counts: Partial<Record<FailureKind, number>> = {};
  for (const bucket of buckets) {
    for (const kind of FAILURE_KINDS) {
      const count = bucket.failures[kind] ?? 0;
      if (count > 0) counts[kind] = (counts[kind] ?? 0) + count;
    }
  }
  return counts;
}

function total(buckets: readonly Bucket[], count: (bucket: Bucket) => number): number {
  return buckets.reduce((all, bucket) => all + count(bucket), 0);
}
