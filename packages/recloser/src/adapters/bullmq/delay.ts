/** Whether a job that ended so may go back without an attempt made, and when its circuit can take it. */
import type { Breaker } from "../../api.ts";
import { CircuitOpenError, ShedError } from "../../errors.ts";
import type { FailedCall } from "../../fallback/failed-call.ts";
import { wayOf } from "../../fallback/way.ts";
import { wasNotSent } from "../../not-sent.ts";

export interface Delay {
  /** Whose jobs come back together. */
  readonly key: string;
  readonly generation: number;
  readonly retryAfterMs: number;
  /** Whether somebody probes: `retryAfterMs` is the end of the lease, but the answer may come at any moment. */
  readonly isProbing: boolean;
}

/** Of a rejection, or of what an SDK wrapped around one; null for any other error. */
export function rejectionDelay(error: unknown, idempotent: boolean): Delay | null {
  const open = CircuitOpenError.from(error);
  // Given up in flight: what became of the request nobody knows.
  if (open !== null) {
    const { key, generation, retryAfterMs, reason } = open;
    return open.inFlight && !idempotent ? null : { key, generation, retryAfterMs, isProbing: reason === "probing" };
  }
  const shed = ShedError.from(error);
  return shed === null ? null : { key: shed.key, generation: 0, retryAfterMs: shed.retryAfterMs, isProbing: false };
}

/** Of a call that the breaker made or rejected. */
export function delayOf(breaker: Breaker, { error, info }: FailedCall, idempotent: boolean): Delay | null {
  const rejected = rejectionDelay(error, idempotent);
  const { outcome } = info;
  if (rejected !== null || outcome === null || outcome.track === "none") return rejected;
  const snapshot = breaker.snapshot();
  const { bar } = wayOf(snapshot);
  const standsOpen = bar !== null && (bar.reason === "open" || bar.reason === "probing");
  const wasRefused = outcome.track === "hold";
  // What the circuit opened for, or what failed while it was open, is the outage, not the job.
  if (!wasRefused && !(standsOpen && (idempotent || wasNotSent(error)))) return null;
  const retryAfterMs = Math.max(bar?.retryAfterMs ?? 0, wasRefused ? (outcome.retryAfterMs ?? 0) : 0);
  const { name: key, generation } = bar?.record ?? snapshot;
  return { key, generation, retryAfterMs, isProbing: bar?.reason === "probing" };
}
