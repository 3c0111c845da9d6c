/**
 * A stream from the first route that has one. What comes before the first content is held back, so that until then any
 * failure can go on to the next route; from then on the stream is that route's, to its end or its error.
 */
import { closeQuietly, iterate } from "./chunks.ts";
import { Course } from "./failover-course.ts";
import {
  type FailoverStreamOptions,
  type FailoverStreamRoute,
  type FailoverWish,
  readFailoverStream,
} from "./failover-options.ts";
import { Visit } from "./failover-visit.ts";
import type { Outcome } from "./outcome.ts";
import { SightKeeper } from "./sight-keeper.ts";
import type { Open } from "./stream.ts";

// Opening chunks are small and few; a stream with more of them than this is answering in a way that its inspector does not know.
const MOST_HELD = 64;

/**
 * A stream from the first route that has one. The first route whose stream shows content has it: nothing was delivered
 * before, and nothing of another route comes after. Opening chunks (no content yet, see `isContent`) are held until then,
 * up to 64 of them. What fails earlier goes on to the next route as with `failover`; what fails later is the consumer's
 * error. The routes are asked at the first read, and again for each new iteration.
 *
 * The iteration rejects with `AllRoutesFailedError` when no route has a stream, `CallTimeoutError` at a deadline, the
 * signal's reason at its abort. Bad options are thrown at once, as `InvalidOptionError`.
 *
 * @example
 * const chunks = failoverStream(
 *   [
 *     { breaker: openai, run: ({ signal }) => gpt.responses.create({ ...question, stream: true }, { signal }) },
 *     { breaker: anthropic, run: ({ signal }) => claude.messages.create({ ...sameQuestion, stream: true }, { signal }) },
 *   ],
 *   { signal, timeout: "2m", firstToken: "20s" },
 * );
 * for await (const chunk of chunks) show(chunk);
 */
export function failoverStream<A, B, F = never>(
  routes: readonly [FailoverStreamRoute<A>, FailoverStreamRoute<B>],
  options?: FailoverStreamOptions<F>,
): AsyncIterable<A | B | F>;
export function failoverStream<A, B, C, F = never>(
  routes: readonly [FailoverStreamRoute<A>, FailoverStreamRoute<B>, FailoverStreamRoute<C>],
  options?: FailoverStreamOptions<F>,
): AsyncIterable<A | B | C | F>;
export function failoverStream<A, F = never>(
  routes: readonly FailoverStreamRoute<A>[],
  options?: FailoverStreamOptions<F>,
): AsyncIterable<A | F>;
export function failoverStream(
  routes: readonly unknown[],
  options: FailoverStreamOptions = {},
): AsyncIterable<unknown> {
  const wish = readFailoverStream(routes, options);
  return { [Symbol.asyncIterator]: () => new FailoverPass(wish) };
}

type Chunk = IteratorResult<unknown, undefined>;

const DONE: Chunk = { done: true, value: undefined };

class FailoverPass implements AsyncIterableIterator<unknown> {
  readonly #wish: FailoverWish;
  #course: Course | null = null;
  // The route that is asked or read; null: none yet, or the fallback.
  #visit: Visit | null = null;
  // What is read, as long as it has not ended by itself.
  #reader: AsyncIterator<unknown> | null = null;
  // What it has given and was not passed on.
  #held: Chunk[] = [];
  #isCommitted = false;
  #done = false;
  // Pulls are answered one after the other, whatever the consumer does.
  #turn: Promise<unknown> = Promise.resolve();

  constructor(wish: FailoverWish) {
    this.#wish = wish;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Chunk> {
    const pulled = this.#turn.then(() => this.#pull());
    this.#turn = pulled.catch(() => {});
    return pulled;
  }

  /** The consumer stops: the route's call ends as cancelled (content that came has counted), and its work is aborted. */
  return(): Promise<Chunk> {
    this.#finish();
    return Promise.resolve(DONE);
  }

  async throw(error: unknown): Promise<Chunk> {
    await this.return();
    throw error;
  }

  async #pull(): Promise<Chunk> {
    if (this.#done) return DONE;
    try {
      if (!this.#isCommitted) await this.#commit();
      const result = this.#held.shift() ?? (await this.#read());
      if (this.#done) return DONE; // the consumer left meanwhile
      if (result.done === true) this.#finish();
      return result;
    } catch (error) {
      if (this.#done) return DONE;
      this.#finish();
      throw error;
    }
  }

  async #read(): Promise<Chunk> {
    try {
      const result = await (this.#reader as AsyncIterator<unknown>).next();
      if (result.done !== true) return result;
    } catch (error) {
      this.#reader = null;
      const over = this.#visit === null ? null : this.#course?.over;
      throw over?.error ?? error;
    }
    this.#reader = null;
    return DONE;
  }

  // Until a route, or the fallback, has the stream; or the consumer has left.
  async #commit(): Promise<void> {
    const course = (this.#course = new Course(this.#wish));
    for (const [index, route] of this.#wish.routes.entries()) {
      const visit = new Visit(course, route, index);
      const refusal = visit.enter();
      if (refusal !== null) visit.report(refusal, null);
      else if (await this.#reads(visit)) return;
    }
    await this.#takes(course.exhausted());
  }

  // False: the next route is asked.
  async #reads(visit: Visit): Promise<boolean> {
    const { breaker, inspect } = visit.route;
    const keeper = new SightKeeper(inspect);
    const options = { ...visit.options, inspect: () => keeper.begin() };
    this.#visit = visit;
    const stream = breaker.stream(visit.run() as Open<unknown>, options);
    this.#reader = stream[Symbol.asyncIterator]();
    try {
      const failure = await this.#opens(keeper);
      if (this.#done) return true;
      if (failure === null || !this.#goesOn(visit, failure)) {
        this.#isCommitted = true;
        visit.answered();
        return true;
      }
    } catch (error) {
      return this.#done || this.#threw(visit, error);
    }
    this.#drop();
    return false;
  }

  // Up to the first content, the end, or a failure that comes as one of them, which it gives.
  async #opens(keeper: SightKeeper): Promise<Outcome | null> {
    for (;;) {
      const result = await this.#read();
      this.#held.push(result);
      if (keeper.failure !== null) return keeper.failure;
      if (this.#done || result.done === true || keeper.sight !== "opening" || this.#held.length > MOST_HELD)
        return null;
    }
  }

  #goesOn(visit: Visit, failure: Outcome): boolean {
    const chunk: unknown = this.#held.at(-1)?.value;
    if (this.#course?.goesOn(failure, chunk, failure.track !== "none") !== true) return false;
    visit.end(failure);
    visit.report(null, failure);
    return true;
  }

  // True: that is the end of the whole call.
  async #threw(visit: Visit, error: unknown): Promise<boolean> {
    this.#held = [];
    if (visit.threw(error)) return false;
    const { course } = visit;
    const { over } = course; // also since the error was thrown
    await this.#takes(course.endedWith(over === null ? error : over.error, over?.outcome ?? visit.failure));
    return true;
  }

  async #takes(instead: Promise<unknown>): Promise<void> {
    const chunks = iterate<unknown>(await instead);
    this.#visit = null;
    this.#isCommitted = true;
    if (this.#done) void closeQuietly(chunks); // the consumer left while it was being made
    else this.#reader = chunks;
  }

  #drop(): void {
    void closeQuietly(this.#reader);
    this.#reader = null;
    this.#held = [];
  }

  #finish(): void {
    this.#done = true;
    this.#drop();
    this.#visit?.end();
    this.#course?.release();
  }
}
