/** Which models `breakerMiddleware` takes, and whose breaker they ask. */
import { createBreaker, createRecloser, InvalidOptionError } from "recloser";
import { breakerMiddleware } from "recloser/ai-sdk";
import type { CallFacts } from "recloser/ai-sdk";
import { describe, expect, onTestFinished, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import { failing } from "./guarded.ts";
import { load } from "./sdks.ts";

const PROMPT = [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }];

describe("An embedding model", () => {
  test("is guarded by the same middleware", async () => {
    const { embed, embedMany, wrapEmbeddingModel } = await load("ai");
    const { createOpenAI } = await load("@ai-sdk/openai");
    const provider = await plainServer((response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ data: [{ embedding: [1, 2] }], usage: { prompt_tokens: 1 } }));
    });
    const recloser = createRecloser();
    onTestFinished(() => recloser.close());
    const openai = createOpenAI({ apiKey: "test", baseURL: `${provider.url}/v1` });
    const model = wrapEmbeddingModel({
      model: openai.embeddingModel("small"),
      middleware: breakerMiddleware(recloser),
    });
    expect((await embed({ model, value: "hi" })).embedding).toEqual([1, 2]);
    expect((await embedMany({ model, values: ["hi"] })).embeddings).toEqual([[1, 2]]);
    const breaker = recloser.breaker({ provider: "openai", model: "small" });
    expect(breaker.snapshot().window).toMatchObject({ calls: 2, successes: 2 });
    await breaker.forceOpen({ by: "test", reason: "to see" });
    const { error, afterMs } = await failing(embed({ model, value: "hi" }));
    expect(error).toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
    expect(afterMs).toBeLessThan(100);
    expect(provider.received).toHaveLength(2);
  });
});

describe("Whose breaker a model asks", () => {
  /** A model that answers nothing, as the SDK's providers name theirs. */
  const named = (provider: string, modelId = "m") => ({
    provider,
    modelId,
    doGenerate: () => Promise.resolve({ finishReason: { unified: "stop", raw: "stop" } }),
  });

  test.each([
    ["openai.chat", "openai:m"],
    ["openai.responses", "openai:m"],
    ["anthropic.messages", "anthropic:m"],
    ["google.generative-ai", "gemini:m"],
    ["google.vertex.chat", "vertex:m"],
    ["vertex.anthropic.messages", "vertex:m"],
    ["azure.responses", "azure-openai:m"],
    ["azure-openai.chat", "azure-openai:m"],
    ["amazon-bedrock", "bedrock:m"],
    ["gateway", "gateway:m"],
    ["my-server.chat", "my-server:m"],
  ])("is told by the provider: %s", async (provider, name) => {
    const recloser = createRecloser();
    onTestFinished(() => recloser.close());
    await breakerMiddleware(recloser).wrapGenerate({ params: {}, model: named(provider) });
    expect([...recloser.breakers()].map((breaker) => breaker.name)).toEqual([name]);
  });

  test("is the provider's where a model's name is no name", async () => {
    const recloser = createRecloser();
    onTestFinished(() => recloser.close());
    await breakerMiddleware(recloser).wrapGenerate({ params: {}, model: named("openai.chat", "x".repeat(500)) });
    expect([...recloser.breakers()].map(({ name }) => name)).toEqual(["openai"]);
  });

  test("is what the key says", async () => {
    const recloser = createRecloser();
    onTestFinished(() => recloser.close());
    const facts: CallFacts[] = [];
    const key = (call: CallFacts): string => {
      facts.push(call);
      return "mine";
    };
    await breakerMiddleware(recloser, { key }).wrapGenerate({ params: {}, model: named("openai.chat") });
    expect(facts).toEqual([{ provider: "openai", model: "m" }]);
    expect([...recloser.breakers()].map(({ name }) => name)).toEqual(["mine"]);
  });

  test("is the one that was given", async () => {
    const breaker = createBreaker({ name: "mine" });
    await breakerMiddleware(breaker).wrapGenerate({ params: {}, model: named("openai.chat") });
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
    expect(() => breakerMiddleware(breaker, { key: "other" })).toThrow(InvalidOptionError);
  });
});

test("An answer that the model's failure ended counts as one", async () => {
  const breaker = createBreaker({ name: "mine" });
  const failed = { content: [], finishReason: { unified: "error", raw: "error" } };
  const model = { provider: "openai.chat", modelId: "m", doGenerate: () => Promise.resolve(failed) };
  const middleware = breakerMiddleware(breaker, { retry: false });
  expect(await middleware.wrapGenerate({ params: {}, model })).toBe(failed);
  expect(breaker.snapshot().window).toMatchObject({ calls: 1, failures: 1, byKind: { "server-error": 1 } });
});

test("A stream of a model that knows no signal is cancelled when its reader leaves", async () => {
  let cancelled = 0;
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue({ type: "text-delta", id: "0", delta: "Hi" }),
    cancel: () => void cancelled++,
  });
  const model = { provider: "mine", modelId: "m", doStream: () => Promise.resolve({ stream }) };
  const breaker = createBreaker();
  const given = await breakerMiddleware(breaker).wrapStream({ params: {}, model });
  for await (const part of given.stream) if ((part as { type: string }).type === "text-delta") break;
  await until(() => cancelled === 1, "the stream cancelled");
  expect(breaker.snapshot().inFlight).toBe(0);
});

test("A model's parameters are handed on, but for the signal", async () => {
  const given: object[] = [];
  const model = {
    provider: "openai.chat",
    modelId: "m",
    doGenerate(params: { readonly prompt: typeof PROMPT; readonly abortSignal?: AbortSignal }) {
      given.push(params);
      return Promise.resolve({});
    },
  };
  const { signal } = new AbortController();
  await breakerMiddleware(createBreaker()).wrapGenerate({ params: { prompt: PROMPT, abortSignal: signal }, model });
  expect(given).toEqual([{ prompt: PROMPT, abortSignal: expect.any(AbortSignal) as AbortSignal }]);
  expect((given[0] as { abortSignal?: AbortSignal }).abortSignal).not.toBe(signal);
});

test.each([
  ["no guard", () => breakerMiddleware(null as never)],
  ["something else", () => breakerMiddleware({} as never)],
  ["an unknown option", () => breakerMiddleware(createBreaker(), { retries: 3 } as never)],
  ["no retries that are retries", () => breakerMiddleware(createBreaker(), { retry: { attempts: 0 } })],
  ["no reason that is one", () => breakerMiddleware(createBreaker(), { finishReason: "maybe" as never })],
  ["a key that names nothing", () => breakerMiddleware(createRecloser(), { key: "" })],
])("A middleware of %s is refused", (_, make) => {
  expect(make).toThrow(InvalidOptionError);
});
