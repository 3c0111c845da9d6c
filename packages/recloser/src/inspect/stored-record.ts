/** A record as its store has it, for whoever looks after a fleet: what no single replica decides, and nothing of one. */
import type { HoldKind, FailureKind } from "../outcome.ts";
import type { HoldSnapshot, RecordSnapshot } from "../snapshot.ts";
import { type CircuitState, computedState, effectiveState, type Facts, liveLease, overrideNow } from "../state.ts";
import type { JudgedFacts, TripRules } from "../store/store.ts";

type OfOneReplica = "scope" | "inFlight" | "rampLimit" | "shed" | "pace" | "lastFailure";

/** `state` is computed, as if there were no override; `effectiveState` is what callers get. */
export interface StoredRecord extends Omit<RecordSnapshot, OfOneReplica> {
  readonly effectiveState: CircuitState;
  /** Since when that is so, by the store's clock; null: it was never otherwise, or nobody knows. */
  readonly sinceMs: number | null;
  /** What the replica that reported last trips at; null before the first report. */
  readonly rules: TripRules | null;
  /** Of a store, the mode that was set for the fleet (`changePolicy`): what the code says it has not. Absent: enforce, as far as is known. */
  readonly mode?: "enforce" | "observe" | "off";
}

export function storedRecord(name: string, { facts, rules }: JudgedFacts, nowMs: number): StoredRecord {
  const { circuit, generation, version, step, cooldownMs, closedAtMs } = facts;
  const tripped = circuit.is === "tripped" ? circuit : null;
  const lease = tripped === null ? null : liveLease(tripped, nowMs);
  return {
    name,
    state: computedState(facts, nowMs),
    effectiveState: effectiveState(facts, nowMs),
    sinceMs: sinceMs(facts, nowMs),
    generation,
    version,
    window: windowOf(facts, rules, nowMs),
    rules,
    consecutiveFailures: facts.streak.failures,
    openedAtMs: tripped?.openedAtMs ?? null,
    openUntilMs: tripped?.openUntilMs ?? null,
    retryAfterMs: tripped === null ? 0 : Math.max(0, Math.max(tripped.openUntilMs, lease?.expiresAtMs ?? 0) - nowMs),
    reason: tripped?.reason ?? null,
    evidence: tripped?.evidence ?? null,
    step,
    cooldownMs,
    closedAtMs,
    probing: lease !== null,
    probesPassed: tripped?.passed ?? 0,
    leasesLost: tripped?.lost ?? 0,
    holds: holdsOf(facts, nowMs),
    override: overrideNow(facts, nowMs),
  };
}

function sinceMs(facts: Facts, nowMs: number): number | null {
  const override = overrideNow(facts, nowMs);
  if (override !== null) return override.sinceMs;
  const { circuit, closedAtMs } = facts;
  if (circuit.is === "closed") return closedAtMs;
  return nowMs < circuit.openUntilMs ? circuit.openedAtMs : circuit.openUntilMs;
}

// Reports put old buckets away; where none comes, as after the last call, they lie there.
function windowOf({ buckets }: Facts, rules: TripRules | null, nowMs: number): StoredRecord["window"] {
  const fromMs = rules === null ? -Infinity : nowMs - rules.windowMs;
  const byKind: Partial<Record<FailureKind, number>> = {};
  let [successes, slow, young, failures] = [0, 0, 0, 0];
  for (const bucket of buckets) {
    if (bucket.startMs <= fromMs) continue;
    successes += bucket.successes;
    slow += bucket.slow;
    young += bucket.young;
    for (const [kind, count] of Object.entries(bucket.failures) as [FailureKind, number][]) {
      byKind[kind] = (byKind[kind] ?? 0) + count;
      failures += count;
    }
  }
  young = Math.max(0, young);
  const calls = successes + failures + young;
  return { calls, successes, failures, slow, young, failureRate: calls === 0 ? 0 : failures / calls, byKind };
}

function holdsOf({ holds }: Facts, nowMs: number): readonly HoldSnapshot[] {
  return Object.entries(holds)
    .filter(([, { untilMs }]) => untilMs > nowMs)
    .map(([kind, { untilMs, step }]) => ({ kind: kind as HoldKind, untilMs, remainingMs: untilMs - nowMs, step }));
}
