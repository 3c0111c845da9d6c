/**
 * A breaker as a middleware of the Vercel AI SDK: for language models, embedding models and image models.
 *
 * @example
 * import { openai } from "@ai-sdk/openai";
 * import { generateText, wrapLanguageModel } from "ai";
 * import { createRecloser } from "recloser";
 * import { breakerMiddleware } from "recloser/ai-sdk";
 *
 * const model = wrapLanguageModel({ model: openai("gpt-5"), middleware: breakerMiddleware(createRecloser()) });
 * const { text } = await generateText({ model, prompt: "Why is the sky blue?" });
 */
import type { Breaker, Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import { type Priority, readPriority } from "../priority.ts";
import { outcomeOfWhole } from "../streams/ai-sdk.ts";
import { fields, oneOf } from "../validate.ts";
import { streamOf } from "./ahead.ts";
import { BehindHead, HeadFirst, type Streamed } from "./ai-sdk-stream.ts";
import { breakerOf, type CallFacts, type CallKey, checkedKey } from "./call-key.ts";
import { type OwnRetries, ownRetries } from "./own-retries.ts";
import { callStreamed, callWhole } from "./sdk-call.ts";

export type { Streamed } from "./ai-sdk-stream.ts";
export type { CallFacts, CallKey } from "./call-key.ts";

export interface BreakerMiddlewareOptions {
  /** Whose breaker a call takes, with a recloser. Default: `{ provider, model }` as the model tells them. */
  readonly key?: CallKey | undefined;
  /**
   * Retries in place of the SDK's own (`maxRetries`): by default up to two after a failure of the provider or a short rate limit,
   * as long as the answer has not begun. An error that comes out of them says `isRetryable: false`, so that the SDK does not begin
   * anew. What is given here goes over that; `false`: none of ours, and the SDK's loop goes on as it does without.
   */
  readonly retry?: OwnRetries | undefined;
  /** Of all its calls. `"batch"`: others go first where not all can be made; make one for each kind of work. Default `"interactive"`. */
  readonly priority?: Priority | undefined;
  /**
   * Whether a streamed answer needs the model's reason to finish. `"required"` (default): without one it was cut off, and ends
   * with `StreamTruncatedError`. `"optional"`: for a server that never sends one.
   */
  readonly finishReason?: "required" | "optional" | undefined;
}

/** The parameters of one call, as far as they are looked at here. */
export interface ModelParams {
  readonly abortSignal?: AbortSignal | undefined;
}

/** A model of the AI SDK, as far as it is looked at here. */
export interface ModelLike {
  readonly provider: string;
  readonly modelId: string;
}

/** What a middleware is given of a call that streams. */
export interface StreamCall<P, R> {
  readonly params: P;
  readonly model: ModelLike & { doStream(params: P): PromiseLike<R> };
}

/** For `wrapLanguageModel`, `wrapEmbeddingModel` and `wrapImageModel` alike. */
export interface BreakerMiddleware {
  readonly specificationVersion: "v3";
  wrapGenerate<P extends ModelParams, R>(call: {
    readonly params: P;
    readonly model: ModelLike & { doGenerate(params: P): PromiseLike<R> };
  }): Promise<R>;
  wrapStream<P extends ModelParams, R extends Streamed<unknown>>(call: StreamCall<P, R>): Promise<R>;
  wrapEmbed<P extends ModelParams, R>(call: {
    readonly params: P;
    readonly model: ModelLike & { doEmbed(params: P): PromiseLike<R> };
  }): Promise<R>;
}

/**
 * A middleware that makes the calls of a model through a breaker: the one given, or that of the model's provider and id where a
 * recloser is given.
 *
 * A call rejects with `CircuitOpenError` when the circuit is open, before anything is sent, and the SDK does not retry that; with
 * `ShedError`, `CallTimeoutError` (the policy's `timeouts`), or the reason of `abortSignal`. In `streamText` it is the error of
 * `onError` and of the `error` part. What the model throws is thrown as the same object.
 *
 * A stream is watched to its finish: an `error` part counts as a failure, a missing finish ends it with `StreamTruncatedError`.
 *
 * @throws InvalidOptionError for a bad option
 */
export function breakerMiddleware(
  guard: Breaker | Recloser,
  options: BreakerMiddlewareOptions = {},
): BreakerMiddleware {
  fields("options", options, ["key", "retry", "priority", "finishReason"]);
  const breakerFor = breakerSource(guard, options.key);
  const retry = ownRetries(options.retry);
  const priority = readPriority(options.priority);
  const needsReason = oneOf("finishReason", options.finishReason, ["required", "optional"]) === "required";
  const asked = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      if (retry !== false) forgoSdkRetries(error);
      throw error;
    }
  };
  return {
    specificationVersion: "v3",
    wrapGenerate({ params, model }) {
      const make = (abortSignal: AbortSignal) => model.doGenerate({ ...params, abortSignal });
      return asked(callWhole(breakerFor(model), make, outcomeOfWhole, { signal: params.abortSignal, retry, priority }));
    },
    async wrapStream<P extends ModelParams, R extends Streamed<unknown>>({ params, model }: StreamCall<P, R>) {
      const open = (abortSignal: AbortSignal) => new HeadFirst(model.doStream({ ...params, abortSignal }), needsReason);
      const inspect = (): BehindHead => new BehindHead(factsOf(model).provider);
      const rest = await asked(
        callStreamed<unknown>(breakerFor(model), open, inspect, { signal: params.abortSignal, retry, priority }),
      );
      const { value: head } = (await rest.take()) as IteratorYieldResult<R>;
      return { ...head, stream: streamOf(rest) };
    },
    wrapEmbed({ params, model }) {
      const make = (abortSignal: AbortSignal) => model.doEmbed({ ...params, abortSignal });
      return asked(callWhole(breakerFor(model), make, outcomeOfWhole, { signal: params.abortSignal, retry, priority }));
    },
  };
}

