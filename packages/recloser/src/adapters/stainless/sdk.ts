/**
 * What is relied on in the clients that Stainless generates (openai, @anthropic-ai/sdk), and no more: every resource asks
 * through `post` of its client, which takes the request's options, also as a promise, and gives a promise with
 * `responsePromise` and `parseResponse`, from whose class another can be made. Held by tests/contracts.
 */
import { InvalidOptionError } from "../../errors.ts";

/** A client, as far as a user's type must agree. */
export interface StainlessClient {
  readonly baseURL: string;
  readonly maxRetries: number;
  post(path: string, options?: never): PromiseLike<unknown>;
  withOptions(options: never): unknown;
}

/** The options of one request, as a resource hands them to its client. */
export interface RequestOptions {
  readonly body?: unknown;
  readonly stream?: boolean | undefined;
  readonly maxRetries?: number | undefined;
  readonly signal?: AbortSignal | null | undefined;
  /** The answer is a file: given to the user as a `Response`. */
  readonly __binaryResponse?: boolean | undefined;
}

/** A request whose head has come. */
export interface Exchange {
  readonly response: Response;
  /** Ends the request, from the SDK's side: `stream.controller`. */
  readonly controller: AbortController;
}

export type Parse = (client: object, exchange: Exchange) => Promise<unknown>;

/** The promise that every method of a resource gives. */
export interface ApiPromise extends Promise<unknown> {
  readonly responsePromise: Promise<Exchange>;
  readonly parseResponse: Parse;
}

export type ApiPromiseClass = new (client: object, exchange: Promise<Exchange>, parse: Parse) => ApiPromise;

export type Post = (path: string, options: RequestOptions | Promise<RequestOptions>) => ApiPromise;

const NEVER_SENT = "recloser asks for the class of a promise; nothing is sent";

/**
 * The class of the client's promises. Asked for with options that fail, before anything is sent.
 *
 * @throws InvalidOptionError for a client of another make
 */
export function apiPromiseOf(client: object, post: Post, expected: string): ApiPromiseClass {
  const options = Promise.reject(new Error(NEVER_SENT));
  options.catch(() => {}); // a client that is none may never look at them
  const sample: Partial<ApiPromise> = post("/", options);
  const { responsePromise, parseResponse, constructor } = sample;
  responsePromise?.catch(() => {});
  if (!(responsePromise instanceof Promise) || typeof parseResponse !== "function") {
    Promise.resolve(sample).catch(() => {}); // a client of another make may have waited for the options
    throw new InvalidOptionError("client", expected, client);
  }
  return constructor as ApiPromiseClass;
}
