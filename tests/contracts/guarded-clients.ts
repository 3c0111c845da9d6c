/** The clients of openai and Anthropic, guarded at call level, above a simulated provider of their dialect. */
import { createRecloser } from "recloser";
import type { Breaker, PolicyOptions, Recloser } from "recloser";
import { guardAnthropic } from "recloser/anthropic";
import { guardOpenAI } from "recloser/openai";
import type { GuardOptions } from "recloser/openai";
import { simulatedProvider } from "recloser/testing";
import type { SimulatedProvider, SimulatedProviderOptions } from "recloser/testing";
import { onTestFinished } from "vitest";
import { readAll, tripAtThree } from "../support/guarded-openai.ts";
import { load } from "./sdks.ts";

export const MODEL = "some-model";
const MESSAGES = [{ role: "user" as const, content: "hi" }];
export const CHAT = { model: MODEL, messages: MESSAGES };
export const RESPONSE = { model: MODEL, input: "hi" };
export const MESSAGE = { model: MODEL, max_tokens: 64, messages: MESSAGES };

export interface Stand {
  readonly provider: SimulatedProvider;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  /** How often the SDK has called `fetch`. */
  readonly fetches: () => number;
}

export interface Standing extends GuardOptions {
  readonly policy?: PolicyOptions;
  readonly provider?: SimulatedProviderOptions;
  /** Of the SDK's client. */
  readonly client?: { readonly timeout?: number; readonly maxRetries?: number };
}

interface Below {
  readonly settings: { apiKey: string; logLevel: "off"; fetch: typeof fetch; timeout?: number; maxRetries?: number };
  readonly stand: Stand;
  readonly guard: GuardOptions;
}

async function below(dialect: "openai" | "anthropic" | "ollama", standing: Standing): Promise<Below> {
  const { policy, provider: options, client, ...guard } = standing;
  const provider = await simulatedProvider({ dialect, answerTokens: 8, ...options });
  const recloser = createRecloser({ defaults: { ...tripAtThree, ...policy } });
  onTestFinished(async () => {
    await recloser.close();
    await provider.close();
  });
  let fetches = 0;
  const counted: typeof fetch = (...request) => {
    fetches++;
    return fetch(...request);
  };
  const breaker = recloser.breaker({ provider: new URL(provider.url).host, model: MODEL });
  return {
    settings: { apiKey: "sk-test", logLevel: "off", fetch: counted, ...client },
    stand: { provider, recloser, breaker, fetches: () => fetches },
    guard: { retry: false, ...guard },
  };
}

export async function openai(standing: Standing = {}, dialect: "openai" | "ollama" = "openai") {
  const { OpenAI } = await load("openai");
  const { settings, stand, guard } = await below(dialect, standing);
  const plain = new OpenAI({ ...settings, baseURL: `${stand.provider.url}/v1` });
  return { ...stand, plain, client: guardOpenAI(plain, stand.recloser, guard), sdk: await load("openai") };
}

export async function anthropic(standing: Standing = {}) {
  const sdk = await load("@anthropic-ai/sdk");
  const { settings, stand, guard } = await below("anthropic", standing);
  const plain = new sdk.Anthropic({ ...settings, baseURL: stand.provider.url });
  return { ...stand, plain, client: guardAnthropic(plain, stand.recloser, guard), sdk };
}

type OpenAIStand = Awaited<ReturnType<typeof openai>>;
type AnthropicStand = Awaited<ReturnType<typeof anthropic>>;

/** One way to ask, to the end of the answer. */
export interface Way {
  readonly name: string;
  readonly streams: boolean;
  /** Whether the SDK asks for the user and wraps what is thrown. */
  readonly helper: boolean;
  readonly stand: (
    standing?: Standing,
  ) => Promise<Stand & { readonly ask: (signal?: AbortSignal) => Promise<unknown> }>;
}

const signalled = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };

type Kind = Pick<Way, "streams" | "helper">;
const WHOLE: Kind = { streams: false, helper: false };
const STREAM: Kind = { streams: true, helper: false };
const HELPER: Kind = { streams: true, helper: true };

function ofOpenAI(
  name: string,
  kind: Kind,
  ask: (client: OpenAIStand["client"], signal: { signal?: AbortSignal }) => Promise<unknown>,
): Way {
  return {
    name: `openai ${name}`,
    ...kind,
    stand: async (standing) => {
      const stand = await openai(standing);
      return { ...stand, ask: (signal) => ask(stand.client, signalled(signal)) };
    },
  };
}

function ofAnthropic(
  name: string,
  kind: Kind,
  ask: (client: AnthropicStand["client"], signal: { signal?: AbortSignal }) => Promise<unknown>,
): Way {
  return {
    name: `anthropic ${name}`,
    ...kind,
    stand: async (standing) => {
      const stand = await anthropic(standing);
      return { ...stand, ask: (signal) => ask(stand.client, signalled(signal)) };
    },
  };
}

export const WAYS: readonly Way[] = [
  ofOpenAI("chat.completions.create", WHOLE, (client, options) => client.chat.completions.create(CHAT, options)),
  ofOpenAI("chat.completions.parse", WHOLE, (client, options) => client.chat.completions.parse(CHAT, options)),
  ofOpenAI("responses.create", WHOLE, (client, options) => client.responses.create(RESPONSE, options)),
  ofOpenAI("responses.parse", WHOLE, (client, options) => client.responses.parse(RESPONSE, options)),
  ofOpenAI("chat.completions.create, stream", STREAM, async (client, options) =>
    readAll(await client.chat.completions.create({ ...CHAT, stream: true }, options)),
  ),
  ofOpenAI("responses.create, stream", STREAM, async (client, options) =>
    readAll<unknown>(await client.responses.create({ ...RESPONSE, stream: true }, options)),
  ),
  ofOpenAI("chat.completions.stream", HELPER, (client, options) =>
    client.chat.completions.stream(CHAT, options).finalChatCompletion(),
  ),
  ofOpenAI("responses.stream", HELPER, (client, options) => client.responses.stream(RESPONSE, options).finalResponse()),
  ofAnthropic("messages.create", WHOLE, (client, options) => client.messages.create(MESSAGE, options)),
  ofAnthropic("messages.parse", WHOLE, (client, options) => client.messages.parse(MESSAGE, options)),
  ofAnthropic("beta.messages.create", WHOLE, (client, options) => client.beta.messages.create(MESSAGE, options)),
  ofAnthropic("messages.create, stream", STREAM, async (client, options) =>
    readAll<unknown>(await client.messages.create({ ...MESSAGE, stream: true }, options)),
  ),
  ofAnthropic("messages.stream", HELPER, (client, options) => client.messages.stream(MESSAGE, options).finalMessage()),
  ofAnthropic("beta.messages.stream", HELPER, (client, options) =>
    client.beta.messages.stream(MESSAGE, options).finalMessage(),
  ),
];
