/** One request of an SDK, made with its own retries off, up to its head. */
import type { Exchange, Post, RequestOptions } from "./sdk.ts";

/** A request whose answer has begun, and how the SDK makes of it what its users get. */
export interface Answer {
  readonly exchange: Exchange;
  readonly parse: (exchange: Exchange) => Promise<unknown>;
}

/** Asks once; made anew for each try. `signal` goes to the SDK: a bare one, since whatever ends the call, it need not know more. */
export type Ask = (signal: AbortSignal) => Promise<Answer>;

export function asker(client: object, post: Post, path: string, options: RequestOptions): Ask {
  return async (signal) => {
    const promise = post(path, { ...options, maxRetries: 0, signal });
    const exchange = await promise.responsePromise;
    return { exchange, parse: (given) => promise.parseResponse(client, given) };
  };
}
