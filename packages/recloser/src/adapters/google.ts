/**
 * The client of `@google/genai`, guarded: `models` and `chats` ask through the breaker of the provider and the model.
 *
 * @example
 * import { GoogleGenAI } from "@google/genai";
 * import { createRecloser } from "recloser";
 * import { guardGoogle } from "recloser/google";
 *
 * const ai = guardGoogle(new GoogleGenAI({}), createRecloser());
 * const answer = await ai.models.generateContent({ model: "gemini-2.5-flash", contents: "Why is the sky blue?" });
 */
import type { Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import { type Priority, readPriority } from "../priority.ts";
import { fields } from "../validate.ts";
import { type CallFacts, type CallKey, checkedKey, checkedRecloser } from "./call-key.ts";
import { isRequester, withGuard } from "./google-requests.ts";
import { type OwnRetries, ownRetries } from "./own-retries.ts";

export type { CallFacts, CallKey } from "./call-key.ts";

/** What `new GoogleGenAI()` gives, as far as it is looked at here. */
export interface GoogleLike {
  readonly models: { generateContent(params: never): unknown; generateContentStream(params: never): unknown };
  readonly chats: { create(params: never): unknown };
}

export interface GuardGoogleOptions {
  /** Whose breaker a request takes. Default: `{ provider, model }`, the provider by the client's base URL. */
  readonly key?: CallKey | undefined;
  /**
   * Retries in place of the SDK's own (`httpOptions.retryOptions`), which are off: by default up to two after a failure of the
   * provider or a short rate limit, as long as nothing of the answer has come. What is given here goes over that; `false`: none.
   */
  readonly retry?: OwnRetries | undefined;
  /** Of all its calls. `"batch"`: others go first where not all can be made; make one for each kind of work. Default `"interactive"`. */
  readonly priority?: Priority | undefined;
}

/**
 * The same client, whose `models` and `chats` go through the breakers of `recloser`; `ai` itself stays as it is.
 *
 * Guarded is each request for content, images or embeddings. A call that makes several of them (functions that are called
 * automatically, an answer that is continued) asks the breaker for each, and a function of yours that throws is nobody's
 * failure. Streams are watched to their finish reason: one that ends without it throws `StreamTruncatedError`. What the SDK
 * throws is thrown as the same object.
 *
 * A call rejects with `CircuitOpenError` when its circuit is open, before anything is sent; with `ShedError`, `CallTimeoutError`
 * (the policy's `timeouts`), or the reason of `config.abortSignal`.
 *
 * @throws InvalidOptionError for a bad option, or a client that is none
 */
export function guardGoogle<C extends GoogleLike>(ai: C, recloser: Recloser, options: GuardGoogleOptions = {}): C {
  fields("options", options, ["key", "retry", "priority"]);
  const client = parts(ai);
  const guard = {
    recloser: checkedRecloser(recloser),
    key: checkedKey<CallFacts>(options.key),
    retry: ownRetries(options.retry),
    priority: readPriority(options.priority),
  };
  const apiClient = withGuard(client.apiClient, guard);
  // Both hold the client of the requests that they were made with, so they are made anew, by their own classes.
  const models = new client.models.constructor(apiClient);
  const guarded: Readonly<Record<PropertyKey, unknown>> = {
    models,
    chats: new client.chats.constructor(models, apiClient),
  };
  return new Proxy(ai, {
    get(target, name) {
      // A getter runs on the client itself, which may have what a Proxy has not: private fields.
      return Object.hasOwn(guarded, name) ? guarded[name] : Reflect.get(target, name, target);
    },
  });
}

type Made = object & { readonly constructor: new (...parts: readonly unknown[]) => object };

// As in 2.32 and 3.3: `apiClient` sends every request and is shared by all modules; `Models` and `Chats` are exported classes.
function parts(ai: unknown): { apiClient: ReturnType<typeof requester>; models: Made; chats: Made } {
  const { apiClient, models, chats } = (ai ?? {}) as Partial<Record<string, unknown>>;
  return { apiClient: requester(apiClient, ai), models: made(models, ai), chats: made(chats, ai) };
}

function requester(value: unknown, ai: unknown) {
  if (isRequester(value)) return value;
  throw notTheClient(ai);
}

function made(value: unknown, ai: unknown): Made {
  if (typeof value === "object" && value !== null && typeof value.constructor === "function" && !isPlain(value))
    return value as Made;
  throw notTheClient(ai);
}

function isPlain(value: object): boolean {
  return value.constructor === Object;
}

function notTheClient(ai: unknown): InvalidOptionError {
  return new InvalidOptionError("ai", "a GoogleGenAI of @google/genai 2 or 3", ai);
}
