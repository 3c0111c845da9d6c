/**
 * The official `@anthropic-ai/sdk` client, guarded: every call of a model goes through the breaker of its provider and model,
 * above the SDK's own retries.
 *
 * @example
 * import Anthropic from "@anthropic-ai/sdk";
 * import { createRecloser } from "recloser";
 * import { guardAnthropic } from "recloser/anthropic";
 *
 * const client = guardAnthropic(new Anthropic(), createRecloser());
 * const answer = await client.messages.create({ model: "claude-sonnet-5", max_tokens: 1024, messages });
 */
import type { Recloser } from "../api.ts";
import { modelIn } from "./stainless/body.ts";
import { guardClient, type Make } from "./stainless/guard.ts";
import type { GuardOptions } from "./stainless/guarded-call.ts";
import type { StainlessClient } from "./stainless/sdk.ts";

export type { CallFacts, GuardOptions } from "./stainless/guarded-call.ts";

/** What is asked of a client: `Anthropic` has it, and those for other clouds made from it. */
export interface AnthropicLike extends StainlessClient {
  readonly messages: object;
}

const MODEL_CALLS = /^\/v1\/(?:messages|complete)(?:\?|$)/;

const ANTHROPIC: Make = {
  expected: "a client of @anthropic-ai/sdk, 1",
  resources: { messages: {}, completions: {}, beta: { messages: {} } },
  guards: (path) => MODEL_CALLS.test(path),
  modelOf: (_, body) => modelIn(body),
};

/**
 * The client, guarded: of the same type, and `instanceof` its class. The one it is made from stays as it is.
 *
 * Guarded are `messages.create`, `.parse` and `.stream`, the same under `beta`, and every helper that asks through them, such
 * as the tool runner; all else passes as it is, also `countTokens` and batches. A call that is not made rejects with
 * `CircuitOpenError` or `ShedError`, one that takes too long with `CallTimeoutError`, an aborted one with its signal's
 * reason; what the SDK throws is thrown as it came. A stream that ends without its end marker ends with
 * `StreamTruncatedError`.
 *
 * @throws InvalidOptionError for what is no client of @anthropic-ai/sdk 1, for one that is guarded already, for a bad option
 */
export function guardAnthropic<C extends AnthropicLike>(client: C, recloser: Recloser, options: GuardOptions = {}): C {
  return guardClient(client, recloser, options, ANTHROPIC);
}
