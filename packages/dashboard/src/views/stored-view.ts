/**
 * A breaker in the form in which `recloser/inspect` tells of a record: a command line that asks a process shows what it would
 * show of a store, word for word. Pure.
 */
import type { BreakerSnapshot } from "recloser";
import type { StoredRecord } from "recloser/inspect";
import type { OfFleet } from "../live/fleet.ts";
import { sinceMs } from "./since.ts";

/**
 * @param fleet what all replicas together know; null: this process knows as much
 * @param mode as the page shows it
 * @param isOutside whether the policy of this process is nobody's, since it only looks
 */
export function storedView(
  snapshot: BreakerSnapshot,
  fleet: OfFleet | null,
  isOutside: boolean,
  mode: BreakerSnapshot["mode"],
): StoredRecord {
  const { name, state, override } = snapshot;
  return {
    name,
    state,
    effectiveState: override === null ? state : override.mode === "force-open" ? "open" : "closed",
    sinceMs: sinceMs(snapshot),
    generation: snapshot.generation,
    version: snapshot.version,
    window: windowOf(snapshot, fleet),
    rules: isOutside ? rulesOfFleet(fleet) : rulesOf(snapshot),
    consecutiveFailures: snapshot.consecutiveFailures,
    openedAtMs: snapshot.openedAtMs,
    openUntilMs: snapshot.openUntilMs,
    retryAfterMs: snapshot.retryAfterMs,
    reason: snapshot.reason,
    evidence: snapshot.evidence,
    step: snapshot.step,
    cooldownMs: snapshot.cooldownMs,
    closedAtMs: snapshot.closedAtMs,
    probing: snapshot.probing,
    probesPassed: snapshot.probesPassed,
    leasesLost: snapshot.leasesLost,
    holds: snapshot.holds,
    override,
    ...(mode !== "enforce" && { mode }),
  };
}

// A store has nothing of a breaker that never failed, and this process has its own calls.
function windowOf({ window }: BreakerSnapshot, fleet: OfFleet | null): StoredRecord["window"] {
  if (fleet === null || fleet.window.calls <= window.calls) return window;
  return { ...fleet.window, failureRate: fleet.window.failures / fleet.window.calls };
}

function rulesOf({ policy }: BreakerSnapshot): StoredRecord["rules"] {
  const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall } = policy;
  if (windowMs === null) return null;
  return { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures, slowCall };
}

function rulesOfFleet(fleet: OfFleet | null): StoredRecord["rules"] {
  const rules = fleet?.rules ?? null;
  if (rules === null || rules.windowMs === null) return null;
  const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures } = rules;
  return {
    windowMs,
    minimumCalls,
    failureRate: failureRate ?? false,
    failureThreshold: failureThreshold ?? false,
    consecutiveFailures: consecutiveFailures ?? false,
    slowCall: false,
  };
}
