/** One call of a guarded client: whose breaker it takes, how often it may be tried, and what comes of it. */
import type { Recloser } from "../../api.ts";
import { FailedAnswer } from "../../failed-answer.ts";
import type { BreakerKey } from "../../key.ts";
import type { Priority } from "../../priority.ts";
import { breakerOf } from "../call-key.ts";
import type { OwnRetries } from "../own-retries.ts";
import { providerAt } from "../request-facts.ts";
import { callersSignal } from "../sdk-timeout.ts";
import { type Answer, asker } from "./answer.ts";
import { callerReason } from "./caller-reason.ts";
import type { Post, RequestOptions } from "./sdk.ts";
import { handedOver, streamedAnswer } from "./streamed-answer.ts";
import { triesOf } from "./tries.ts";
import { wholeAnswer } from "./whole-answer.ts";

/** What a call tells of itself. */
export interface CallFacts {
  /** By the host of the client's base URL, or the host itself where it is not known. */
  readonly provider: string;
  readonly model: string | undefined;
  /** What is asked, below the base URL: `/chat/completions`. */
  readonly path: string;
  readonly streams: boolean;
}

export interface GuardOptions {
  /** Whose breaker a call takes. Default: `{ provider, model }`. */
  readonly key?: string | BreakerKey | ((call: CallFacts) => string | BreakerKey) | undefined;
  /**
   * Over the default: as many tries as the SDK would make (`maxRetries` of the call or of the client, so three), for failures
   * of the provider and rate limits, within the breaker's budget. `false`: one try.
   */
  readonly retry?: OwnRetries | undefined;
  /** Of all its calls. `"batch"`: others go first where not all can be made; make one for each kind of work. Default `"interactive"`. */
  readonly priority?: Priority | undefined;
}

interface Request {
  readonly client: { readonly baseURL: string; readonly maxRetries: unknown };
  readonly post: Post;
  readonly path: string;
  readonly given: RequestOptions | Promise<RequestOptions>;
  readonly modelOf: (body: unknown) => string | undefined;
}

// Only the path of a request is looked at; where it goes is the client's.
const ANYWHERE = "http://sdk";

/** Makes the call, which begins at once, as the SDK's own does. */
export async function answered(
  recloser: Recloser,
  { key, retry, priority }: GuardOptions,
  request: Request,
): Promise<Answer> {
  const { client, post, path } = request;
  const options = await request.given;
  const { signal, body, maxRetries } = options;
  const isFile = options.__binaryResponse === true;
  const streams = options.stream === true || isFile;
  const url = new URL(path, ANYWHERE);
  const provider = providerOf(client.baseURL);
  const breaker = breakerOf(recloser, key, { provider, model: request.modelOf(body), path: url.pathname, streams });
  const ask = asker(client, post, path, options);
  const asked = { method: "POST", provider, url };
  // A helper of the SDK hands on a bare abort, also where its user's time limit was the reason.
  const caller = callersSignal(signal ?? undefined, new Headers());
  const wish = { signal: caller.signal, priority, retry: triesOf(retry, body, maxRetries, client.maxRetries) };
  let isOver = true;
  try {
    if (!streams) return await breaker.execute((call) => wholeAnswer(ask, call.signal, asked), wish);
    const { answer, pass } = await streamedAnswer(breaker, ask, asked, !isFile, wish);
    if (pass === null) return answer;
    isOver = false;
    return handedOver(answer, pass, signal ?? undefined, caller.over);
  } catch (error) {
    if (FailedAnswer.is(error)) return error.answer as Answer; // it has counted; the SDK makes of it what it can
    // What was made of the caller's abort is the breaker's; the caller gets its own reason.
    throw caller.signal?.aborted === true && error === caller.signal.reason ? callerReason(signal ?? undefined) : error;
  } finally {
    if (isOver) caller.over();
  }
}

function providerOf(baseURL: string): string {
  try {
    return providerAt(new URL(baseURL));
  } catch {
    return baseURL; // the SDK will say what it thinks of that URL
  }
}
