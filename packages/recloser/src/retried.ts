/** Runs a call that answers once and may be made more than once. */
import { callerAbort, type CallWish } from "./call-guard.ts";
import { discard } from "./discard.ts";
import { orRejected, type Run } from "./execute.ts";
import type { Instead } from "./fallback.ts";
import type { Outcome } from "./outcome.ts";
import type { PauseEnd } from "./pause.ts";
import type { Tries } from "./tries.ts";

type Make<T, R> = (run: Run<T>, wish: CallWish, instead: Instead<R>) => Promise<R>;

/** @param make makes one try, and asks `instead` at its end */
export function retried<T, F>(
  tries: Tries,
  run: Run<T>,
  wish: CallWish,
  orElse: Instead<T | F> | null,
  make: Make<T, T | F>,
): Promise<T | F> {
  const counted = tries.counted(run);
  return new Retried(tries, wish, (instead) => make(counted, tries.wishFor(wish), instead), orElse).run();
}

/** Takes the place of each try's end: by the next try, or by what would take the place of the end without retries. */
class Retried<T> implements Instead<T> {
  readonly #tries: Tries;
  readonly #make: (instead: Instead<T>) => Promise<T>;
  readonly #signal: AbortSignal | undefined;
  readonly #orElse: Instead<T> | null;

  constructor(tries: Tries, wish: CallWish, make: (instead: Instead<T>) => Promise<T>, orElse: Instead<T> | null) {
    this.#tries = tries;
    this.#make = make;
    this.#signal = wish.signal;
    this.#orElse = orElse;
  }

  run(): Promise<T> {
    return this.#make(this);
  }

  ofError(error: unknown, outcome: Outcome | null): PromiseLike<T> | null {
    const waited = this.#tries.afterError(error, outcome);
    if (waited === null) return this.#orElse?.ofError(error, outcome) ?? null;
    return waited.then((end) => this.#go(end) ?? orRejected(this.#orElse, error, outcome));
  }

  ofAnswer(answer: unknown, outcome: Outcome): PromiseLike<T> | null {
    const waited = this.#tries.afterAnswer(answer, outcome);
    if (waited === null) return this.#orElse?.ofAnswer(answer, outcome) ?? null;
    discard(answer);
    return waited.then((end) => this.#go(end) ?? this.#orElse?.ofAnswer(answer, outcome) ?? (answer as T));
  }

  // Null when the last end stands after all.
  #go(end: PauseEnd): Promise<T> | null {
    if (end === "stopped") return null;
    if (end === "due") return this.run();
    const reason: unknown = this.#signal?.reason;
    return orRejected(this.#orElse, reason, callerAbort(reason));
  }
}
