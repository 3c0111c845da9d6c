/** What a caller gets who was shed: why, in words, and when another try makes sense. */
import { ShedError, type ShedCause, type OwnShedReason } from "./errors.ts";
import type { Policy } from "./policy.ts";
import { limitFor, type Priority, shareOf } from "./priority.ts";
import type { Records } from "./records.ts";
import { spoken } from "./spoken.ts";
import { paceWaitMs } from "./throttle.ts";

// A share of the calls is shed, not all until an instant: what to say is when the share may be another.
const ADAPTIVE_RETRY_MS = 1_000;

export interface Shed {
  readonly key: string;
  readonly policy: Policy;
  readonly records: Records;
  readonly priority: Priority;
  readonly waitedMs: number;
}

export function shedError(reason: OwnShedReason, shed: Shed, nowMs: number): ShedError {
  const { key, priority, waitedMs } = shed;
  const { limit, retryAfterMs, detail } = causeOf(reason, shed, nowMs);
  return new ShedError(key, limit, { reason, retryAfterMs, detail, priority, waitedMs });
}

function causeOf(
  reason: OwnShedReason,
  { policy, records, priority, waitedMs }: Shed,
  nowMs: number,
): Pick<ShedCause, "retryAfterMs" | "detail"> & { limit: number | null } {
  const size = policy.queue === false ? 0 : policy.queue.size;
  switch (reason) {
    case "concurrency":
      return { limit: limitFor(policy, priority), retryAfterMs: 0, detail: slotsDetail(policy, priority) };
    case "adaptive":
      return { limit: null, retryAfterMs: ADAPTIVE_RETRY_MS, detail: adaptiveDetail(policy, records, nowMs) };
    case "paced": {
      const retryAfterMs = Math.ceil(paceWaitMs(records, nowMs, shareOf(policy, priority)));
      const detail = `the provider's rate limit is reached; the next call may be made in ${spoken(retryAfterMs)}`;
      return { limit: null, retryAfterMs, detail };
    }
    case "queue-full": {
      const detail = `${size} calls wait for their turn, which is the limit (shed.queue.size)`;
      return { limit: size, retryAfterMs: turnMs(records, priority, nowMs), detail };
    }
    case "queue-evicted": {
      const detail = `${size} calls wait for their turn, which is the limit, and this batch call made room for an interactive one`;
      return { limit: size, retryAfterMs: turnMs(records, priority, nowMs, 1), detail };
    }
    case "queue-expired": {
      const detail = `it waited for its turn for ${spoken(Math.round(waitedMs))}, which is the limit (shed.queue.maxWait)`;
      return { limit: null, retryAfterMs: turnMs(records, priority, nowMs), detail };
    }
    case "queue-closed":
      return { limit: null, retryAfterMs: 0, detail: "it waited for its turn when the recloser was closed" };
  }
}

function slotsDetail(policy: Policy, priority: Priority): string {
  const limit = limitFor(policy, priority);
  if (limit === policy.maxInFlight) return `${limit} calls are in flight, which is the limit (shed.maxInFlight)`;
  return `${limit} calls are in flight, and the rest of ${policy.maxInFlight} is kept for interactive ones (shed.batchShare)`;
}

function adaptiveDetail({ windowMs }: Policy, { health }: Records, nowMs: number): string {
  const { successes, failures } = health.counts(nowMs);
  const calls = successes + failures + health.quiet.young;
  const among = windowMs === null ? `of the last ${calls} calls` : `of ${calls} calls`;
  const span = windowMs === null ? "" : ` in ${spoken(windowMs)}`;
  return `${failures} ${among} failed${span}, so a part of them is not made; ask elsewhere, or try again in ${spoken(ADAPTIVE_RETRY_MS)}`;
}

// When one more could go after those that wait, and are `coming`: known where a rate or a hold is waited for, and else said by
// nobody.
function turnMs(records: Records, priority: Priority, nowMs: number, coming = 0): number {
  const ahead = (records.health.waiting?.before(priority) ?? 0) + coming;
  const barredMs = records.barredForMs(nowMs);
  const knownMs = Math.max(paceWaitMs(records, nowMs, 1, ahead), Number.isFinite(barredMs) ? barredMs : 0);
  return Math.ceil(knownMs);
}
