/** What turns some calls away although no record rejects: the adaptive shed and pacing. A probe is never turned away. */
import { shedRate } from "./adaptive-shed.ts";
import { isForcedClosed } from "./barrier.ts";
import type { Machine } from "./machine.ts";
import { othersStand, Pace } from "./pace.ts";
import type { Policy } from "./policy.ts";
import { batchPart, type Priority, shareOf } from "./priority.ts";
import { PriorityMix } from "./priority-mix.ts";
import type { Records } from "./records.ts";
import type { Ticket } from "./ticket.ts";

/** Whether one more call is turned away, and why. */
export function throttled(
  records: Records,
  policy: Policy,
  priority: Priority,
  nowMs: number,
): "adaptive" | "paced" | "ramping" | null {
  const { health } = records;
  if (!health.plain && isForcedClosed(health, nowMs)) return null;
  return isShed(health, priority, nowMs) ? "adaptive" : pacedOrRamping(records, policy, priority, nowMs);
}

/** The same for a call that waits: chance has let it through once. */
export function pacedOrRamping(
  records: Records,
  policy: Policy,
  priority: Priority,
  nowMs: number,
): "paced" | "ramping" | null {
  const { health, others } = records;
  if (!health.plain && isForcedClosed(health, nowMs)) return null;
  const share = shareOf(policy, priority);
  if (priority === "batch" && rampIsKept(records, share)) return "ramping";
  if (health.pace?.admits(nowMs, share) === false) return "paced";
  for (const machine of others) if (machine.pace?.admits(nowMs, share) === false) return "paced";
  return null;
}

// Before anything is shed it is known whom to shed first.
function isShed(health: Machine, priority: Priority, nowMs: number): boolean {
  if (priority === "batch") health.mix ??= new PriorityMix();
  health.mix?.asked(priority);
  const rate = currentShedRate(health, nowMs);
  // No randomness is drawn while nothing is shed.
  if (rate === 0) return false;
  const ofThese = health.mix?.rateFor(priority, rate) ?? rate;
  return ofThese > 0 && health.random() < ofThese;
}

// The rest of a ramp's slots are interactive calls'.
function rampIsKept(records: Records, share: number): boolean {
  const kept = ({ ramp }: Machine): boolean => ramp !== null && ramp.inFlight >= batchPart(ramp.limit, share);
  const keeper = kept(records.health) ? records.health : records.others.find(kept);
  if (keeper !== undefined) records.blocking = keeper;
  return keeper !== undefined;
}

/** The share of calls that a record's adaptive shed turns away at this moment. */
export function currentShedRate(machine: Machine, nowMs: number): number {
  if (!machine.hasEvidence) return 0;
  return shedRate(machine.counts(nowMs), machine.quiet.young, machine.consecutiveFailures, machine.policy);
}

/** Until the pace of its records lets one more call begin after those that are `ahead`. */
export function paceWaitMs({ health, others }: Records, nowMs: number, share = 1, ahead = 0): number {
  let waitMs = health.pace?.waitMs(nowMs, share, ahead) ?? 0;
  for (const { pace } of others) waitMs = Math.max(waitMs, pace?.waitMs(nowMs, share, ahead) ?? 0);
  return waitMs;
}

/**
 * The provider refused a call for its rate: whether that paces, since others are served. Else it holds everybody.
 *
 * @param toldPerSecond what the refusal says of the limit itself; null: nothing
 */
export function paces(machine: Machine, ticket: Ticket, toldPerSecond: number | null, nowMs: number): boolean {
  const isFirst = machine.pace === null;
  if (isFirst && machine.successMark <= ticket.mark && !othersStand(machine.quiet, ticket, nowMs)) return false;
  machine.pace ??= new Pace(nowMs);
  machine.plain = false;
  if (toldPerSecond !== null) machine.pace.tell(toldPerSecond, nowMs);
  return !machine.pace.refused(ticket.mark, ticket.startedAtMs, nowMs);
}
