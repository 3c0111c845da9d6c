/** The client of `@google/genai`, guarded at call level, and a provider that speaks Gemini. */
import type { GoogleGenAI } from "@google/genai";
import { createRecloser } from "recloser";
import type { Breaker, PolicyOptions, Recloser } from "recloser";
import { guardGoogle } from "recloser/google";
import type { GuardGoogleOptions } from "recloser/google";
import { simulatedProvider } from "recloser/testing";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { onTestFinished } from "vitest";
import { tripAtThree } from "../support/guarded-openai.ts";
import { load } from "./sdks.ts";

export const MODEL = "gemini-2.5-flash";
export const QUESTION = { model: MODEL, contents: "hi" };

export interface GuardedGoogle {
  readonly provider: SimulatedProvider;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  /** As its user made it. */
  readonly plain: GoogleGenAI;
  readonly ai: GoogleGenAI;
}

export interface Guarding extends GuardGoogleOptions {
  readonly policy?: PolicyOptions;
  readonly fault?: Fault;
  readonly httpOptions?: object;
}

/** Closed again when the test is over. Without retries unless they are asked for. */
export async function guardedGoogle({ policy, fault, httpOptions, ...options }: Guarding = {}): Promise<GuardedGoogle> {
  const { GoogleGenAI } = await load("@google/genai");
  const provider = await simulatedProvider({ dialect: "gemini", ...(fault && { fault }) });
  const recloser = createRecloser({ defaults: { ...tripAtThree, ...policy } });
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  const plain = new GoogleGenAI({
    apiKey: "test",
    apiVersion: "v1beta",
    httpOptions: { baseUrl: provider.baseUrl, ...httpOptions },
  });
  return {
    provider,
    recloser,
    breaker: recloser.breaker({ provider: new URL(provider.url).host, model: MODEL }),
    plain,
    ai: guardGoogle(plain, recloser, { retry: false, ...options }),
  };
}
