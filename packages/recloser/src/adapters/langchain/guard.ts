/** One breaker, or those of a recloser, around what a runnable does. */
import type { Breaker, ExecuteOptions, Recloser } from "../../api.ts";
import type { CallContext } from "../../call.ts";
import { get } from "../../classify/safe.ts";
import { InvalidOptionError } from "../../errors.ts";
import { FailedAnswer } from "../../failed-answer.ts";
import type { StreamInspector } from "../../streams/inspector.ts";
import { type Priority, readPriority } from "../../priority.ts";
import { fields } from "../../validate.ts";
import { breakerOf, type CallFacts, type CallKey, checkedKey } from "../call-key.ts";
import { type OwnRetries, ownRetries } from "../own-retries.ts";
import { BrokenAnswer, ofUnreadable } from "./broken-answer.ts";
import { marked } from "./not-retried.ts";
import { Reading } from "./reading.ts";
import { retriesOf } from "./retries.ts";

export interface GuardRunnableOptions {
  /**
   * Whose breaker a call takes, where a recloser is given. Default: `{ provider, model }` as the model tells them; a runnable
   * that is no model tells nothing, and needs a key.
   */
  readonly key?: CallKey | undefined;
  /**
   * Tries a call again, in place of LangChain's own retries. Default for a model: `{ on: "idempotent", attempts: 3 }`, or
   * fewer where its `maxRetries`, or that of the call, is below 2; for another runnable: none. What is given is over that, field by
   * field; `false`: never.
   */
  readonly retry?: OwnRetries | undefined;
  /** Of all its calls. `"batch"`: others go first where not all can be made; make one for each kind of work. Default `"interactive"`. */
  readonly priority?: Priority | undefined;
}

/** How a call is made: by which breaker, and with whose signal and retries. */
export interface Asked extends Pick<ExecuteOptions, "signal" | "retry" | "priority"> {
  readonly breaker: Breaker;
}

export class Guard {
  readonly #given: Breaker | Recloser;
  readonly #key: CallKey | undefined;
  readonly #retry: OwnRetries | undefined;
  readonly #priority: Priority;

  constructor(given: Breaker | Recloser, options: GuardRunnableOptions = {}) {
    fields("options", options, ["key", "retry", "priority"]);
    this.#key = checkedKey(options.key);
    ownRetries(options.retry);
    this.#retry = options.retry;
    this.#priority = readPriority(options.priority);
    this.#given = given;
    if (isBreaker(given)) {
      if (this.#key !== undefined)
        throw new InvalidOptionError("key", "none beside a breaker, which has its own", options.key);
    } else if (typeof (given as Partial<Recloser> | null)?.breaker !== "function")
      throw new InvalidOptionError("guard", "what createBreaker() or createRecloser() gives", given);
  }

  /** Whether it knows whom a runnable asks that tells nothing of it. */
  get isNamed(): boolean {
    return this.#key !== undefined || isBreaker(this.#given);
  }

  /**
   * @param facts whom it asks
   * @param options of the call, as LangChain has them
   * @throws InvalidOptionError for a bad key
   */
  ask(facts: () => CallFacts, model: object | null, options: unknown): Asked {
    return {
      breaker: isBreaker(this.#given) ? this.#given : breakerOf(this.#given, this.#key, facts()),
      signal: get(options, "signal") as AbortSignal | undefined,
      retry: retriesOf(this.#retry, model, options),
      priority: this.#priority,
    };
  }
}

export async function executed<T>(
  { breaker, ...options }: Asked,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await breaker.execute((context) => call(context.signal), options);
  } catch (error) {
    if (error instanceof BrokenAnswer) return error.end() as T;
    throw marked(FailedAnswer.is(error) ? error.answer : error);
  }
}

/** The call is made at the first read. */
export function streamed<T>(
  { breaker, ...options }: Asked,
  call: (signal: AbortSignal) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>,
  inspect?: () => StreamInspector,
): Reading<T> {
  const open = async (context: CallContext): Promise<AsyncIterable<T>> => readable(await call(context.signal));
  const pass = breaker.stream<T>(open, { ...options, inspect })[Symbol.asyncIterator]();
  const source = { next: () => pass.next().catch(ending) };
  return new Reading(source, { go: () => void pass.return?.() });
}

function isBreaker(given: Breaker | Recloser): given is Breaker {
  return typeof (given as Partial<Breaker> | null)?.execute === "function";
}

/** What a call has thrown, as its caller gets it. */
function ending(error: unknown): never {
  if (error instanceof BrokenAnswer) error.end();
  throw marked(error);
}

// No generator: its `return` would wait for a chunk that may never come.
function readable<T>(stream: AsyncIterable<T>): AsyncIterable<T> {
  const source = stream[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<T>> =>
    source.next().catch((error: unknown) => {
      throw ofUnreadable(error);
    });
  const leave = async (): Promise<IteratorResult<T>> => (await source.return?.()) ?? { done: true, value: undefined };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}
