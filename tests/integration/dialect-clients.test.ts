/** The simulated provider's dialects, read by the clients that are made for them, unmodified. */
import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { classify } from "recloser/classify";
import { simulatedProvider } from "recloser/testing";
import type { DialectName, Fault, SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { wholeSeconds } from "../support/whole-seconds.ts";

const MODEL = "simulated-large";
const messages = [{ role: "user" as const, content: "hi" }];
const asked = { model: MODEL, max_tokens: 100, messages };

const providers: Partial<Record<DialectName, SimulatedProvider>> = {};
const at = (dialect: DialectName): SimulatedProvider => providers[dialect] as SimulatedProvider;

beforeAll(async () => {
  for (const dialect of ["anthropic", "gemini", "ollama"] as const)
    providers[dialect] = await simulatedProvider({ dialect, answerTokens: 8, clock: wholeSeconds });
});
beforeEach(() => Promise.all(Object.values(providers).map((provider) => provider.reset())));
afterAll(() => Promise.all(Object.values(providers).map((provider) => provider.close())));

const anthropic = (): Anthropic =>
  new Anthropic({ baseURL: at("anthropic").baseUrl, apiKey: "any", maxRetries: 0, logLevel: "off" });
const google = (): GoogleGenAI => new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: at("gemini").baseUrl } });
const aiSdk = (): Parameters<typeof generateText>[0]["model"] =>
  createAnthropic({ baseURL: `${at("anthropic").url}/v1`, apiKey: "any" })(MODEL);
const openai = (): OpenAI =>
  new OpenAI({ baseURL: `${at("ollama").url}/v1`, apiKey: "any", maxRetries: 0, logLevel: "off" });

async function joined<T>(stream: AsyncIterable<T>, textOf: (chunk: T) => string | null | undefined): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += textOf(chunk) ?? "";
  return text;
}

async function anthropicStream(): Promise<string> {
  return joined(await anthropic().messages.create({ ...asked, stream: true }), (event) =>
    event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "",
  );
}

async function googleStream(): Promise<string> {
  return joined(await google().models.generateContentStream({ model: MODEL, contents: "hi" }), ({ text }) => text);
}

async function aiSdkStream(): Promise<string> {
  let failure: unknown;
  const { fullStream } = streamText({
    model: aiSdk(),
    prompt: "hi",
    maxOutputTokens: 100,
    maxRetries: 0,
    onError: ({ error }) => void (failure = error),
  });
  const text = await joined(fullStream, (part) => (part.type === "text-delta" ? part.text : ""));
  if (failure !== undefined) throw failure as Error;
  return text;
}

async function openaiStream(): Promise<string> {
  return joined(await openai().chat.completions.create({ model: MODEL, messages, stream: true }), ({ choices }) => {
    return choices[0]?.delta.content;
  });
}

