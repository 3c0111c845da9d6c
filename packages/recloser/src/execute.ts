/** Runs a call that answers once. */
import { Call, type CallContext, type CallSite } from "./call.ts";
import { answerInstead, deservesFallback, type Fallback } from "./fallback.ts";
import type { Outcome } from "./outcome.ts";

export type Run<T> = (context: CallContext) => T | PromiseLike<T>;

interface Early {
  readonly error: unknown;
  readonly outcome: Outcome | null;
}

export class ExecutedCall<T, F> extends Call {
  private readonly orElse: Fallback<F> | null;
  private resolveWith: ((value: T | PromiseLike<F>) => void) | null = null;
  private rejectWith: ((error: unknown) => void) | null = null;
  // An end from outside that came before there was a promise to answer with.
  private early: Early | null = null;

  constructor(site: CallSite, nowMs: number, fallback: Fallback<F> | null) {
    super(site, nowMs);
    this.orElse = fallback;
  }

  run(run: Run<T>): Promise<T | F> {
    const { early } = this;
    if (early !== null) return this.instead(early.error, early.outcome);
    let result: T | PromiseLike<T>;
    try {
      result = run(this);
      if (!isThenable(result)) return this.answerNow(result);
    } catch (error) {
      return this.throwNow(error);
    }
    if (this.early !== null) {
      // Ended while the call was being made: what it comes to is nobody's any more.
      Promise.resolve(result).catch(() => {});
      return this.instead(this.early.error, this.early.outcome);
    }
    const answer = new Promise<T | F>((resolve, reject) => {
      this.resolveWith = resolve;
      this.rejectWith = reject;
    });
    try {
      // A foreign thenable may break its promises (answer twice, throw in `then`): a native one around it does not.
      const settled = result instanceof Promise ? (result as Promise<T>) : Promise.resolve(result);
      settled.then(
        (value) => this.resolved(value),
        (error: unknown) => this.rejected(error),
      );
    } catch (error) {
      this.rejected(error); // a subclass or a Proxy whose own `then` throws
    }
    return answer;
  }

  protected override answer(error: unknown, outcome: Outcome | null): void {
    if (this.rejectWith === null) this.early = { error, outcome };
    else if (this.orElse !== null && deservesFallback(error, outcome))
      this.resolveWith?.(answerInstead(this.orElse, error, outcome));
    else this.rejectWith(error);
  }

  private resolved(value: T): void {
    if (this.ended) return; // its end was told already; a late answer changes nothing
    this.completed(value);
    this.resolveWith?.(value);
  }

  private rejected(error: unknown): void {
    if (this.ended) return;
    this.answer(error, this.failed(error));
  }

  private answerNow(value: T): Promise<T | F> {
    if (this.early !== null) return this.instead(this.early.error, this.early.outcome);
    this.completed(value);
    return Promise.resolve(value);
  }

  private throwNow(error: unknown): Promise<T | F> {
    if (this.early !== null) return this.instead(this.early.error, this.early.outcome);
    return this.instead(error, this.failed(error));
  }

  private instead(error: unknown, outcome: Outcome | null): Promise<T | F> {
    return orFallback(this.orElse, error, outcome);
  }
}

/** A promise rejected with `error`, or the fallback's answer where there is one and the end deserves it. */
export function orFallback<F>(fallback: Fallback<F> | null, error: unknown, outcome: Outcome | null): Promise<F> {
  return fallback !== null && deservesFallback(error, outcome)
    ? answerInstead(fallback, error, outcome)
    : Promise.reject(error);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
