/** A breaker as data, for people and programs: taken at one instant, changed by nothing. */
import { overrideOf } from "./barrier.ts";
import type { LastFailure } from "./errors.ts";
import type { LoadSnapshot } from "./load.ts";
import type { Machine } from "./machine.ts";
import type { FailureKind, HoldKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import type { RetriesSnapshot } from "./retries.ts";
import { type CircuitState, computedState, type Evidence, liveLease, type Override, type TripReason } from "./state.ts";
import { currentShedRate } from "./throttle.ts";

export interface HoldSnapshot {
  readonly kind: HoldKind;
  readonly untilMs: number;
  readonly remainingMs: number;
  readonly step: number;
}

export interface RecordSnapshot {
  readonly name: string;
  /** `local`: open in this process only, by its own evidence or because the store is away. */
  readonly scope: "shared" | "local";
  /** Computed, as if there were no override. */
  readonly state: CircuitState;
  readonly generation: number;
  /** +1 at every change that other replicas must learn. */
  readonly version: number;
  readonly window: {
    /** Completed calls that count, plus those in flight and still young. */
    readonly calls: number;
    readonly successes: number;
    readonly failures: number;
    readonly slow: number;
    readonly young: number;
    /** `failures / calls`; 0 without calls. */
    readonly failureRate: number;
    readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
  };
  readonly consecutiveFailures: number;
  readonly inFlight: number;
  readonly openedAtMs: number | null;
  readonly openUntilMs: number | null;
  /** Until the next probe, milliseconds; 0 when there is nothing to wait for. */
  readonly retryAfterMs: number;
  readonly reason: TripReason | null;
  readonly evidence: Evidence | null;
  /** The present or last step of the cooldown ladder; 0 before the first trip. */
  readonly step: number;
  readonly cooldownMs: number;
  readonly closedAtMs: number | null;
  readonly probing: boolean;
  readonly probesPassed: number;
  readonly leasesLost: number;
  readonly holds: readonly HoldSnapshot[];
  /** Calls in flight allowed while ramping; null when not. */
  readonly rampLimit: number | null;
  /** The adaptive shed: the share of calls that is not made at this moment; null when all are. */
  readonly shed: { readonly rate: number } | null;
  /** Pacing: how many calls a second are let through; null when all are. */
  readonly pace: { readonly perSecond: number } | null;
  readonly override: Override | null;
  readonly lastFailure: LastFailure | null;
}

/** The record that decides, with the breaker's name, and all records it is judged by. */
export interface BreakerSnapshot extends RecordSnapshot {
  readonly mode: Policy["mode"];
  readonly policy: PolicySnapshot;
  readonly atMs: number;
  readonly retries: RetriesSnapshot;
  readonly load: LoadSnapshot;
  readonly records: readonly RecordSnapshot[];
}

/** The policy in force, as data: durations in milliseconds, functions as whether there is one, no limit as null. */
export interface PolicySnapshot extends Omit<Policy, "classify" | "probeWith" | "maxInFlight" | "mode"> {
  readonly maxInFlight: number | null;
  readonly hasClassifier: boolean;
  readonly hasSyntheticProbe: boolean;
}

function policySnapshot({ classify, probeWith, maxInFlight, mode: _mode, ...data }: Policy): PolicySnapshot {
  return {
    ...data,
    maxInFlight: Number.isFinite(maxInFlight) ? maxInFlight : null,
    hasClassifier: classify !== null,
    hasSyntheticProbe: probeWith !== null,
  };
}

export function recordSnapshot(machine: Machine, nowMs: number): RecordSnapshot {
  const facts = machine.deciding(nowMs);
  const { circuit } = facts;
  const counts = machine.counts(nowMs);
  const tripped = circuit.is === "tripped" ? circuit : null;
  const { young } = machine.quiet;
  const calls = counts.successes + counts.failures + young;
  const lease = tripped === null ? null : liveLease(tripped, nowMs);
  const rate = tripped === null ? currentShedRate(machine, nowMs) : 0;
  const perSecond = machine.pace?.perSecond ?? Infinity;
  return {
    name: machine.name,
    scope: machine.shared !== null && facts === machine.facts && facts.circuit.is === "tripped" ? "local" : "shared",
    state: computedState(facts, nowMs),
    generation: facts.generation,
    version: facts.version,
    window: {
      calls,
      successes: counts.successes,
      failures: counts.failures,
      slow: counts.slow,
      young,
      failureRate: calls === 0 ? 0 : counts.failures / calls,
      byKind: counts.failuresByKind(),
    },
    consecutiveFailures: machine.consecutiveFailures,
    inFlight: machine.inFlight,
    openedAtMs: tripped?.openedAtMs ?? null,
    openUntilMs: tripped?.openUntilMs ?? null,
    retryAfterMs: tripped === null ? 0 : Math.max(0, Math.max(tripped.openUntilMs, lease?.expiresAtMs ?? 0) - nowMs),
    reason: tripped?.reason ?? null,
    evidence: tripped?.evidence ?? null,
    step: facts.step,
    cooldownMs: facts.cooldownMs,
    closedAtMs: facts.closedAtMs,
    probing: lease !== null,
    probesPassed: tripped?.passed ?? 0,
    leasesLost: tripped?.lost ?? 0,
    holds: Object.entries(facts.holds)
      .filter(([, hold]) => hold.untilMs > nowMs)
      .map(([kind, hold]) => ({
        kind: kind as HoldKind,
        untilMs: hold.untilMs,
        remainingMs: hold.untilMs - nowMs,
        step: hold.step,
      })),
    rampLimit: machine.ramp?.limit ?? null,
    shed: rate === 0 ? null : { rate },
    pace: perSecond === Infinity ? null : { perSecond },
    override: overrideOf(machine, nowMs),
    lastFailure: machine.lastFailure,
  };
}

const BADNESS: Readonly<Record<CircuitState, number>> = { closed: 0, "half-open": 1, open: 2 };

/** The worse of two states: open before half-open before closed. */
export function worse(a: CircuitState, b: CircuitState): CircuitState {
  return BADNESS[b] > BADNESS[a] ? b : a;
}

/** The snapshot of a breaker: its worst record's, health's among equals. */
export function breakerSnapshot(
  { name, policy, machines }: { name: string; policy: Policy; machines: readonly Machine[] },
  ofBreaker: { readonly retries: RetriesSnapshot; readonly load: LoadSnapshot },
  nowMs: number,
): BreakerSnapshot {
  const records = machines.map((machine) => recordSnapshot(machine, nowMs));
  const worst = records.reduce((most, record) => (BADNESS[record.state] > BADNESS[most.state] ? record : most));
  const held =
    worst.state === "closed"
      ? (records.find((record) => record.override !== null || record.holds.length > 0) ?? worst)
      : worst;
  return {
    ...held,
    name,
    override: records.find((record) => record.override !== null)?.override ?? null,
    mode: policy.mode,
    policy: policySnapshot(policy),
    atMs: nowMs,
    ...ofBreaker,
    records,
  };
}
