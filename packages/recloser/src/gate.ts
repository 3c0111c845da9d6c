/** What a record's facts say to a call that asks to be admitted. Pure; overrides are looked at before this. */
import { ladderResetMs } from "./cooldown.ts";
import type { RejectReason } from "./errors.ts";
import type { HoldKind } from "./outcome.ts";
import { type Circuit, type Facts, liveLease, overrideNow } from "./state.ts";

/**
 * A reason to reject, `"claim"` when the probe must be claimed first, `"hold-ended"` when a hold is over and nobody has
 * succeeded since, or null.
 *
 * @param synthetic whether a synthetic prober is at work: then callers never probe
 */
export function standing(
  facts: Facts,
  synthetic: boolean,
  nowMs: number,
): RejectReason | "claim" | "hold-ended" | null {
  let longest: HoldKind | null = null;
  let untilMs = nowMs;
  let ended = false;
  for (const [kind, hold] of Object.entries(facts.holds)) {
    if (hold.untilMs <= nowMs) ended = true;
    if (hold.untilMs <= untilMs) continue;
    longest = kind as HoldKind;
    untilMs = hold.untilMs;
  }
  if (longest !== null) return longest;
  const { circuit } = facts;
  if (circuit.is === "closed") return ended ? "hold-ended" : null;
  if (nowMs < circuit.openUntilMs) return "open";
  return canClaim(circuit, synthetic, nowMs) ? "claim" : "probing";
}

/** Whether a caller may claim the probe: the cooldown is over and no lease lives. */
export function canClaim(circuit: Circuit, synthetic: boolean, nowMs: number): boolean {
  return circuit.is === "tripped" && nowMs >= circuit.openUntilMs && !synthetic && liveLease(circuit, nowMs) === null;
}

/** Whether nothing would be lost with a record but the counts of its window: closed, unheld, past its ladder. */
export function mayForget(facts: Facts, nowMs: number): boolean {
  const { circuit, closedAtMs, cooldownMs, holds } = facts;
  if (circuit.is === "tripped" || overrideNow(facts, nowMs) !== null) return false;
  const ladderRuns = closedAtMs !== null && nowMs - closedAtMs < ladderResetMs(cooldownMs);
  return !ladderRuns && Object.values(holds).every((hold) => hold.untilMs <= nowMs);
}
