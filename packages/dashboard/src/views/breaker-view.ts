/** A breaker as the page shows it. Pure. */
import type { Breaker, BreakerSnapshot } from "recloser";
import type { ReportedRules } from "recloser/history";
import { sinceMs } from "./since.ts";
import type { BreakerView, TripRules } from "./wire.ts";

/** What a snapshot does not say. */
export interface Beside {
  readonly sinceMs: number | null;
  readonly rejectedLastMinute: number;
  readonly avoidedWait: BreakerView["avoidedWait"];
  /** Whether a call of it was ever seen. */
  readonly hasData: boolean;
  /** Of all replicas together; null: this process's own. */
  readonly window: Pick<BreakerView["window"], "calls" | "failures" | "byKind"> | null;
  /** As the replicas have them, for who only looks; null: this process's own. */
  readonly rules: TripRules | null;
  /** The same. */
  readonly mode: BreakerView["mode"] | null;
}

export function breakerView(breaker: Breaker, beside: Beside): BreakerView {
  const snapshot = breaker.snapshot();
  const { policy, override } = snapshot;
  const window = beside.window ?? snapshot.window;
  return {
    key: snapshot.name,
    version: versionOf(snapshot),
    state: snapshot.state,
    shows: shownState(breaker, snapshot, beside.hasData),
    scope: snapshot.scope,
    mode: beside.mode ?? snapshot.mode,
    sinceMs:
      snapshot.state === "closed"
        ? (snapshot.override?.sinceMs ?? beside.sinceMs ?? snapshot.closedAtMs)
        : sinceMs(snapshot),
    openUntilMs: snapshot.openUntilMs,
    probing: snapshot.probing,
    step: snapshot.step,
    cooldownMs: snapshot.cooldownMs,
    reason: snapshot.reason,
    evidence: snapshot.evidence?.summary ?? null,
    window: {
      calls: window.calls,
      failures: window.failures,
      failureRate: window.calls === 0 ? 0 : window.failures / window.calls,
      byKind: window.byKind,
    },
    rules: beside.rules ?? tripRules(policy),
    consecutiveFailures: snapshot.consecutiveFailures,
    inFlight: snapshot.inFlight,
    override,
    holds: snapshot.holds.map(({ kind, untilMs }) => ({ kind, untilMs })),
    rejectedLastMinute: beside.rejectedLastMinute,
    avoidedWait: beside.avoidedWait,
    lastFailure: snapshot.lastFailure,
    records: snapshot.records.map((record) => ({
      name: record.name,
      state: record.state,
      scope: record.scope,
      openUntilMs: record.openUntilMs,
      failures: record.window.failures,
      calls: record.window.calls,
    })),
  };
}

/** Rules as the page shows them, from a policy or from what a replica told of one. */
export function tripRules({
  windowMs,
  minimumCalls,
  failureRate,
  failureThreshold,
  consecutiveFailures,
}: Omit<ReportedRules, "keys">): TripRules {
  const orNull = (rule: number | false): number | null => (rule === false ? null : rule);
  return {
    windowMs,
    minimumCalls,
    failureRate: orNull(failureRate),
    failureThreshold: orNull(failureThreshold),
    consecutiveFailures: orNull(consecutiveFailures),
  };
}

/**
 * The rounds of all records, who overrides them and whether they only observe: what an action is decided by. Deadlines are not in it, since a view of
 * a shared record shifts them by what it knows of the store's clock.
 */
function versionOf({ records, state, override, mode }: BreakerSnapshot): string {
  const rounds = records.map(({ generation }) => generation).join(".");
  return `${rounds}-${state}${override === null ? "" : `-${override.mode}`}${mode === "enforce" ? "" : `-${mode}`}`;
}

/** What an action's `If-Match` is compared with. */
export function etagOf({ version }: Pick<BreakerView, "version">): string {
  return `"${version}"`;
}

function shownState(breaker: Breaker, snapshot: BreakerSnapshot, hasData: boolean): BreakerView["shows"] {
  if (snapshot.override !== null) return "held";
  if (breaker.state !== "closed") return breaker.state;
  if (snapshot.holds.length > 0) return "held";
  return hasData || snapshot.window.calls > 0 || snapshot.generation > 0 || snapshot.inFlight > 0
    ? "closed"
    : "no-data";
}
