/** An answer instead of an error: when it is asked for, and what happens when it fails too. */
import { CircuitOpenError, ShedError } from "./errors.ts";
import type { Outcome } from "./outcome.ts";

export interface FallbackInfo {
  /** The rejection, when a circuit rejected the call; else null. */
  readonly open: CircuitOpenError | null;
  /** What the call's end was counted as; null when it was never made. */
  readonly outcome: Outcome | null;
}

export type Fallback<F> = (error: unknown, info: FallbackInfo) => F | PromiseLike<F>;

/**
 * Whether a call's end deserves a fallback: it was rejected or shed, timed out, or failed in a way that speaks of the
 * provider. A caller's own mistake, filtered content and a cancellation are thrown as they came.
 */
export function deservesFallback(error: unknown, outcome: Outcome | null): boolean {
  if (outcome === null || outcome.track !== "none") return true;
  return CircuitOpenError.is(error) || ShedError.is(error);
}

/** Runs the fallback. What it throws carries the first error as its `cause`. */
export async function answerInstead<F>(fallback: Fallback<F>, error: unknown, outcome: Outcome | null): Promise<F> {
  try {
    return await fallback(error, { open: CircuitOpenError.from(error), outcome });
  } catch (second) {
    throw withCause(second, error);
  }
}

function withCause(error: unknown, cause: unknown): unknown {
  if (!(error instanceof Error) || error === cause || error.cause !== undefined) return error;
  try {
    Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true, enumerable: false });
  } catch {} // a frozen error keeps what it has
  return error;
}
