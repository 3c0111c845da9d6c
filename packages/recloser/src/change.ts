/** What an event changed, as a transition that can be told. Pure: the facts before and after in, a step or null out. */
import type { TransitionReason } from "./events.ts";
import type { CircuitState, Facts } from "./state.ts";

export interface CircuitStep {
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
}

/** The step from one state to another that the facts took, or null. `open → half-open` is the first claim. */
export function circuitStep(before: Facts, after: Facts): CircuitStep | null {
  const was = before.circuit;
  const is = after.circuit;
  if (was.is === "closed") return is.is === "closed" ? null : { from: "closed", to: "open", reason: is.reason };
  const from = was.claimed ? "half-open" : "open";
  if (is.is === "closed") return { from, to: "closed", reason: after.closedAtMs === null ? "reset" : "probe-passed" };
  if (is.claimed && !was.claimed) return { from: "open", to: "half-open", reason: "claimed" };
  if (was.claimed && !is.claimed) return { from: "half-open", to: "open", reason: is.reason };
  return null;
}

/** Whether the event buried a lease that had run out. */
export function probeWasLost(before: Facts, after: Facts, nowMs: number): boolean {
  const was = before.circuit;
  const is = after.circuit;
  if (was.is === "closed" || was.lease === null || nowMs < was.lease.expiresAtMs || is.is === "closed") return false;
  return is.lost > was.lost || is.reason === "probe-lost";
}
