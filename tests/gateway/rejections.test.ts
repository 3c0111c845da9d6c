/** What an open circuit looks like through the gateway to each official client: one try, at once, in its own format. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { ChatOpenAI } from "@langchain/openai";
import { generateText } from "ai";
import OpenAI from "openai";
import { CircuitOpenError } from "recloser";
import { simulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WireFormat } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const FORMATS: readonly WireFormat[] = ["openai", "anthropic", "gemini"];
const prompt = "hello";
let gateway: TestGateway;

beforeAll(async () => {
  const nowhere = "http://127.0.0.1:9";
  gateway = await startGateway(
    gatewayConfig({
      targets: FORMATS.map((format) => target(format, nowhere, { format })),
      routes: FORMATS.map((format) => route(format, [format], { format })),
    }),
  );
  for (const provider of FORMATS)
    await gateway.gateway.recloser.breaker(provider).forceOpen({ by: "test", reason: "drill" });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const messages = [{ role: "user" as const, content: prompt }];
const apiKey = "callers-key";
const CLIENTS: readonly (readonly [string, status: number, (url: string) => Promise<unknown>])[] = [
  [
    "openai",
    503,
    (url) => new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model: "gpt-5", messages }),
  ],
  [
    "openai, streaming",
    503,
    (url) =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey }).chat.completions.create({ model: "gpt-5", messages, stream: true }),
  ],
  [
    "anthropic",
    503,
    (url) => new Anthropic({ baseURL: url, apiKey }).messages.create({ model: "claude", max_tokens: 10, messages }),
  ],
  [
    "google-genai",
    503,
    (url) =>
      new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } }).models.generateContent({
        model: "gemini-2.5-pro",
        contents: prompt,
      }),
  ],
  [
    "ai (openai)",
    424,
    (url) => generateText({ model: createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat("gpt-5"), prompt }),
  ],
  [
    "ai (anthropic)",
    424,
    (url) => generateText({ model: createAnthropic({ baseURL: `${url}/v1`, apiKey })("claude"), prompt }),
  ],
  [
    "langchain (openai)",
    429,
    (url) => new ChatOpenAI({ model: "gpt-5", apiKey, configuration: { baseURL: `${url}/v1` } }).invoke(prompt),
  ],
];

describe.each(CLIENTS)("%s", (_name, status, call) => {
  test("gives up after one try, and at once", async () => {
    const before = gateway.records.length;
    const started = performance.now();
    await expect(call(gateway.url)).rejects.toThrow(/circuit_open/);
    const tookMs = performance.now() - started;
    await expect.poll(() => gateway.records.slice(before).map((record) => record.status)).toEqual([status]);
    // It is a few milliseconds; a client that sleeps before it tries again takes 400 and more.
    expect(tookMs).toBeLessThan(300);
  });
});

test("The error a client throws is known as a rejection, with its facts", async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey });
  const error: unknown = await client.chat.completions.create({ model: "gpt-5", messages }).catch((e: unknown) => e);
  expect(CircuitOpenError.from(error)).toMatchObject({ key: "openai", reason: "override", state: "open" });
});

describe("The rejection's own words", () => {
  const PATHS: Readonly<Record<WireFormat, string>> = {
    openai: "/v1/chat/completions",
    anthropic: "/v1/messages",
    gemini: "/v1beta/models/m:generateContent",
  };

  test.each(FORMATS)("are in the format of %s", async (format) => {
    const answer = await sendRaw(gateway.url, post(PATHS[format], { model: "m" }));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers["retry-after-ms"])).toBeGreaterThan(0);
    expect(answer.headers).toMatchObject({ "x-should-retry": "false", "x-recloser-breaker": "open" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    const { error } = JSON.parse(answer.body) as { error: Record<string, unknown> };
    expect(error["message"]).toMatch(/^\[circuit_open\] circuit /);
    const ofGemini = { code: 503, status: "UNAVAILABLE" };
    expect(error).toMatchObject(format === "gemini" ? ofGemini : { code: "circuit_open", reason: "override" });
  });

  test("take the status that the caller asks for", async () => {
    const headers = { "x-recloser-open-status": "418", "user-agent": "langchainjs-openai/1.0" };
    const answer = await sendRaw(gateway.url, post(PATHS.openai, { model: "m" }, headers));
    expect([answer.status, answer.headers["retry-after"]]).toEqual([418, undefined]);
  });
});

test("A hold is a 429 that says when it ends", async () => {
  await using provider = await simulatedProvider({ fault: { kind: "rate-limit", retryAfter: 7 } });
  await using held = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
  const request = post("/v1/chat/completions", { model: "gpt-5", messages });
  expect((await sendRaw(held.url, request)).headers["x-recloser-target"]).toBe("one");
  const answer = await sendRaw(held.url, request);
  expect([answer.status, provider.requests.length]).toEqual([429, 1]);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "circuit_open", reason: "rate-limited" } });
});
