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

/** What may stand for a stream before anything of it was delivered: a stream, a list, or one chunk. A text is one chunk. */
export type StreamFallback<F> = Fallback<AsyncIterable<F> | (Iterable<F> & object) | F>;

/**
 * Whether a call's end deserves a fallback: it was rejected or shed, timed out, or failed in a way that speaks of the
 * provider. A caller's own mistake, filtered content and a cancellation are thrown as they came.
 */
export function deservesFallback(error: unknown, outcome: Outcome | null): boolean {
  if (outcome === null || outcome.track !== "none") return true;
  return CircuitOpenError.is(error) || ShedError.is(error);
}

/** What a breaker's methods take behind their overloads, beside whatever else a call asks for. */
export interface OrElse<F> {
  readonly fallback?: Fallback<F> | undefined;
}

export interface OrElseStream<F> {
  readonly fallback?: StreamFallback<F> | undefined;
}

/** What may take the place of a call's end before its caller is told. Each gives null to let the end stand. */
export interface Instead<F> {
  /** @param outcome null: the call was rejected, or given up like one that was */
  ofError(error: unknown, outcome: Outcome | null): PromiseLike<F> | null;
  /** Of an answer that counted as a failure. */
  ofAnswer(answer: unknown, outcome: Outcome): PromiseLike<F> | null;
}

/** A fallback where the end deserves one. */
export class FallbackInstead<F> implements Instead<F> {
  readonly #fallback: Fallback<F>;

  constructor(fallback: Fallback<F>) {
    this.#fallback = fallback;
  }

  ofError(error: unknown, outcome: Outcome | null): PromiseLike<F> | null {
    return deservesFallback(error, outcome) ? answerInstead(this.#fallback, error, outcome) : null;
  }

  // The caller's classifier may call an answer a failure; it is the caller's answer all the same.
  ofAnswer(): null {
    return null;
  }
}

/** Runs the fallback. What it throws carries the first error as its `cause`. */
export async function answerInstead<F>(fallback: Fallback<F>, error: unknown, outcome: Outcome | null): Promise<F> {
  try {
    return await fallback(error, { open: CircuitOpenError.from(error), outcome });
  } catch (second) {
    throw withCause(second, error);
  }
}

/** The error, with the one that led to it as its `cause` where it has none. */
export function withCause(error: unknown, cause: unknown): unknown {
  if (!(error instanceof Error) || error === cause || error.cause !== undefined) return error;
  try {
    Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true, enumerable: false });
  } catch {} // a frozen error keeps what it has
  return error;
}