function breakerSource(guard: Breaker | Recloser, given: CallKey | undefined): (model: ModelLike) => Breaker {
  const { breaker, execute } = (guard ?? {}) as Partial<Breaker & Recloser>;
  const key = checkedKey<CallFacts>(given);
  if (typeof breaker === "function") return (model) => breakerOf(guard as Recloser, key, factsOf(model));
  if (typeof execute !== "function")
    throw new InvalidOptionError("guard", "a breaker, or what createRecloser() gives", guard);
  if (key !== undefined) throw new InvalidOptionError("key", "to be left out with a breaker, which has its own", key);
  return () => guard as Breaker;
}

// The SDK's names of providers are "openai.chat", "google.generative-ai"; ours are those of the hosts, so that all ways to a
// model share its breaker.
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^google\.generative-ai\b/, "gemini"],
  [/^(?:google\.|google-?)?vertex\b/i, "vertex"],
  [/^azure\b/, "azure-openai"],
  [/^amazon-bedrock\b|^bedrock\b/, "bedrock"],
];

function factsOf({ provider, modelId }: ModelLike): CallFacts {
  const named = PROVIDERS.find(([name]) => name.test(provider))?.[1] ?? provider.split(".", 1)[0];
  return {
    provider: named === undefined || named === "" ? "unknown" : named,
    model: modelId === "" ? undefined : modelId,
  };
}

/**
 * The SDK has a loop of its own above this one, for errors that say `isRetryable`. Of one that has been through our retries that
 * is no longer true: each of the loop's tries would be three of ours.
 */
function forgoSdkRetries(error: unknown): void {
  try {
    const told = error as { isRetryable?: unknown } | null;
    if (told?.isRetryable === true) told.isRetryable = false;
  } catch {} // a frozen error: the SDK's loop goes on
}
