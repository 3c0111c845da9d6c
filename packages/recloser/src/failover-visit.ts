/** One route while it is asked: whether a call was made there, how it ended, and its place in what the route takes over. */
import type { Breaker } from "./api.ts";
import { GuardingBreaker } from "./breaker.ts";
import type { CallContext } from "./call.ts";
import { ON_END, type OnEnd } from "./call-end.ts";
import { CircuitOpenError, ShedError } from "./errors.ts";
import type { Course } from "./failover-course.ts";
import type { TriedRoute } from "./failover-error.ts";
import type { Route } from "./failover-options.ts";
import { deservesFallback } from "./fallback.ts";
import { type Intake, intakeOf } from "./intake.ts";
import type { Outcome } from "./outcome.ts";

export class Visit {
  readonly route: Route;
  readonly index: number;
  readonly course: Course;
  readonly #intake: Intake;
  readonly #startedAtMs: number;
  /** Whether the call was made. */
  made = false;
  // Whether the breaker has told of an end, and of which.
  #told = false;
  #outcome: Outcome | null = null;
  #ended = false;

  constructor(course: Course, route: Route, index: number) {
    this.course = course;
    this.route = route;
    this.index = index;
    this.#intake = intakeOf(route.breaker);
    this.#startedAtMs = course.clock.now();
  }

  /**
   * Takes a place in what the route takes over, before the breaker is asked: of calls that come in one instant no more may
   * be begun than there are places.
   *
   * @returns why there is none, though its breaker would admit the call: the route takes over step by step, and the step is full
   */
  enter(): ShedError | null {
    const { breaker, from } = this.route;
    const isBounded = this.index > 0 && from !== null;
    // What an open or held circuit says is worth more, and a probe is one call.
    if (isBounded && !this.#intake.admits(from, this.#startedAtMs) && !rejects(breaker, this.#startedAtMs)) {
      const { limit } = this.#intake;
      const detail = `as a route that takes over it has ${limit} calls in flight for now, and they are taken`;
      return new ShedError(breaker.name, limit, { reason: "intake", retryAfterMs: 0, detail });
    }
    this.#intake.began();
    return null;
  }

  /** What the breaker is asked with, beside the call. */
  get options(): Readonly<Record<string | symbol, unknown>> {
    const onEnd: OnEnd = (outcome) => {
      this.#told = true;
      this.#outcome = outcome;
    };
    const { signal, wish } = this.course;
    return { ...this.route.options, signal, priority: wish.priority, [ON_END]: onEnd };
  }

  /** @param onMade called when the call is made for the first time */
  run(onMade: () => void = () => {}): (context: CallContext) => unknown {
    return (context) => {
      if (!this.made) {
        this.made = true;
        this.course.asks();
        onMade();
      }
      this.#told = false; // of the try before
      return this.route.run(context);
    };
  }

  /** The answer is there, or its first content. */
  answered(): void {
    this.#intake.answered();
    this.course.answered(this.route.name, this.index);
  }

  /** How a call that has ended without an error was counted, where that was not as a success. */
  get failure(): Outcome | null {
    return this.#told ? this.#outcome : null;
  }

  /** Gives its place back. The first end counts. @param outcome where the breaker has not told it */
  end(outcome: Outcome | null = this.failure): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#intake.ended(outcome?.kind ?? null, this.course.clock.now());
  }

  /** The route has thrown: ends it, and says whether the next one is asked. */
  threw(error: unknown): boolean {
    this.end();
    const outcome = this.failure;
    this.report(error, outcome);
    if (this.course.over !== null) return false;
    // By what only looks like a breaker, or for a bad option.
    if (!this.#told) return CircuitOpenError.is(error) || ShedError.is(error);
    return this.course.goesOn(outcome, error, deservesFallback(error, outcome));
  }

  report(error: unknown, outcome: Outcome | null): void {
    const durationMs = this.course.clock.now() - this.#startedAtMs;
    const { made, index } = this;
    const tried: TriedRoute = { route: this.route.name, index, made, outcome, error, durationMs };
    this.course.failed(tried);
  }
}

// What merely looks like a breaker tells nothing of its holds.
function rejects(breaker: Breaker, nowMs: number): boolean {
  return breaker instanceof GuardingBreaker ? breaker.records.barredForMs(nowMs) > 0 : breaker.state !== "closed";
}
