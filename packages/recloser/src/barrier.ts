/** What stands between a call and its permit in one record: override, holds, the circuits, the ramp, in this order. */
import type { RejectReason } from "./errors.ts";
import { canClaim, mayForget, standing } from "./gate.ts";
import type { Machine } from "./machine.ts";
import { Ramp } from "./ramp.ts";
import { type Override, overrideNow } from "./state.ts";

/** A reason to reject, `"claim"` when the probe must be claimed (or is in hand), or null. */
export function barred(machine: Machine, nowMs: number): RejectReason | "claim" | null {
  const override = endOverride(machine, nowMs);
  if (override !== null) return override.mode === "force-open" ? "override" : null;
  const synthetic = machine.syntheticProbers > 0;
  const shared = machine.shared === null ? null : machine.shared.standing(synthetic, nowMs);
  const here = standing(machine.facts, synthetic, nowMs);
  for (const said of [shared, here]) if (said !== null && said !== "hold-ended" && said !== "claim") return said;
  if (shared === "claim" || here === "claim") return "claim";
  // A hold that has ended lets one call through, and the ramp takes it from there: never a stampede.
  if (shared === "hold-ended" || here === "hold-ended") machine.ramp ??= new Ramp(1);
  if (machine.ramp !== null && !machine.ramp.admits(nowMs)) return "ramping";
  return null;
}

// The override in force; one that has run out is put away, and told of.
function endOverride(machine: Machine, nowMs: number): Override | null {
  const inForce = overrideOf(machine, nowMs);
  const { shared } = machine;
  if (shared !== null && shared.forgetOverride(nowMs)) {
    machine.refreshPlain();
    machine.announce.override("clear", "expiry", null, null, nowMs);
  }
  if (machine.facts.override === null || overrideNow(machine.facts, nowMs) !== null) return inForce;
  machine.apply({ type: "clear" }, nowMs, null);
  machine.announce.override("clear", "expiry", null, null, nowMs);
  return inForce;
}

/** The override in force, the shared one first. */
export function overrideOf(machine: Machine, nowMs: number): Override | null {
  const { shared, facts } = machine;
  return (shared === null ? null : overrideNow(shared.facts, nowMs)) ?? overrideNow(facts, nowMs);
}

/** Whether an operator lets every call through. */
export function isForcedClosed(machine: Machine, nowMs: number): boolean {
  return overrideOf(machine, nowMs)?.mode === "force-closed";
}

/**
 * For how long the record would turn a call away, as far as is known: the rest of its longest hold, Infinity where nobody
 * can say or a probe must decide, 0 where the way is free. Changes nothing.
 */
export function barredForMs(machine: Machine, nowMs: number): number {
  const override = overrideOf(machine, nowMs);
  if (override !== null) return override.mode === "force-open" ? Infinity : 0;
  if (machine.plain) return 0;
  if (machine.state(nowMs) !== "closed") return Infinity;
  const { facts, shared } = machine;
  const holds = [...Object.values(facts.holds), ...Object.values(shared?.facts.holds ?? {})];
  return holds.reduce((longestMs, { untilMs }) => Math.max(longestMs, untilMs - nowMs), 0);
}

/** Whether the next call must be the probe of the circuit in this process. */
export function mustClaim(machine: Machine, nowMs: number): boolean {
  if (machine.plain || overrideOf(machine, nowMs) !== null) return false;
  return canClaim(machine.facts.circuit, machine.syntheticProbers > 0, nowMs);
}

/** Whether the next call must be the probe of the shared circuit. */
export function mustClaimShared(machine: Machine, nowMs: number): boolean {
  const { shared } = machine;
  if (machine.plain || shared === null || !shared.isConnected || overrideOf(machine, nowMs) !== null) return false;
  const { circuit } = shared.facts;
  return circuit.is === "tripped" && nowMs >= circuit.openUntilMs;
}

/** Closed, quiet, waited for by nobody, under nobody's hold and past its ladder: nothing is lost by forgetting it but the counts of its window. */
export function isIdle({ inFlight, waiting, facts, shared }: Machine, nowMs: number): boolean {
  return (
    inFlight === 0 && waiting === null && mayForget(facts, nowMs) && (shared === null || mayForget(shared.facts, nowMs))
  );
}
