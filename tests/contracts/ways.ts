/** The SDKs' ways to ask, each guarded below by a `fetch` of ours. */
import { load } from "./sdks.ts";
import type { SdkName } from "./sdks.ts";

export interface Below {
  readonly fetch: typeof fetch;
  /** Where a provider would be, without a path. */
  readonly url: string;
  /** Of the SDK itself; default: as the SDK has it. */
  readonly maxRetries?: number;
  /** Of the SDK itself, milliseconds. */
  readonly timeout?: number;
}

type Ask = (signal?: AbortSignal) => Promise<unknown>;
type Stream = (signal?: AbortSignal) => AsyncIterable<unknown>;

export interface Way {
  readonly sdk: string;
  readonly package: SdkName;
  readonly call: string;
  readonly streams: boolean;
  /** Gives what asks once and reads the answer to its end. */
  readonly client: (below: Below) => Promise<Ask>;
  /** The same for a stream, to be read by whoever asks. Null for an answer in one piece. */
  readonly streaming: ((below: Below) => Promise<Stream>) | null;
}

type Group = Pick<Way, "sdk" | "package">;

function whole(group: Group, call: string, client: Way["client"]): Way {
  return { ...group, call, streams: false, client, streaming: null };
}

function streamed(group: Group, call: string, streaming: (below: Below) => Promise<Stream>): Way {
  const client = async (below: Below): Promise<Ask> => {
    const stream = await streaming(below);
    return async (signal) => {
      for await (const part of stream(signal)) void part;
    };
  };
  return { ...group, call, streams: true, client, streaming };
}

const MODEL = "m";
const ASKED = [{ role: "user" as const, content: "hi" }];
const CHAT = { model: MODEL, messages: ASKED };
const RESPONSE = { model: MODEL, input: "hi" };
const MESSAGE = { model: MODEL, max_tokens: 64, messages: ASKED };

const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const withAbortSignal = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/** What the clients made by Stainless take, each given or left at its default. */
function stainless({ fetch, maxRetries, timeout }: Below): {
  apiKey: string;
  logLevel: "off";
  fetch: typeof globalThis.fetch;
  maxRetries?: number;
  timeout?: number;
} {
  const given = { ...(maxRetries !== undefined && { maxRetries }), ...(timeout !== undefined && { timeout }) };
  return { apiKey: "sk-test", logLevel: "off", fetch, ...given };
}

const OPENAI: Group = { sdk: "openai", package: "openai" };

async function openai(below: Below) {
  const { OpenAI } = await load("openai");
  return new OpenAI({ ...stainless(below), baseURL: `${below.url}/v1` });
}

const ofOpenAI: readonly Way[] = [
  whole(OPENAI, "chat.completions.create", async (below) => {
    const client = await openai(below);
    return (signal) => client.chat.completions.create(CHAT, withSignal(signal));
  }),
  streamed(OPENAI, "chat.completions.create, stream", async (below) => {
    const client = await openai(below);
    return async function* (signal) {
      yield* await client.chat.completions.create({ ...CHAT, stream: true }, withSignal(signal));
    };
  }),
  streamed(OPENAI, "chat.completions.stream", async (below) => {
    const client = await openai(below);
    return (signal) => client.chat.completions.stream({ ...CHAT, stream: true }, withSignal(signal));
  }),
  whole(OPENAI, "responses.create", async (below) => {
    const client = await openai(below);
    return (signal) => client.responses.create(RESPONSE, withSignal(signal));
  }),
  streamed(OPENAI, "responses.create, stream", async (below) => {
    const client = await openai(below);
    return async function* (signal) {
      yield* await client.responses.create({ ...RESPONSE, stream: true }, withSignal(signal));
    };
  }),
  streamed(OPENAI, "responses.stream", async (below) => {
    const client = await openai(below);
    return (signal) => client.responses.stream(RESPONSE, withSignal(signal));
  }),
];

const AZURE: Group = { sdk: "openai, AzureOpenAI", package: "openai" };

async function azure(below: Below) {
  const { AzureOpenAI } = await load("openai");
  return new AzureOpenAI({ ...stainless(below), endpoint: below.url, apiVersion: "2024-10-21" });
}

const ofAzure: readonly Way[] = [
  whole(AZURE, "chat.completions.create", async (below) => {
    const client = await azure(below);
    return (signal) => client.chat.completions.create(CHAT, withSignal(signal));
  }),
  streamed(AZURE, "chat.completions.create, stream", async (below) => {
    const client = await azure(below);
    return async function* (signal) {
      yield* await client.chat.completions.create({ ...CHAT, stream: true }, withSignal(signal));
    };
  }),
];

const GROQ: Group = { sdk: "groq-sdk", package: "groq-sdk" };

async function groq(below: Below) {
  const { Groq } = await load("groq-sdk");
  return new Groq({ ...stainless(below), baseURL: below.url });
}

const ofGroq: readonly Way[] = [
  whole(GROQ, "chat.completions.create", async (below) => {
    const client = await groq(below);
    return (signal) => client.chat.completions.create(CHAT, withSignal(signal));
  }),
  streamed(GROQ, "chat.completions.create, stream", async (below) => {
    const client = await groq(below);
    return async function* (signal) {
      yield* await client.chat.completions.create({ ...CHAT, stream: true }, withSignal(signal));
    };
  }),
];

const ANTHROPIC: Group = { sdk: "@anthropic-ai/sdk", package: "@anthropic-ai/sdk" };

async function anthropic(below: Below) {
  const { Anthropic } = await load("@anthropic-ai/sdk");
  return new Anthropic({ ...stainless(below), baseURL: below.url });
}

