/** What turns some calls away although no record rejects: the adaptive shed and pacing. A probe is never turned away. */
import { shedRate } from "./adaptive-shed.ts";
import { isForcedClosed } from "./barrier.ts";
import { ShedError, type ShedReason } from "./errors.ts";
import type { Machine } from "./machine.ts";
import { othersStand, Pace } from "./pace.ts";
import type { Policy } from "./policy.ts";
import type { Records } from "./records.ts";
import { spoken } from "./spoken.ts";
import type { Ticket } from "./ticket.ts";

// A share of the calls is shed, not all until an instant: what to say is when the share may be another.
const ADAPTIVE_RETRY_MS = 1_000;

/** Why a breaker turns a call away by itself; the intake is its failover's. */
export type OwnShedReason = Exclude<ShedReason, "intake">;

/** Whether one more call is turned away, and why. */
export function throttled(records: Records, nowMs: number): "adaptive" | "paced" | null {
  const { health, others } = records;
  if (!health.plain && isForcedClosed(health, nowMs)) return null;
  const rate = currentShedRate(health, nowMs);
  // No randomness is drawn while nothing is shed.
  if (rate > 0 && health.random() < rate) return "adaptive";
  if (health.pace?.admits(nowMs) === false) return "paced";
  for (const machine of others) if (machine.pace?.admits(nowMs) === false) return "paced";
  return null;
}

/** The share of calls that a record's adaptive shed turns away at this moment. */
export function currentShedRate(machine: Machine, nowMs: number): number {
  if (!machine.hasEvidence) return 0;
  return shedRate(machine.counts(nowMs), machine.quiet.young, machine.consecutiveFailures, machine.policy);
}

/** What a caller gets who was turned away. */
export function shedError(
  key: string,
  reason: OwnShedReason,
  policy: Policy,
  records: Records,
  nowMs: number,
): ShedError {
  switch (reason) {
    case "concurrency":
      return new ShedError(key, policy.maxInFlight);
    case "adaptive": {
      const { health } = records;
      const { successes, failures } = health.counts(nowMs);
      const calls = successes + failures + health.quiet.young;
      const among = policy.windowMs === null ? `of the last ${calls} calls` : `of ${calls} calls`;
      const span = policy.windowMs === null ? "" : ` in ${spoken(policy.windowMs)}`;
      const detail = `${failures} ${among} failed${span}, so a part of them is not made; ask elsewhere, or try again in ${spoken(ADAPTIVE_RETRY_MS)}`;
      return new ShedError(key, null, { reason, retryAfterMs: ADAPTIVE_RETRY_MS, detail });
    }
    case "paced": {
      let waitMs = 0;
      for (const { pace } of [records.health, ...records.others]) waitMs = Math.max(waitMs, pace?.waitMs(nowMs) ?? 0);
      const retryAfterMs = Math.ceil(waitMs);
      const detail = `the provider's rate limit is reached; the next call may be made in ${spoken(retryAfterMs)}`;
      return new ShedError(key, null, { reason, retryAfterMs, detail });
    }
  }
}

/** The provider refused a call for its rate: whether that paces, since others are served. Else it holds everybody. */
export function paces(machine: Machine, ticket: Ticket, nowMs: number): boolean {
  const isFirst = machine.pace === null;
  if (isFirst && machine.successMark <= ticket.mark && !othersStand(machine.quiet, ticket, nowMs)) return false;
  machine.pace ??= new Pace(nowMs);
  machine.plain = false;
  return !machine.pace.refused(ticket.mark, ticket.startedAtMs, nowMs);
}
