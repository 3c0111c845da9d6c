/** Another provider where one cannot answer: routes in order, each with a breaker of its own, asked until one answers. */
import type { Breaker } from "./api.ts";
import { discard } from "./discard.ts";
import { Course } from "./failover-course.ts";
import { type FailoverOptions, type FailoverRoute, type FailoverWish, readFailover } from "./failover-options.ts";
import { Visit } from "./failover-visit.ts";

/**
 * The answer of the first route that has one. A route whose circuit is open, held or full is passed over at once; one that
 * fails in a way that speaks of its provider is followed by the next. A caller's mistake, filtered content and a
 * cancellation are thrown as they came, and so is whatever `failOn` says no to.
 *
 * Rejects with `AllRoutesFailedError` when no route has answered, `CallTimeoutError` at the deadline of the whole call, the
 * signal's reason at its abort, and `InvalidOptionError` for a bad option. An answer that counts as a failure (the
 * `Response` of a 503) is given where no later route has anything better.
 *
 * @param routes in the order in which they are asked. A later one takes over step by step and no more than it can carry; in
 *   this process all failovers that have its breaker share that.
 * @example
 * const answer = await failover(
 *   [
 *     { breaker: openai, run: ({ signal }) => gpt.responses.create(question, { signal }) },
 *     { breaker: anthropic, run: ({ signal }) => claude.messages.create(sameQuestion, { signal }) },
 *   ],
 *   { signal, timeout: "60s", routeTimeout: "40s" },
 * );
 */
export function failover<A extends readonly unknown[], F = never>(
  routes: readonly [...{ [K in keyof A]: FailoverRoute<A[K]> }],
  options?: FailoverOptions<F>,
): Promise<Awaited<A[number]> | F>;
export async function failover(routes: readonly FailoverRoute[], options: FailoverOptions = {}): Promise<unknown> {
  const course = new Course(readFailover(routes, options));
  try {
    return await new Answering(course).answer();
  } finally {
    course.release();
  }
}

class Answering {
  readonly #course: Course;
  readonly #wish: FailoverWish;
  // An answer that counts as a failure: its caller's, unless another call is made.
  #failedAnswer: { readonly answer: unknown } | null = null;

  constructor(course: Course) {
    this.#course = course;
    this.#wish = course.wish;
  }

  async answer(): Promise<unknown> {
    for (const [index, route] of this.#wish.routes.entries()) {
      const visit = new Visit(this.#course, route, index);
      const refusal = visit.enter();
      if (refusal !== null) {
        visit.report(refusal, null);
        continue;
      }
      const end = await this.#ask(visit);
      if (end !== null) return end.with;
    }
    return this.#failedAnswer === null ? this.#course.exhausted() : this.#failedAnswer.answer;
  }

  // Null: the next route is asked.
  async #ask(visit: Visit): Promise<{ readonly with: unknown } | null> {
    const { breaker } = visit.route;
    const run = visit.run(() => this.#discardFailed());
    let answer: unknown;
    try {
      answer = await breaker.execute(run, visit.options as Parameters<Breaker["execute"]>[1]);
    } catch (error) {
      if (visit.threw(error)) return null;
      this.#discardFailed();
      const { over } = this.#course;
      return { with: await this.#course.endedWith(over === null ? error : over.error, over?.outcome ?? visit.failure) };
    }
    return this.#judge(visit, answer);
  }

  #discardFailed(): void {
    discard(this.#failedAnswer?.answer);
    this.#failedAnswer = null;
  }

  #judge(visit: Visit, answer: unknown): { readonly with: unknown } | null {
    const { failure } = visit;
    const goesOn = failure !== null && this.#course.goesOn(failure, answer, failure.track !== "none");
    if (!goesOn) visit.answered();
    visit.end();
    if (!goesOn) return { with: answer };
    visit.report(null, failure);
    this.#failedAnswer = { answer };
    return null;
  }
}
