/**
 * `fetch`, guarded: give it to an SDK and every request goes through the breaker of its provider and model.
 *
 * @example
 * import OpenAI from "openai";
 * import { createRecloser } from "recloser";
 * import { createFetch } from "recloser/fetch";
 *
 * const recloser = createRecloser();
 * const client = new OpenAI({ fetch: createFetch(recloser), maxRetries: 0 });
 */
import type { Breaker, Recloser } from "../api.ts";
import { CircuitOpenError, InvalidOptionError, ShedError } from "../errors.ts";
import { type BreakerKey, recordNames } from "../key.ts";
import { exact, fields, fn, oneOf } from "../validate.ts";
import { failureOf, HttpFailure, withBody } from "./http-failure.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";
import { withReasonOfSdk } from "./sdk-timeout.ts";
import { answerWhenOpen, type WhenOpen } from "./when-open.ts";

export type { RequestFacts } from "./request-facts.ts";
export type { WhenOpen } from "./when-open.ts";

export interface FetchOptions {
  /** Whose breaker a request takes. Default: `{ provider, model }` as URL and body tell them. */
  readonly key?: string | BreakerKey | ((request: RequestFacts) => string | BreakerKey) | undefined;
  /**
   * What an open circuit looks like: `"throw"` the `CircuitOpenError`; `"response"` a 503 that says not to retry;
   * `"auto"` (default) whichever makes the SDK that is asking (by its user-agent) give up at once.
   */
  readonly whenOpen?: WhenOpen | undefined;
  /** What makes the requests; default: the global `fetch` at the time of each call. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A `fetch` whose requests go through the breakers of `recloser`.
 *
 * The answer counts when its body begins, as a failure again if the body breaks, and by its status when that is an error.
 * The response is passed on as it came. The policy's `timeouts` hold: `firstToken` until the body begins, `idle` between
 * chunks while the rest is awaited, `total`. After an error status the rest of the body is the caller's: only its own signal ends it.
 *
 * @throws InvalidOptionError for a bad option
 */
export function createFetch(recloser: Recloser, options: FetchOptions = {}): typeof fetch {
  fields("options", options, ["key", "whenOpen", "fetch"]);
  if (typeof (recloser as Partial<Recloser> | null)?.breaker !== "function") {
    throw new InvalidOptionError("recloser", "what createRecloser() gives", recloser);
  }
  const whenOpen = oneOf("whenOpen", options.whenOpen, ["auto", "response", "throw"]);
  if (options.key !== undefined && typeof options.key !== "function") recordNames(options.key); // a bad key fails here
  const make = exact(options.fetch, null, (value) => fn("fetch", value) as unknown as typeof fetch);

  return async (input, init) => {
    const facts = requestFacts(input, init);
    const breaker = breakerOf(recloser, options.key, facts);
    const callers = init?.signal ?? (input instanceof Request ? input.signal : undefined) ?? undefined;
    const signal = withReasonOfSdk(callers, facts.headers);
    const exchange = breaker.stream<Response | Uint8Array>(
      (call) => parts(make ?? fetch, input, { ...init, signal: call.signal }, callers),
      { signal, isContent: (part) => part instanceof Uint8Array },
    );
    const pass = exchange[Symbol.asyncIterator]();
    try {
      const head = (await pass.next()).value as Response;
      if (head.body !== null) return withBody(head, bodyOf(pass));
      await pass.next(); // nothing follows: this ends the call
      return head;
    } catch (error) {
      if (error instanceof HttpFailure) return error.response;
      if (callers?.aborted === true) throw callers.reason; // as `fetch` does, whatever the breaker made of it
      if (!(error instanceof CircuitOpenError) && !(error instanceof ShedError)) throw error;
      const answer = answerWhenOpen(whenOpen, facts.headers, error);
      if (answer === null) throw error;
      return answer;
    }
  };
}

function breakerOf(recloser: Recloser, key: FetchOptions["key"], facts: RequestFacts): Breaker {
  if (key !== undefined) return recloser.breaker(typeof key === "function" ? key(facts) : key);
  const { provider, model } = facts;
  try {
    return recloser.breaker(model === undefined ? { provider } : { provider, model });
  } catch (error) {
    // A model's name comes from the request's body: one that is no name must not fail the request here.
    if (InvalidOptionError.is(error)) return recloser.breaker({ provider });
    throw error;
  }
}

/** A response as a stream: its head first, then its body's bytes. */
async function* parts(
  make: typeof fetch,
  input: RequestInfo | URL,
  init: RequestInit,
  callers: AbortSignal | undefined,
): AsyncGenerator<Response | Uint8Array> {
  const response = await make(input, init);
  if (response.status >= 400) throw await failureOf(response, callers);
  yield response;
  if (response.body !== null) yield* response.body;
}

// Bodies up to this size are read whether their reader comes or not, so that a request made for its status alone ends; of a
// longer one only this much waits in memory.
const READ_AHEAD_BYTES = 65_536;

// A long body that is dropped unread must not hold its call for ever: it ends when the stream is collected.
const dropped = new FinalizationRegistry<AsyncIterator<unknown>>((pass) => {
  void pass.return?.();
});

/** The bytes that follow the head. */
function bodyOf(pass: AsyncIterator<Response | Uint8Array>): ReadableStream<Uint8Array> {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pass.next();
        if (done === true) controller.close();
        else controller.enqueue(value as Uint8Array);
      },
      async cancel() {
        await pass.return?.();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }),
  );
  dropped.register(body, pass);
  return body;
}
