/**
 * How a call ended, for what goes on from there by itself: a failover. It is asked for beside a call's options, under a
 * symbol that all copies of the package share, so that it passes through whatever a user has put around a breaker.
 */
import { type Fallback, FallbackInstead, type Instead } from "./fallback.ts";
import type { Outcome } from "./outcome.ts";

export const ON_END: unique symbol = Symbol.for("recloser.onEnd");

/**
 * Told of each end that is no plain success, before the caller is; the last one counts. Must not throw.
 *
 * @param outcome null: the call was rejected, or given up like one that was
 */
export type OnEnd = (outcome: Outcome | null) => void;

export interface Watched {
  readonly [ON_END]?: OnEnd;
}

/** What takes the place of a call's end, as its options say; null: nothing. */
export function insteadOf<F>(wish: {
  readonly fallback: Fallback<unknown> | null;
  readonly onEnd: OnEnd | null;
}): Instead<F> | null {
  const fallback = wish.fallback === null ? null : new FallbackInstead(wish.fallback as Fallback<F>);
  return wish.onEnd === null ? fallback : new WatchedInstead(wish.onEnd, fallback);
}

class WatchedInstead<F> implements Instead<F> {
  readonly #onEnd: OnEnd;
  readonly #instead: Instead<F> | null;

  constructor(onEnd: OnEnd, instead: Instead<F> | null) {
    this.#onEnd = onEnd;
    this.#instead = instead;
  }

  ofError(error: unknown, outcome: Outcome | null): PromiseLike<F> | null {
    this.#onEnd(outcome);
    return this.#instead?.ofError(error, outcome) ?? null;
  }

  ofAnswer(answer: unknown, outcome: Outcome): PromiseLike<F> | null {
    this.#onEnd(outcome);
    return this.#instead?.ofAnswer(answer, outcome) ?? null;
  }
}
