/**
 * The tries of one caller's call: after each that failed, whether there is another, and the wait before it. Each try is a
 * call of its own, with a permit and an outcome of its own; in between nothing is held.
 */
import type { CallContext } from "./call.ts";
import type { CallWish } from "./call-guard.ts";
import { RecloserError } from "./errors.ts";
import { withCause } from "./fallback.ts";
import type { Outcome } from "./outcome.ts";
import { Pause, type PauseEnd } from "./pause.ts";
import type { Retries } from "./retries.ts";
import type { RetryPolicy } from "./retry-options.ts";
import { describe, warnOnce } from "./warn.ts";

export class Tries {
  readonly #retries: Retries;
  readonly #wish: CallWish;
  readonly #retry: RetryPolicy;
  readonly #sinceMs: number;
  #attempt = 1;
  // What the last try threw; null before it, and where it answered.
  #failure: { readonly error: unknown } | null = null;
  #pause: Pause | null = null;
  #isStopped = false;

  /** @param sinceMs when the caller's call began */
  constructor(retries: Retries, wish: CallWish, retry: RetryPolicy, sinceMs: number) {
    this.#retries = retries;
    this.#wish = wish;
    this.#retry = retry;
    this.#sinceMs = sinceMs;
  }

  /** What the coming try asks for: as the call does, but within what is left of its time. */
  wishFor<W extends CallWish>(wish: W): W {
    return { ...wish, attempt: this.#attempt, sinceMs: this.#sinceMs };
  }

  /** `make`, with its first time put down in the budget. A call that was rejected is none, so it is counted here. */
  counted<R>(make: (context: CallContext) => R): (context: CallContext) => R {
    const { budget, site } = this.#retries;
    return (context) => {
      if (context.attempt === 1) budget.called(site.clock.now());
      return make(context);
    };
  }

  /**
   * A try ended in an error. Gives how the wait for the next one ends, or null when there is none and the error is the
   * caller's. A rejection carries from then on what the try before it had thrown.
   */
  afterError(error: unknown, outcome: Outcome | null): Promise<PauseEnd> | null {
    if (outcome === null) {
      if (this.#failure !== null && RecloserError.is(error)) withCause(error, this.#failure.error);
      return null;
    }
    this.#failure = { error };
    return this.#next(outcome, error);
  }

  /** The same for an answer that counts as a failure. */
  afterAnswer(answer: unknown, outcome: Outcome): Promise<PauseEnd> | null {
    this.#failure = null;
    return this.#next(outcome, answer);
  }

  /** Nobody waits for it any more. */
  stop(): void {
    this.#isStopped = true;
    this.#pause?.stop();
  }

  #next(outcome: Outcome, ended: unknown): Promise<PauseEnd> | null {
    const { site } = this.#retries;
    const { attempts, initialMs, factor, maxMs, hintMaxMs } = this.#retry;
    const isLast = this.#attempt >= attempts || this.#isGivenUp() || site.host.closed;
    if (isLast || !this.#mayRepeat(outcome, ended)) return null;
    // Whoever was asked may have given the call up.
    if (this.#isGivenUp()) return Promise.resolve("aborted");
    const nowMs = site.clock.now();
    // The provider's own word, and what the records make of it: before that, the next try would only be rejected.
    const askedMs = Math.max(outcome.retryAfterMs ?? 0, site.records.barredForMs(nowMs));
    if (askedMs > hintMaxMs) return null;
    // All of it random ("full jitter"): callers that failed together must not come back together.
    const delayMs = askedMs + site.host.random() * Math.min(maxMs, initialMs * factor ** (this.#attempt - 1));
    if (this.#isTooLate(nowMs + delayMs)) return null;
    const attempt = this.#attempt++;
    const isAffordable = this.#retries.take(this.#retry, nowMs);
    const waited = isAffordable ? this.#wait(delayMs, nowMs, nowMs + hintMaxMs) : null;
    const told = { key: site.name, attempt, outcome: outcome.kind, delayMs: isAffordable ? delayMs : null };
    site.tell("retry", { ...told, atMs: nowMs });
    return waited;
  }

  // A hold may have become longer meanwhile, by the refusals of others or by what the store says: then so does the wait,
  // as far as the caller would wait for a hint. What else stands in the way by then rejects the try.
  async #wait(delayMs: number, fromMs: number, noLongerThanMs: number): Promise<PauseEnd> {
    const { site } = this.#retries;
    const { signal } = this.#wish;
    for (let nowMs = fromMs, leftMs = delayMs; ;) {
      this.#pause = new Pause(site.deadlines, leftMs, nowMs, signal);
      const end = await this.#retries.wait(this.#pause);
      if (end !== "due") return end;
      // What came between the end of the pause and here.
      if (signal?.aborted === true) return "aborted";
      if (this.#isStopped || site.host.closed) return "stopped";
      nowMs = site.clock.now();
      leftMs = site.records.barredForMs(nowMs);
      const isHeld = leftMs > 0 && nowMs + leftMs <= noLongerThanMs && !this.#isTooLate(nowMs + leftMs);
      if (!isHeld) return "due";
    }
  }

  #isGivenUp(): boolean {
    return this.#wish.signal?.aborted === true;
  }

  #isTooLate(atMs: number): boolean {
    const { totalMs } = this.#wish;
    return totalMs !== null && atMs >= this.#sinceMs + totalMs;
  }

  // A fault in what the user asks of an end must not hide that end.
  #mayRepeat(outcome: Outcome, ended: unknown): boolean {
    const { name } = this.#retries.site;
    try {
      // Not what merely looks like a yes, such as the promise of an async function.
      const yes: unknown = this.#retry.on(outcome, ended);
      return yes === true;
    } catch (error) {
      const message = `retry.on of "${name}" threw (${describe(error)}); the call is not tried again`;
      warnOnce("RECLOSER_RETRY_QUESTION_THREW", name, message);
      return false;
    }
  }
}