describe("The official Anthropic client", () => {
  test("reads a message, the same as a stream of events, and the same put together by its helper", async () => {
    const whole = await anthropic().messages.create(asked);
    expect(whole).toMatchObject({ type: "message", role: "assistant", model: MODEL, stop_reason: "end_turn" });
    expect(whole.usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: 8 });
    const [block] = whole.content;
    expect(block).toMatchObject({ type: "text", text: await anthropicStream() });
    const final = await anthropic().messages.stream(asked).finalMessage();
    expect(final).toMatchObject({ content: whole.content, stop_reason: "end_turn", usage: whole.usage });
  });

  test("gets its events in the order of the API, with each piece as it comes", async () => {
    const types: string[] = [];
    for await (const { type } of await anthropic().messages.create({ ...asked, stream: true })) types.push(type);
    expect(types).toEqual([
      "message_start",
      "content_block_start",
      ...Array.from({ length: 8 }, () => "content_block_delta"), // the client keeps the ping to itself
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  test("finds the request's id in an answer and in an error", async () => {
    expect(await anthropic().messages.create(asked)).toMatchObject({ _request_id: "req_simulated_1" });
    await at("anthropic").setFault({ kind: "status", status: 529 });
    const error: unknown = await anthropic()
      .messages.create(asked)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ status: 529, type: "overloaded_error", requestID: "req_simulated_2" });
  });

  test("is told that its limit cut the answer short", async () => {
    expect(await anthropic().messages.create({ ...asked, max_tokens: 2 })).toMatchObject({
      stop_reason: "max_tokens",
      content: [{ text: "simulated answer" }],
      usage: { output_tokens: 2 },
    });
  });

  test("counts tokens and lists models", async () => {
    const whole = await anthropic().messages.create(asked);
    const counted = await anthropic().messages.countTokens({ model: MODEL, messages });
    expect(counted.input_tokens).toBe(whole.usage.input_tokens);
    const ids: string[] = [];
    for await (const { id } of anthropic().models.list()) ids.push(id);
    expect(ids).toEqual(["simulated-large", "simulated-small"]);
  });
});

describe("The official Google client", () => {
  test("reads an answer, and the same text as a stream whose last chunk has the reason and the usage", async () => {
    const whole = await google().models.generateContent({ model: MODEL, contents: "hi" });
    expect(whole.candidates?.[0]).toMatchObject({ finishReason: "STOP", content: { role: "model" } });
    expect(whole).toMatchObject({ modelVersion: MODEL, usageMetadata: { candidatesTokenCount: 8 } });
    expect(await googleStream()).toBe(whole.text);
    let last: unknown;
    for await (const chunk of await google().models.generateContentStream({ model: MODEL, contents: "hi" }))
      last = chunk;
    expect(last).toMatchObject({ candidates: [{ finishReason: "STOP" }], usageMetadata: whole.usageMetadata });
  });

  test("is told that its limit cut the answer short", async () => {
    const config = { maxOutputTokens: 2, systemInstruction: "be short" };
    const short = await google().models.generateContent({ model: MODEL, contents: "hi", config });
    expect(short.text).toBe("simulated answer");
    expect(short.candidates?.[0]?.finishReason).toBe("MAX_TOKENS");
  });

  test("counts tokens and lists models", async () => {
    const whole = await google().models.generateContent({ model: MODEL, contents: "hi" });
    const counted = await google().models.countTokens({ model: MODEL, contents: "hi" });
    expect(counted.totalTokens).toBe(whole.usageMetadata?.promptTokenCount);
    const names: (string | undefined)[] = [];
    for await (const { name } of await google().models.list()) names.push(name);
    expect(names).toEqual(["models/simulated-large", "models/simulated-small"]);
  });
});

describe("The AI SDK's Anthropic provider", () => {
  test("reads an answer, and the same text as a stream", async () => {
    const whole = await generateText({ model: aiSdk(), prompt: "hi", maxOutputTokens: 100 });
    expect(whole).toMatchObject({ finishReason: "stop", usage: { outputTokens: 8 } });
    expect(await aiSdkStream()).toBe(whole.text);
  });
});

describe("Ollama", () => {
  const lines = async (path: string, body: object): Promise<Record<string, unknown>[]> => {
    const response = await fetch(`${at("ollama").baseUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test("streams a chat line by line unless told not to, and says the same whole", async () => {
    const stream = await lines("/api/chat", { model: MODEL, messages });
    expect(stream.map(({ done }) => done)).toEqual([...Array.from({ length: 8 }, () => false), true]);
    const [whole, ...more] = await lines("/api/chat", { model: MODEL, messages, stream: false });
    expect(more).toEqual([]);
    const spoken = stream.map(({ message }) => (message as { content: string }).content).join("");
    expect(whole).toMatchObject({ model: MODEL, done: true, done_reason: "stop", message: { content: spoken } });
    expect(stream.at(-1)).toMatchObject({
      done_reason: "stop",
      eval_count: 8,
      total_duration: whole?.["total_duration"],
    });
  });

  test("completes a prompt line by line, cut at the limit asked for", async () => {
    const stream = await lines("/api/generate", { model: MODEL, prompt: "hi", options: { num_predict: 2 } });
    expect(stream.map(({ response }) => response).join("")).toBe("simulated answer");
    expect(stream.at(-1)).toMatchObject({ done: true, done_reason: "length", eval_count: 2 });
  });

  test("that is asked nothing loads the model and says so in one line", async () => {
    const loaded = { model: MODEL, done: true, done_reason: "load" };
    expect(await lines("/api/chat", { model: MODEL })).toMatchObject([{ ...loaded, message: { content: "" } }]);
    expect(await lines("/api/generate", { model: MODEL })).toMatchObject([{ ...loaded, response: "" }]);
  });

  test("lists its models and tells its version", async () => {
    const get = async (path: string): Promise<unknown> => (await fetch(at("ollama").url + path)).json();
    expect(await get("/api/tags")).toMatchObject({
      models: [{ name: "simulated-large" }, { name: "simulated-small" }],
    });
    expect(await get("/api/version")).toEqual({ version: expect.stringContaining("simulated") });
  });

  test("is read by the OpenAI client under /v1", async () => {
    const whole = await openai().chat.completions.create({ model: MODEL, messages });
    expect(whole).toMatchObject({ system_fingerprint: "fp_ollama", usage: { completion_tokens: 8 } });
    expect(await openaiStream()).toBe(whole.choices[0]?.message.content);
    expect((await openai().responses.create({ model: MODEL, input: "hi" })).status).toBe("completed");
    expect((await openai().models.list()).data.map(({ id }) => id)).toEqual(["simulated-large", "simulated-small"]);
  });
});

/** Each a call of one client that throws what that client makes of a failure. */
const CALLS: readonly (readonly [string, DialectName, () => Promise<unknown>])[] = [
  ["@anthropic-ai/sdk create", "anthropic", () => anthropic().messages.create(asked)],
  ["@anthropic-ai/sdk create as a stream", "anthropic", anthropicStream],
  ["@anthropic-ai/sdk stream()", "anthropic", () => anthropic().messages.stream(asked).finalMessage()],
  ["@google/genai generateContent", "gemini", () => google().models.generateContent({ model: MODEL, contents: "hi" })],
  ["@google/genai generateContentStream", "gemini", googleStream],
  [
    "ai generateText",
    "anthropic",
    () => generateText({ model: aiSdk(), prompt: "hi", maxOutputTokens: 100, maxRetries: 0 }),
  ],
  ["ai streamText", "anthropic", aiSdkStream],
  ["openai on Ollama", "ollama", () => openai().chat.completions.create({ model: MODEL, messages })],
  ["openai on Ollama as a stream", "ollama", openaiStream],
];
const STREAMS = CALLS.filter(([name]) => /stream/i.test(name));

async function thrownBy(dialect: DialectName, call: () => Promise<unknown>, fault: Fault): Promise<unknown> {
  await at(dialect).setFault(fault);
  return call().then(
    () => null,
    (error: unknown) => error,
  );
}

describe.each(CALLS)("%s", (_, dialect, call) => {
  const isOllama = dialect === "ollama";
  const hinted = isOllama ? null : 30_000;
  // Ollama says in words only that it is a quota; beside them stands the client's class for any 429.
  const quota: unknown = isOllama ? expect.stringMatching(/^(quota-exhausted|rate-limited)$/) : "quota-exhausted";
  test.each<[Fault, unknown, number | null]>([
    [{ kind: "status", status: 500 }, "server-error", null],
    [{ kind: "status", status: 503, retryAfter: 2 }, "overloaded", 2_000],
    [{ kind: "status", status: 504 }, "timeout", null],
    [{ kind: "status", status: 529 }, "overloaded", null],
    [{ kind: "status", status: 403 }, "auth", null],
    [{ kind: "status", status: 404 }, "caller-error", null],
    [{ kind: "status", status: 413 }, "caller-error", null],
    [{ kind: "rate-limit" }, "rate-limited", null],
    [{ kind: "rate-limit", retryAfter: 20 }, "rate-limited", 20_000],
    [{ kind: "rate-limit", limited: "requests", resetMs: 30_000 }, "rate-limited", hinted],
    [{ kind: "rate-limit", limited: "tokens", resetMs: 30_000 }, "rate-limited", hinted],
    [{ kind: "quota" }, quota, null],
    [{ kind: "auth" }, "auth", null],
    [{ kind: "bad-request" }, "caller-error", null],
    [{ kind: "html" }, "server-error", null],
    [{ kind: "reset" }, "network", null],
    [{ kind: "cut-stream" }, "stream-error", null],
    [{ kind: "malformed-chunk", where: "framing" }, "stream-error", null],
    [{ kind: "down" }, "network", null],
  ])("throws for %j what is classified as %j, with a wait of %j", async (fault, kind, retryAfterMs) => {
    const error = await thrownBy(dialect, call, fault);
    expect(classify({ provider: dialect, error, nowMs: Date.now() })).toMatchObject({ kind, retryAfterMs });
    expect(at(dialect).requests.length).toBe(fault.kind === "down" ? 0 : 1);
  });

  // Whose error it is depends on the client; that it is one does not.
  test("throws for garbled JSON", async () => {
    expect(await thrownBy(dialect, call, { kind: "malformed-chunk" })).toBeInstanceOf(Error);
  });
});

describe("A stream that the provider breaks off", () => {
  test.each(STREAMS.filter(([, dialect]) => dialect !== "ollama"))("fails for %s", async (_, dialect, call) => {
    for (const error of ["server-error", "overloaded"] as const) {
      const thrown = await thrownBy(dialect, call, { kind: "stream-error", error });
      // The AI SDK throws the frame, Google's client what it could read of it, if it came by itself.
      expect(classify({ provider: dialect, error: thrown }).kind).toMatch(/^(stream-error|server-error|overloaded)$/);
      await at(dialect).setFault(null);
    }
  });

  test("by an overload is one for Anthropic's client", async () => {
    const error = await thrownBy("anthropic", anthropicStream, { kind: "stream-error", error: "overloaded" });
    expect(classify({ provider: "anthropic", error })).toMatchObject({ kind: "overloaded", scope: "model" });
  });

  test("passes for a whole one with the OpenAI client on Ollama, whose layer loses the error", async () => {
    expect(await thrownBy("ollama", openaiStream, { kind: "stream-error" })).toBeNull();
  });
});

// What a breaker around these clients cannot see, and one below them can.
describe("A stream that just ends", () => {
  test.each(STREAMS.filter(([name]) => !name.endsWith("stream()")))(
    "passes for a whole one with %s",
    async (_, dialect, call) => {
      expect(await thrownBy(dialect, call, { kind: "no-terminal-marker" })).toBeNull();
    },
  );

  test("is noticed by Anthropic's helper, which wants a whole message", async () => {
    const call = (): Promise<unknown> => anthropic().messages.stream(asked).finalMessage();
    const error = await thrownBy("anthropic", call, { kind: "no-terminal-marker" });
    expect(classify({ provider: "anthropic", error }).kind).toBe("stream-error");
  });
});

test("A provider with a hung Gemini lets go when the client's own time is up", async () => {
  await at("gemini").setFault({ kind: "hang" });
  const call = google().models.generateContent({
    model: MODEL,
    contents: "hi",
    config: { httpOptions: { timeout: 50 } },
  });
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect(classify({ provider: "gemini", error }).kind).toBe("timeout");
  await expect.poll(() => at("gemini").stats(), { interval: 1 }).toMatchObject({ inFlight: 0, aborted: 1 });
});
