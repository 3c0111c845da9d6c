/**
 * The official `openai` client, guarded: every call of a model goes through the breaker of its provider and model, above the
 * SDK's own retries. Also for servers that speak OpenAI's API (Ollama, vLLM, llama.cpp) and for Azure's client.
 *
 * @example
 * import OpenAI from "openai";
 * import { createRecloser } from "recloser";
 * import { guardOpenAI } from "recloser/openai";
 *
 * const client = guardOpenAI(new OpenAI(), createRecloser());
 * const answer = await client.responses.create({ model: "gpt-5", input: "Hello" });
 */
import type { Recloser } from "../api.ts";
import { modelIn } from "./stainless/body.ts";
import { guardClient, type Make } from "./stainless/guard.ts";
import type { GuardOptions } from "./stainless/guarded-call.ts";
import type { StainlessClient } from "./stainless/sdk.ts";

export type { CallFacts, GuardOptions } from "./stainless/guarded-call.ts";

/** What is asked of a client: `OpenAI` and `AzureOpenAI` have it. */
export interface OpenAILike extends StainlessClient {
  readonly chat: object;
}

const MODEL_CALLS =
  /^\/(?:(?:chat\/)?completions|responses(?:\/compact)?|embeddings|moderations|images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations))(?:\?|$)/;

const OPENAI: Make = {
  expected: "a client of openai, 6 or 7",
  resources: {
    chat: { completions: {} },
    responses: {},
    completions: {},
    embeddings: {},
    moderations: {},
    images: {},
    audio: { speech: {}, transcriptions: {}, translations: {} },
    beta: { chat: { completions: {} }, responses: {} },
  },
  guards: (path) => MODEL_CALLS.test(path),
  // Azure's client asks the deployment it was made for, whatever model is named.
  modelOf: (client, body) => {
    const { deploymentName } = client as { deploymentName?: unknown };
    return typeof deploymentName === "string" && deploymentName !== "" ? deploymentName : modelIn(body);
  },
};

/**
 * The client, guarded: of the same type, and `instanceof` its class. The one it is made from stays as it is.
 *
 * Guarded are `chat.completions`, `responses`, `completions`, `embeddings`, `moderations`, `images` and `audio`, with every
 * helper that asks through them; all else passes as it is. A call that is not made rejects with `CircuitOpenError` or
 * `ShedError`, one that takes too long with `CallTimeoutError`, an aborted one with its signal's reason; what the SDK throws
 * is thrown as it came. A stream that ends without its end marker ends with `StreamTruncatedError`.
 *
 * @throws InvalidOptionError for what is no client of openai 6 or 7, for one that is guarded already, for a bad option
 */
export function guardOpenAI<C extends OpenAILike>(client: C, recloser: Recloser, options: GuardOptions = {}): C {
  return guardClient(client, recloser, options, OPENAI);
}
