/**
 * The state machine of one record, as one pure function: `transition(facts, event, policy, nowMs)`. It is the
 * specification: every store must answer random sequences of events exactly as this does (protocol-spec.md §5.3; the
 * numbers T1–T21 below are its table's).
 *
 * A denial changes nothing, not even the version. Randomness comes with the event.
 */
import {
  openPeriodMs,
  cooldownOf,
  rungMs,
  tripStep,
  HINT_ON_COOLDOWN_MAX_MS,
  HINT_ON_HOLD_MAX_MS,
} from "./cooldown.ts";
import { behindClock } from "./clock-step.ts";
import { mergeReport, type ReportEvent } from "./report.ts";
import {
  CLOSED,
  type Evidence,
  type Facts,
  type Hold,
  type Lease,
  liveLease,
  NO_STREAK,
  type TrippedCircuit,
  type TripReason,
} from "./state.ts";
import type { LeaseRef, RecordEvent, RecordPolicy, Reply, ReplyCode } from "./record-event.ts";

/** This many leases lost in a row reopen the circuit one step up (protocol.md §8). */
export const MAX_LOST = 3;
/** This many probes without a verdict in a row reopen it at the same step (protocol.md §8). */
export const MAX_VOID = 5;

export interface Transition {
  readonly facts: Facts;
  readonly reply: Reply;
}

/** Applies one event to a record at one instant. Never throws, never mutates; the same input gives the same output. */
export function transition(facts: Facts, event: RecordEvent, policy: RecordPolicy, nowMs: number): Transition {
  const seen = behindClock(facts, policy.probe.leaseMs, nowMs);
  const after = apply(seen, event, policy, nowMs);
  if (after.facts !== seen || seen === facts) return after;
  // What changed nothing writes nothing, not even what a step of the clock has made of it; but a hold that is over since
  // must not be in force again when the clock comes to where it was.
  return event.type === "lift" ? change(seen, {}, nowMs) : { facts, reply: after.reply };
}

function longestOpenMs(policy: RecordPolicy): number {
  return Math.max(policy.cooldown.maxMs, HINT_ON_COOLDOWN_MAX_MS);
}

function apply(facts: Facts, event: RecordEvent, policy: RecordPolicy, nowMs: number): Transition {
  if ("notAfterMs" in event && event.notAfterMs !== undefined && nowMs > event.notAfterMs)
    return same(facts, "expired");
  switch (event.type) {
    case "report":
      return report(facts, event, policy, nowMs);
    case "claim":
      return claim(facts, event, policy, nowMs);
    case "renew":
      return renew(facts, event, nowMs);
    case "settle":
      return settle(facts, event, policy, nowMs);
    case "hold":
      return hold(facts, event, policy, nowMs);
    case "lift":
      return lift(facts, event.startedAtMs, nowMs);
    case "override": {
      const { mode, by, reason, untilMs } = event;
      return change(
        facts,
        { generation: facts.generation + 1, override: { mode, by, reason, untilMs, sinceMs: nowMs } },
        nowMs,
      ); // T20
    }
    case "clear":
      if (facts.override === null) return same(facts, "noop");
      return change(facts, { generation: facts.generation + 1, override: null }, nowMs); // T20
    case "reset": // T20
      return change(
        facts,
        {
          generation: facts.generation + 1,
          circuit: CLOSED,
          step: 0,
          cooldownMs: 0,
          closedAtMs: null,
          holds: {},
          buckets: [],
          streak: NO_STREAK,
          served: [],
        },
        nowMs,
      );
    case "probe-now": {
      const { circuit } = facts;
      if (circuit.is === "closed" || nowMs >= circuit.openUntilMs) return same(facts, "noop");
      return change(facts, { circuit: { ...circuit, openUntilMs: nowMs } }, nowMs); // T20
    }
    case "reassert":
      return reassert(facts, event, policy, nowMs);
  }
}

/** What opens a circuit, as `report` and the in-process machine both need it (T1). */
export function trip(
  facts: Facts,
  by: {
    readonly reason: TripReason;
    readonly evidence: Evidence | null;
    readonly retryAfterMs: number | null;
    readonly random: number;
  },
  policy: RecordPolicy,
  nowMs: number,
): Facts {
  const step = tripStep(facts.step, facts.cooldownMs, facts.closedAtMs, nowMs);
  return open(facts, step, by, policy, nowMs);
}

