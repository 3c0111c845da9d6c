/** What a breaker's snapshot says to those who wait: how many may go, what bars the others, and when to look again. */
import { CircuitOpenError, type RejectReason } from "../errors.ts";
import type { BreakerSnapshot, RecordSnapshot } from "../snapshot.ts";

export interface Way {
  /** How many calls may begin; Infinity where nothing limits them. */
  readonly room: number;
  /** Until time changes that, milliseconds; Infinity where only an event can. */
  readonly againMs: number;
  /** What stands in the way of one more; null where nothing limits. */
  readonly bar: Bar | null;
}

export interface Bar {
  readonly record: RecordSnapshot;
  readonly reason: RejectReason;
  readonly retryAfterMs: number;
}

const FREE: Way = { room: Infinity, againMs: 0, bar: null };

export function wayOf(snapshot: BreakerSnapshot): Way {
  const { mode, records, policy, atMs } = snapshot;
  const [health] = records;
  if (mode !== "enforce" || health?.override?.mode === "force-closed") return FREE;
  return records
    .map((record) => wayPast(record, policy.hasSyntheticProbe, policy.cooldown.maxMs, atMs))
    .reduce(narrower, FREE);
}

/** The rejection of one who may not wait, or not longer. */
export function rejectionAt(snapshot: BreakerSnapshot): CircuitOpenError {
  const bar = wayOf(snapshot).bar;
  // It was not this one's turn yet: the same as the ramp, which is why there are turns.
  const { record, reason, retryAfterMs } = bar ?? { record: snapshot, reason: "ramping" as const, retryAfterMs: 0 };
  const { name: key, state, openedAtMs, generation, lastFailure, evidence } = record;
  return new CircuitOpenError({ key, state, reason, retryAfterMs, openedAtMs, generation, lastFailure, evidence });
}

function narrower(a: Way, b: Way): Way {
  if (a.room !== b.room) return b.room < a.room ? b : a;
  return b.againMs > a.againMs ? b : a;
}

function wayPast(record: RecordSnapshot, hasProber: boolean, cooldownMaxMs: number, atMs: number): Way {
  const { override, state, retryAfterMs, rampLimit, inFlight } = record;
  if (override?.mode === "force-open") {
    const leftMs = override.untilMs === null ? Infinity : override.untilMs - atMs;
    return barred(record, "override", leftMs, leftMs === Infinity ? cooldownMaxMs : leftMs);
  }
  const [first, ...holds] = record.holds;
  if (first !== undefined) {
    const longest = holds.reduce((most, hold) => (hold.untilMs > most.untilMs ? hold : most), first);
    return barred(record, longest.kind, longest.remainingMs);
  }
  if (state === "open") return barred(record, "open", retryAfterMs);
  if (state === "half-open") {
    if (hasProber) return barred(record, "probing", Infinity, retryAfterMs); // it probes by itself; nobody else may
    if (record.probing) return barred(record, "probing", retryAfterMs);
    return { room: 1, againMs: 0, bar: { record, reason: "probing", retryAfterMs: 0 } };
  }
  if (rampLimit === null) return FREE;
  const room = Math.max(0, rampLimit - inFlight);
  return { room, againMs: 0, bar: { record, reason: "ramping", retryAfterMs: 0 } };
}

function barred(record: RecordSnapshot, reason: RejectReason, againMs: number, retryAfterMs: number = againMs): Way {
  return { room: 0, againMs, bar: { record, reason, retryAfterMs: Math.ceil(retryAfterMs) } };
}
