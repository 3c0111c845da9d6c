/** One call on its way through its routes: what may end it from outside, what became of each route, and who is told. */
import { offAbort, onAbort } from "./abort-listeners.ts";
import type { Breaker } from "./api.ts";
import { GuardingBreaker } from "./breaker.ts";
import { callerAbort } from "./call-guard.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Deadline, type Deadlines, deadlinesOf } from "./deadlines.ts";
import { CallTimeoutError } from "./errors.ts";
import { AllRoutesFailedError, type TriedRoute } from "./failover-error.ts";
import type { FailoverWish } from "./failover-options.ts";
import { answerInstead, deservesFallback } from "./fallback.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { describe, warnOnce } from "./warn.ts";

/** How the whole call was ended from outside. */
interface Over {
  readonly error: unknown;
  readonly outcome: Outcome;
}

export class Course {
  readonly wish: FailoverWish;
  readonly clock: Clock;
  readonly sinceMs: number;
  readonly tried: TriedRoute[] = [];
  /** Set once its caller or its deadline has ended it. */
  over: Over | null = null;
  readonly #cut: AbortController | null;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline | null = null;
  readonly #onAbort: () => void;
  // How many routes were asked: the first one has had all of the time.
  #asked = 0;

  /** @throws the signal's reason if it is aborted already */
  constructor(wish: FailoverWish) {
    const { signal, totalMs, routes } = wish;
    this.wish = wish;
    if (signal?.aborted === true) throw signal.reason;
    this.clock = clockOf(routes[0]?.breaker);
    this.sinceMs = this.clock.now();
    this.#deadlines = deadlinesOf(this.clock);
    this.#onAbort = () => this.#end(signal?.reason, callerAbort(signal?.reason));
    this.#cut = signal === undefined && totalMs === null ? null : new AbortController();
    if (signal !== undefined) onAbort(signal, this.#onAbort);
    if (totalMs === null) return;
    this.#deadline = new Deadline(() =>
      this.#end(new CallTimeoutError(wish.name, "total", totalMs), outcomeOf("timeout")),
    );
    this.#deadlines.set(this.#deadline, totalMs, this.sinceMs);
  }

  /** For each route: aborted when the whole call is over. */
  get signal(): AbortSignal | undefined {
    return this.#cut?.signal;
  }

  /** A route is being asked, not only thought of. */
  asks(): void {
    this.#asked++;
  }

  /** A route did not answer. */
  failed(tried: TriedRoute): void {
    this.tried.push(tried);
    const { onRouteFailed, name } = this.wish;
    if (onRouteFailed !== null) tell("onRouteFailed", name, () => onRouteFailed(tried));
  }

  answered(route: string, index: number): void {
    const { onAnswer, name } = this.wish;
    if (onAnswer === null) return;
    const durationMs = this.clock.now() - this.sinceMs;
    tell("onAnswer", name, () => onAnswer({ route, index, tried: [...this.tried], durationMs }));
  }

  /**
   * Whether the next route is asked after a call that was made.
   *
   * @param ended what was thrown, or the answer
   * @param byDefault whether it is where the user does not say
   */
  goesOn(outcome: Outcome | null, ended: unknown, byDefault: boolean): boolean {
    const { failOn, name } = this.wish;
    if (failOn === null || outcome === null) return byDefault;
    try {
      // Not what merely looks like a yes, such as the promise of an async function.
      const yes: unknown = failOn(outcome, ended);
      return yes === true;
    } catch (error) {
      warnOnce("RECLOSER_FAIL_ON_THREW", name, `failOn of "${name}" threw (${describe(error)}); the default decides`);
      return byDefault;
    }
  }

  /** No route has answered. */
  exhausted(): Promise<unknown> {
    // A listener that was told of the last one may have ended the call.
    if (this.over !== null) return this.endedWith(this.over.error, this.over.outcome);
    const outcome = this.tried.findLast(({ made }) => made)?.outcome ?? null;
    return this.endedWith(new AllRoutesFailedError(this.wish.name, this.tried), outcome);
  }

  /** The fallback's answer where the end deserves one; else rejects with the error. */
  endedWith(error: unknown, outcome: Outcome | null): Promise<unknown> {
    const { fallback } = this.wish;
    if (fallback === null || !deservesFallback(error, outcome)) return Promise.reject(error);
    return answerInstead(fallback, error, outcome);
  }

  /** Takes back the listener and the deadline. Every exit passes here. */
  release(): void {
    if (this.wish.signal !== undefined) offAbort(this.wish.signal, this.#onAbort);
    if (this.#deadline !== null) this.#deadlines.clear(this.#deadline);
  }

  #end(error: unknown, outcome: Outcome): void {
    this.over = { error, outcome };
    this.release();
    this.#cut?.abort(this.#reasonFor(error, outcome));
  }

  // A provider that was given what others had left of the time has not shown to be slow: for its breaker the call was
  // cancelled. Who had all of it has.
  #reasonFor(error: unknown, outcome: Outcome): unknown {
    if (outcome.kind !== "timeout") return error;
    if (this.#asked > 1) return new DOMException("Routes before this one have used up the time", "AbortError");
    return CallTimeoutError.is(error) ? new DOMException("The time of the call is up", "TimeoutError") : error;
  }
}

// Time is that of the breakers, so that tests move one clock; what merely looks like a breaker has the machine's.
function clockOf(breaker: Breaker | undefined): Clock {
  return breaker instanceof GuardingBreaker ? breaker.clock : systemClock;
}

// A fault of a listener must change nothing for the call.
function tell(listener: string, name: string, call: () => unknown): void {
  const complain = (error: unknown): void =>
    warnOnce(
      "RECLOSER_FAILOVER_LISTENER_THREW",
      `${listener} ${name}`,
      `${listener} of "${name}" threw (${describe(error)}); the call is unaffected`,
    );
  try {
    const told = call();
    if (told instanceof Promise) told.catch(complain);
  } catch (error) {
    complain(error);
  }
}