function report(facts: Facts, event: ReportEvent, policy: RecordPolicy, nowMs: number): Transition {
  const missing = facts.incarnation === 0;
  // A reporter that knew of no record yet speaks of the round all the same: a record that was made meanwhile has its
  // generation until it first trips.
  const known = event.incarnation === facts.incarnation || event.incarnation === 0;
  if (!missing && (!known || event.generation !== facts.generation)) return same(facts, "stale"); // T3
  if (missing && event.buckets.every((bucket) => Object.keys(bucket.failures).length === 0)) return same(facts, "ok"); // no success creates a record
  if (facts.circuit.is === "tripped") {
    if (nowMs >= facts.circuit.openUntilMs || event.retryAfterMs === null) return same(facts, "ignored"); // T5
    const untilMs = nowMs + Math.min(event.retryAfterMs, HINT_ON_COOLDOWN_MAX_MS);
    if (untilMs <= facts.circuit.openUntilMs) return same(facts, "ignored");
    const extended = change(facts, { circuit: { ...facts.circuit, openUntilMs: untilMs } }, nowMs); // T4
    return { facts: extended.facts, reply: { code: "extended" } };
  }
  // A record that was lost takes the reporter's generation, so that generations never run backwards.
  const base = missing ? { ...facts, generation: Math.max(facts.generation, event.generation) } : facts;
  const merged = mergeReport(base, event, policy, nowMs);
  if (merged.reason === null) {
    const { buckets, streak, served } = merged;
    const next = { ...base, buckets, streak, served };
    // That there is a record now is a change that views must learn: from here on successes are reported too.
    return { facts: missing ? { ...next, incarnation: nowMs, version: 1 } : next, reply: { code: "ok" } }; // T2
  }
  const by = {
    reason: merged.reason,
    evidence: merged.evidence,
    retryAfterMs: event.retryAfterMs,
    random: event.random,
  };
  return { facts: trip(base, by, policy, nowMs), reply: { code: "tripped" } };
}

function claim(facts: Facts, event: RecordEvent & { type: "claim" }, policy: RecordPolicy, nowMs: number): Transition {
  const { circuit } = facts;
  if (circuit.is === "closed") return same(facts, "go"); // T21
  if (nowMs < circuit.openUntilMs) return denied(facts, circuit.openUntilMs - nowMs); // T6
  const live = liveLease(circuit, nowMs);
  if (live !== null) return denied(facts, live.expiresAtMs - nowMs); // T9
  const lost = circuit.lost + (circuit.lease === null ? 0 : 1);
  if (lost >= MAX_LOST) {
    const by = { reason: "probe-lost" as const, evidence: circuit.evidence, retryAfterMs: null, random: event.random };
    const reopened = open(facts, facts.step + 1, by, policy, nowMs); // T10
    return { facts: reopened, reply: { code: "reopened", retryAfterMs: untilOf(reopened) - nowMs } };
  }
  const lease: Lease = { token: event.token, expiresAtMs: nowMs + event.leaseMs };
  // The first claim of an open period starts the count of probes anew (T7).
  const passed = circuit.claimed ? circuit.passed : 0;
  const claimed: TrippedCircuit = { ...circuit, lost, lease, passed, claimed: true };
  // Only the first claim of an open period is a change that views must learn (T7); later ones are not (T8).
  const version = circuit.claimed ? facts.version : facts.version + 1;
  return { facts: { ...facts, version, circuit: claimed }, reply: { code: "probe", lease } };
}

function owns(facts: Facts, event: LeaseRef): facts is Facts & { circuit: TrippedCircuit & { lease: Lease } } {
  const { circuit } = facts;
  return event.incarnation === facts.incarnation && circuit.is === "tripped" && circuit.lease?.token === event.token;
}

function renew(facts: Facts, event: RecordEvent & { type: "renew" }, nowMs: number): Transition {
  if (!owns(facts, event)) return same(facts, "fenced"); // T16
  // A lease past its expiry that nobody has buried is still its holder's (T17).
  const lease: Lease = { token: event.token, expiresAtMs: nowMs + event.leaseMs };
  return { facts: { ...facts, circuit: { ...facts.circuit, lease } }, reply: { code: "renewed", lease } };
}

function settle(
  facts: Facts,
  event: RecordEvent & { type: "settle" },
  policy: RecordPolicy,
  nowMs: number,
): Transition {
  if (!owns(facts, event)) return same(facts, "fenced"); // T16
  const { circuit } = facts;
  if (event.verdict === "failed") {
    const by = {
      reason: "probe-failed" as const,
      evidence: circuit.evidence,
      retryAfterMs: event.retryAfterMs,
      random: event.random,
    };
    return { facts: open(facts, facts.step + 1, by, policy, nowMs), reply: { code: "reopened" } }; // T14
  }
  if (event.verdict === "void") {
    const voided = circuit.voided + 1;
    if (voided < MAX_VOID) {
      return {
        facts: change(facts, { circuit: { ...circuit, lease: null, voided, lost: 0 } }, nowMs).facts,
        reply: { code: "void" },
      }; // T15
    }
    // Five probes without a verdict say that probing is no use now: the same cooldown again, no step up, no generation.
    const openUntilMs = nowMs + Math.max(facts.cooldownMs, 0);
    const shut: TrippedCircuit = {
      ...circuit,
      reason: "probe-void",
      lease: null,
      claimed: false,
      voided: 0,
      lost: 0,
      openUntilMs,
    };
    return { facts: change(facts, { circuit: shut }, nowMs).facts, reply: { code: "reopened" } };
  }
  const passed = circuit.passed + 1;
  if (passed < policy.probe.successes) {
    const freed: TrippedCircuit = { ...circuit, lease: null, passed, lost: 0, voided: 0 };
    return { facts: { ...facts, circuit: freed }, reply: { code: "passed" } }; // T11
  }
  const closed = change(
    facts,
    {
      generation: facts.generation + 1,
      circuit: CLOSED,
      closedAtMs: nowMs,
      buckets: [],
      streak: NO_STREAK,
      served: [],
    },
    nowMs,
  );
  return { facts: closed.facts, reply: { code: "closed" } }; // T13
}

