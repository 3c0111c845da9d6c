/** Runs a call that answers once. */
import { Call, type CallContext, type CallSite } from "./call.ts";
import type { Instead } from "./fallback.ts";
import type { Outcome } from "./outcome.ts";

export type Run<T> = (context: CallContext) => T | PromiseLike<T>;

interface Early {
  readonly error: unknown;
  readonly outcome: Outcome | null;
}

export class ExecutedCall<T, F> extends Call {
  private readonly orElse: Instead<T | F> | null;
  private resolveWith: ((value: T | PromiseLike<T | F>) => void) | null = null;
  private rejectWith: ((error: unknown) => void) | null = null;
  // An end from outside that came before there was a promise to answer with.
  private early: Early | null = null;

  constructor(site: CallSite, nowMs: number, orElse: Instead<T | F> | null) {
    super(site, nowMs);
    this.orElse = orElse;
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
    if (this.rejectWith === null) {
      this.early = { error, outcome };
      return;
    }
    const other = this.orElse === null ? null : this.orElse.ofError(error, outcome);
    if (other === null) this.rejectWith(error);
    else this.resolveWith?.(other);
  }

  private resolved(value: T): void {
    if (this.ended) return; // its end was told already; a late answer changes nothing
    const outcome = this.completed(value);
    this.resolveWith?.(this.otherThan(value, outcome) ?? value);
  }

  private rejected(error: unknown): void {
    if (this.ended) return;
    this.answer(error, this.failed(error));
  }

  private answerNow(value: T): Promise<T | F> {
    if (this.early !== null) return this.instead(this.early.error, this.early.outcome);
    const outcome = this.completed(value);
    return Promise.resolve(this.otherThan(value, outcome) ?? value);
  }

  private throwNow(error: unknown): Promise<T | F> {
    if (this.early !== null) return this.instead(this.early.error, this.early.outcome);
    return this.instead(error, this.failed(error));
  }

  private instead(error: unknown, outcome: Outcome | null): Promise<T | F> {
    return orRejected(this.orElse, error, outcome);
  }

  private otherThan(value: T, outcome: Outcome | null): PromiseLike<T | F> | null {
    if (this.orElse === null || outcome === null || outcome.kind === "success") return null;
    return this.orElse.ofAnswer(value, outcome);
  }
}

/** What takes the place of an error, or a promise rejected with it. */
export function orRejected<F>(orElse: Instead<F> | null, error: unknown, outcome: Outcome | null): Promise<F> {
  const other = orElse === null ? null : orElse.ofError(error, outcome);
  return other === null ? Promise.reject(error) : Promise.resolve(other);
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    (typeof value === "object" || typeof value === "function") &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