const ofAnthropic: readonly Way[] = [
  whole(ANTHROPIC, "messages.create", async (below) => {
    const client = await anthropic(below);
    return (signal) => client.messages.create(MESSAGE, withSignal(signal));
  }),
  streamed(ANTHROPIC, "messages.create, stream", async (below) => {
    const client = await anthropic(below);
    return async function* (signal) {
      yield* await client.messages.create({ ...MESSAGE, stream: true }, withSignal(signal));
    };
  }),
  streamed(ANTHROPIC, "messages.stream", async (below) => {
    const client = await anthropic(below);
    return (signal) => client.messages.stream(MESSAGE, withSignal(signal));
  }),
];

const GOOGLE: Group = { sdk: "@google/genai", package: "@google/genai" };

async function google({ fetch, url, timeout }: Below) {
  const { GoogleGenAI } = await load("@google/genai");
  const httpOptions = { baseUrl: url, fetch, ...(timeout !== undefined && { timeout }) };
  return new GoogleGenAI({ apiKey: "test", httpOptions });
}

const ofGoogle: readonly Way[] = [
  whole(GOOGLE, "models.generateContent", async (below) => {
    const client = await google(below);
    return (signal) => client.models.generateContent({ model: MODEL, contents: "hi", config: withAbortSignal(signal) });
  }),
  streamed(GOOGLE, "models.generateContentStream", async (below) => {
    const client = await google(below);
    return async function* (signal) {
      yield* await client.models.generateContentStream({
        model: MODEL,
        contents: "hi",
        config: withAbortSignal(signal),
      });
    };
  }),
];

type Model = "chat" | "responses" | "anthropic";

const AI: Group = { sdk: "ai", package: "ai" };
// It warns that it does not know the model.
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
const MODELS: readonly (readonly [Model, string])[] = [
  ["chat", "@ai-sdk/openai chat"],
  ["responses", "@ai-sdk/openai"],
  ["anthropic", "@ai-sdk/anthropic"],
];

async function aiModel(model: Model, { fetch, url }: Below) {
  const settings = { apiKey: "sk-test", baseURL: `${url}/v1`, fetch };
  if (model === "anthropic") return (await load("@ai-sdk/anthropic")).createAnthropic(settings)(MODEL);
  const provider = (await load("@ai-sdk/openai")).createOpenAI(settings);
  return model === "chat" ? provider.chat(MODEL) : provider(MODEL);
}

function aiSettings({ maxRetries, timeout }: Below): { prompt: string; maxRetries?: number; timeout?: number } {
  return {
    prompt: "hi",
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeout !== undefined && { timeout }),
  };
}

const ofAi: readonly Way[] = MODELS.flatMap(([kind, name]) => [
  whole(AI, `generateText, ${name}`, async (below) => {
    const { generateText } = await load("ai");
    const model = await aiModel(kind, below);
    return (signal) => generateText({ model, ...aiSettings(below), ...withAbortSignal(signal) });
  }),
  streamed(AI, `streamText, ${name}`, async (below) => {
    const { streamText } = await load("ai");
    const model = await aiModel(kind, below);
    return async function* (signal) {
      const told: unknown[] = [];
      const onError = ({ error }: { error: unknown }): void => void told.push(error);
      const { fullStream } = streamText({ model, onError, ...aiSettings(below), ...withAbortSignal(signal) });
      for await (const part of fullStream) {
        if (part.type === "abort") throw new Error("the stream told of an abort");
        if (part.type !== "error") yield part;
        else if (told[0] === part.error) throw part.error;
        else throw new Error("onError was not told what the stream tells");
      }
    };
  }),
]);

const LANGCHAIN: Group = { sdk: "@langchain/openai", package: "@langchain/openai" };

async function langchain({ fetch, url, maxRetries, timeout }: Below, useResponsesApi = false) {
  const { ChatOpenAI } = await load("@langchain/openai");
  const given = { ...(maxRetries !== undefined && { maxRetries }), ...(timeout !== undefined && { timeout }) };
  const configuration = { baseURL: `${url}/v1`, fetch };
  return new ChatOpenAI({ model: MODEL, apiKey: "sk-test", configuration, useResponsesApi, ...given });
}

const ofLangChain: readonly Way[] = [
  whole(LANGCHAIN, "ChatOpenAI.invoke", async (below) => {
    const model = await langchain(below);
    return (signal) => model.invoke("hi", withSignal(signal));
  }),
  streamed(LANGCHAIN, "ChatOpenAI.stream", async (below) => {
    const model = await langchain(below);
    return async function* (signal) {
      yield* await model.stream("hi", withSignal(signal));
    };
  }),
  whole(LANGCHAIN, "ChatOpenAI.invoke, responses", async (below) => {
    const model = await langchain(below, true);
    return (signal) => model.invoke("hi", withSignal(signal));
  }),
  whole({ sdk: "langchain", package: "langchain" }, "createAgent, invoke", async (below) => {
    const { createAgent } = await load("langchain");
    const agent = createAgent({ model: await langchain(below), tools: [] });
    return (signal) => agent.invoke({ messages: ASKED }, withSignal(signal));
  }),
];

export const SDK_WAYS: readonly Way[] = [
  ...ofOpenAI,
  ...ofAzure,
  ...ofGroq,
  ...ofAnthropic,
  ...ofGoogle,
  ...ofAi,
  ...ofLangChain,
];

export const nameOf = ({ sdk, call }: Way): string => `${sdk}: ${call}`;
