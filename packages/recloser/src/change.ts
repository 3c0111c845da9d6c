/** What an event changed, as a transition that can be told. Pure: the facts before and after in, a step or null out. */
import type { TransitionReason } from "./events.ts";
import type { CircuitState, Facts } from "./state.ts";

export interface CircuitStep {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
}

/**
 * The steps from one state to another that the facts took: one at most, but for who learns of a circuit that opened and was
 * claimed meanwhile. `open → half-open` is the first claim.
 */
export function circuitSteps(before: Facts, after: Facts): readonly CircuitStep[] {
  const was = before.circuit;
  const is = after.circuit;
  const claimed: CircuitStep = { from: "open", to: "half-open", reason: "claimed" };
  if (was.is === "closed") {
    if (is.is === "closed") return [];
    const opened: CircuitStep = { from: "closed", to: "open", reason: is.reason };
    return is.claimed ? [opened, claimed] : [opened];
  }
  const from = was.claimed ? "half-open" : "open";
  if (is.is === "closed") return [{ from, to: "closed", reason: whyClosed(before, after) }];
  if (is.claimed && !was.claimed) return [claimed];
  return was.claimed && !is.claimed ? [{ from: "half-open", to: "open", reason: is.reason }] : [];
}

// A record of another life, or one that ran backwards, was not closed: its store has lost what it knew.
function whyClosed(before: Facts, after: Facts): TransitionReason {
  if (after.incarnation !== before.incarnation || after.generation <= before.generation) return "forgotten";
  return after.closedAtMs === null && after.step === 0 ? "reset" : "probe-passed";
}

/** Whether the event buried a lease that had run out. */
export function probeWasLost(before: Facts, after: Facts, nowMs: number): boolean {
  const was = before.circuit;
  const is = after.circuit;
  if (was.is === "closed" || was.lease === null || nowMs < was.lease.expiresAtMs || is.is === "closed") return false;
  return is.lost > was.lost || is.reason === "probe-lost";
}
