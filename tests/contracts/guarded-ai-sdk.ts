/** Models of the AI SDK, guarded by a middleware, and a provider that speaks their dialect. */
import type { LanguageModel } from "ai";
import { createRecloser } from "recloser";
import type { Breaker, PolicyOptions, Recloser } from "recloser";
import { breakerMiddleware } from "recloser/ai-sdk";
import type { BreakerMiddlewareOptions } from "recloser/ai-sdk";
import { simulatedProvider } from "recloser/testing";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { onTestFinished } from "vitest";
import { tripAtThree } from "../support/guarded-openai.ts";
import { load } from "./sdks.ts";

export const MODEL = "m";
export const KINDS = ["openai.chat", "openai.responses", "anthropic.messages"] as const;
export type Kind = (typeof KINDS)[number];

export interface GuardedModel {
  readonly provider: SimulatedProvider;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  readonly model: Exclude<LanguageModel, string>;
}

export interface Guarding extends BreakerMiddlewareOptions {
  readonly policy?: PolicyOptions;
  readonly fault?: Fault;
}

/** Closed again when the test is over. Without retries of ours unless they are asked for. */
export async function guardedModel(kind: Kind, { policy, fault, ...options }: Guarding = {}): Promise<GuardedModel> {
  const { wrapLanguageModel } = await load("ai");
  const dialect = kind === "anthropic.messages" ? "anthropic" : "openai";
  const provider = await simulatedProvider({ dialect, ...(fault && { fault }) });
  const recloser = createRecloser({ defaults: { ...tripAtThree, ...policy } });
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  const middleware = breakerMiddleware(recloser, { retry: false, ...options });
  const model = wrapLanguageModel({ model: await unguarded(kind, provider), middleware });
  return { provider, recloser, breaker: recloser.breaker({ provider: dialect, model: MODEL }), model };
}

async function unguarded(kind: Kind, provider: SimulatedProvider) {
  const settings = { apiKey: "test", baseURL: `${provider.url}/v1` };
  if (kind === "anthropic.messages") return (await load("@ai-sdk/anthropic")).createAnthropic(settings)(MODEL);
  const openai = (await load("@ai-sdk/openai")).createOpenAI(settings);
  return kind === "openai.chat" ? openai.chat(MODEL) : openai.responses(MODEL);
}
