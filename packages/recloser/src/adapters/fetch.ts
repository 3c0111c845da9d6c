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
import type { Recloser } from "../api.ts";
import type { BreakerKey } from "../key.ts";
import { type Priority, readPriority } from "../priority.ts";
import { exact, fields, fn, oneOf } from "../validate.ts";
import { breakerOf, checkedKey, checkedRecloser } from "./call-key.ts";
import { isRejection } from "./own-rejection.ts";
import { failureOf, HttpFailure, withBody } from "./http-failure.ts";
import { type RequestFacts, requestFacts } from "./request-facts.ts";
import { readAhead } from "./read-ahead.ts";
import { signalOf, withSignal } from "./request-init.ts";
import { ResponseInspector } from "../streams/response-inspector.ts";
import { noteSdkRetry } from "./sdk-retries.ts";
import { callersSignal } from "./sdk-timeout.ts";
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
  /** Of all its requests; as for `execute`. Default `"interactive"`. */
  readonly priority?: Priority | undefined;
  /** What makes the requests; default: the global `fetch` at the time of each call. */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A `fetch` whose requests go through the breakers of `recloser`.
 *
 * An error status counts by what its body says. A 200 is read while it passes, and counts as a failure where its JSON is an
 * error (but for a GET of what is stored: a batch or an answer that failed once), a frame of its stream reports one, or the stream of a known format ends without its end marker: then the body ends with
 * `StreamTruncatedError`; all else is passed on as it came. A streamed answer counts as a success from its first content on, a
 * JSON answer when it has come. The policy's `timeouts` hold: `firstToken` where a stream was asked for, `idle` between
 * chunks (up to 64 KiB are read ahead of you, so that is the provider's pace), `total`. After an error status the rest of the body is the caller's: only its own signal ends it.
 *
 * @throws InvalidOptionError for a bad option
 */
export function createFetch(recloser: Recloser, options: FetchOptions = {}): typeof fetch {
  fields("options", options, ["key", "whenOpen", "priority", "fetch"]);
  checkedRecloser(recloser);
  const whenOpen = oneOf("whenOpen", options.whenOpen, ["auto", "response", "throw"]);
  const priority = readPriority(options.priority);
  const key = checkedKey(options.key);
  const make = exact(options.fetch, null, (value) => fn("fetch", value) as unknown as typeof fetch);

  return async (input, init) => {
    const facts = requestFacts(input, init);
    const breaker = breakerOf(recloser, key, facts);
    const callers = signalOf(input, init);
    const link = callersSignal(callers, facts.headers);
    const exchange = breaker.stream<Response | Uint8Array>(
      (call) => {
        noteSdkRetry(facts.headers, breaker.name);
        return parts(make ?? fetch, input, withSignal(init, call.signal), callers);
      },
      {
        signal: link.signal,
        priority,
        inspect: () => new ResponseInspector(facts),
        // An answer in one piece shows nothing before its end, however long that takes.
        ...(facts.streams ? {} : { firstToken: false }),
      },
    );
    const pass = exchange[Symbol.asyncIterator]();
    try {
      const head = (await pass.next()).value as Response;
      link.headCame();
      if (head.body !== null) return withBody(head, readAhead(pass as AsyncIterator<Uint8Array>, { over: link.over }));
      await pass.next(); // nothing follows: this ends the call
      link.over();
      return head;
    } catch (error) {
      link.over();
      if (error instanceof HttpFailure) return error.response;
      if (callers?.aborted === true) throw callers.reason; // as `fetch` does, whatever the breaker made of it
      if (!isRejection(error)) throw error;
      const answer = answerWhenOpen(whenOpen, facts.headers, error);
      if (answer === null) throw error;
      return answer;
    }
  };
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