function hold(facts: Facts, event: RecordEvent & { type: "hold" }, policy: RecordPolicy, nowMs: number): Transition {
  const before = facts.holds[event.kind];
  const straggler = before !== undefined && event.startedAtMs <= before.sinceMs;
  const step = straggler ? before.step : (before?.step ?? 0) + 1;
  const hintMs = event.retryAfterMs === null ? null : Math.min(event.retryAfterMs, HINT_ON_HOLD_MAX_MS);
  if (straggler && hintMs === null) return same(facts, "noop");
  const untilMs = Math.max(before?.untilMs ?? 0, nowMs + (hintMs ?? rungMs(policy.hold, step)));
  if (straggler && untilMs === before.untilMs) return same(facts, "noop");
  const after: Hold = { sinceMs: straggler ? before.sinceMs : nowMs, untilMs, step };
  return change(facts, { holds: { ...facts.holds, [event.kind]: after } }, nowMs); // T4b
}

function lift(facts: Facts, startedAtMs: number, nowMs: number): Transition {
  const kept = Object.entries(facts.holds).filter(([, held]) => nowMs < held.untilMs || startedAtMs < held.untilMs);
  if (kept.length === Object.keys(facts.holds).length) return same(facts, "noop");
  return change(facts, { holds: Object.fromEntries(kept) }, nowMs);
}

function reassert(
  facts: Facts,
  event: RecordEvent & { type: "reassert" },
  policy: RecordPolicy,
  nowMs: number,
): Transition {
  const lessHistory =
    facts.incarnation === 0 ||
    facts.version === 0 ||
    (facts.incarnation === event.incarnation && facts.version < event.version);
  const probing = facts.circuit.is === "tripped" && nowMs >= facts.circuit.openUntilMs;
  if (!lessHistory || probing || event.remainingMs <= 0) return same(facts, "noop"); // T19
  const before = facts.circuit.is === "tripped" ? facts.circuit : null;
  const circuit: TrippedCircuit = {
    is: "tripped",
    openedAtMs: before?.openedAtMs ?? nowMs,
    openUntilMs: Math.max(before?.openUntilMs ?? 0, nowMs + Math.min(event.remainingMs, longestOpenMs(policy))),
    reason: event.reason,
    evidence: before?.evidence ?? null,
    lease: null,
    claimed: false,
    passed: 0,
    lost: 0,
    voided: 0,
  };
  const version = Math.max(facts.version, facts.incarnation === event.incarnation ? event.version : 0) + 1;
  const next: Facts = {
    ...facts,
    incarnation: facts.incarnation === 0 ? nowMs : facts.incarnation,
    version,
    generation: Math.max(facts.generation, event.generation),
    circuit,
    step: Math.max(facts.step, event.step),
    cooldownMs: event.cooldownMs,
  };
  return { facts: next, reply: { code: "changed" } }; // T18
}

function open(
  facts: Facts,
  step: number,
  by: {
    readonly reason: TripReason;
    readonly evidence: Evidence | null;
    readonly retryAfterMs: number | null;
    readonly random: number;
  },
  policy: RecordPolicy,
  nowMs: number,
): Facts {
  const cooldownMs = cooldownOf(policy.cooldown, policy.cooldown.jitter, step, by.random);
  const openUntilMs = nowMs + openPeriodMs(cooldownMs, by.retryAfterMs);
  const circuit: TrippedCircuit = {
    is: "tripped",
    openedAtMs: nowMs,
    openUntilMs,
    reason: by.reason,
    evidence: by.evidence,
    lease: null,
    claimed: false,
    passed: 0,
    lost: 0,
    voided: 0,
  };
  const changes = {
    generation: facts.generation + 1,
    circuit,
    step,
    cooldownMs,
    buckets: [],
    streak: NO_STREAK,
    served: [],
  };
  return change(facts, changes, nowMs).facts;
}

function change(facts: Facts, changes: Partial<Facts>, nowMs: number): Transition {
  const incarnation = facts.incarnation === 0 ? nowMs : facts.incarnation;
  return { facts: { ...facts, ...changes, incarnation, version: facts.version + 1 }, reply: { code: "changed" } };
}

function same(facts: Facts, code: ReplyCode): Transition {
  return { facts, reply: { code } };
}

function denied(facts: Facts, retryAfterMs: number): Transition {
  return { facts, reply: { code: "denied", retryAfterMs } };
}

function untilOf(facts: Facts): number {
  return facts.circuit.is === "tripped" ? facts.circuit.openUntilMs : 0;
}
