import OpenAI from "openai";
import { createRecloser } from "recloser";
import { createFetch } from "recloser/fetch";
import type { FetchOptions, RequestFacts } from "recloser/fetch";
import { expect, test } from "vitest";
import { plainServer } from "../support/plain-server.ts";

const post = (body: unknown): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
});

/** The breakers that a request leaves behind; nothing is sent anywhere. */
async function breakersAfter(url: string, init?: RequestInit, options: FetchOptions = {}): Promise<string[]> {
  const recloser = createRecloser();
  const response = await createFetch(recloser, { fetch: async () => new Response("{}"), ...options })(url, init);
  expect(response.status).toBe(200);
  const names = [...recloser.breakers()].map(({ name }) => name);
  await recloser.close();
  return names;
}

test.each([
  ["https://api.openai.com/v1/chat/completions", { model: "gpt-5" }, "openai:gpt-5"],
  ["https://eu.api.openai.com/v1/responses", { model: "gpt-5" }, "openai:gpt-5"],
  ["https://mine.openai.azure.com/openai/deployments/gpt-5-eu/chat/completions", {}, "azure-openai:gpt-5-eu"],
  ["https://api.anthropic.com/v1/messages", { model: "claude-x" }, "anthropic:claude-x"],
  ["https://generativelanguage.googleapis.com/v1beta/models/gemini-x:generateContent", {}, "gemini:gemini-x"],
  ["https://api.groq.com/openai/v1/chat/completions", { model: "llama" }, "groq:llama"],
  ["https://openrouter.ai/api/v1/chat/completions", { model: "meta/llama" }, "openrouter:meta%2Fllama"],
  ["https://bedrock-runtime.eu-west-1.amazonaws.com/model/anthropic.claude-x/invoke", {}, "bedrock:anthropic.claude-x"],
  ["http://localhost:11434/v1/chat/completions", { model: "llama" }, "ollama:llama"],
  ["http://10.0.0.5:8000/v1/chat/completions", { model: "mine" }, "10.0.0.5%3A8000:mine"],
  ["https://llm.example.com/v1/chat/completions", { model: "mine" }, "llm.example.com:mine"],
])("%s with %j is guarded by one breaker, %s", async (url, body, name) => {
  expect(await breakersAfter(url, post(body))).toEqual([name]);
});

test("A request without a model is its provider's", async () => {
  expect(await breakersAfter("https://api.openai.com/v1/models")).toEqual(["openai"]);
});

test.each(["", "not json", "[]", "null", '{"model":', '{"model":7}', '{"model":""}', '{"model":null}'])(
  "A body of %j names no model, and the request goes out",
  async (body) => {
    expect(await breakersAfter("https://api.openai.com/v1/chat/completions", post(body))).toEqual(["openai"]);
  },
);

test("A host that only looks like a provider's is not taken for it", async () => {
  expect(await breakersAfter("https://api.openai.com.evil.example/v1", post({ model: "m" }))).toEqual([
    "api.openai.com.evil.example:m",
  ]);
  expect(await breakersAfter("https://notopenai.com/v1", post({ model: "m" }))).toEqual(["notopenai.com:m"]);
});

test.each([
  ["over-long", "m".repeat(5_000)],
  ["over-long once it is escaped", ":".repeat(90)],
  ["made of lone surrogates", "\ud800".repeat(100)],
])("A model's name that is %s fails no request: the provider's breaker guards it", async (_, model) => {
  const { url, host, received } = await plainServer((response) => void response.end("{}"));
  const recloser = createRecloser();
  const client = new OpenAI({ baseURL: url, apiKey: "any", maxRetries: 0, fetch: createFetch(recloser) });
  expect(await client.chat.completions.create({ model, messages: [] })).toBeDefined();
  expect(received).toHaveLength(1);
  expect([...recloser.breakers()].map(({ name }) => name)).toEqual([host.replace(":", "%3A")]);
  await recloser.close();
});

test("Two models whose names look alike once escaped have two breakers", async () => {
  const recloser = createRecloser();
  const guarded = createFetch(recloser, { fetch: async () => new Response("{}") });
  for (const model of ["ft:gpt", "ft%3Agpt", "ft/gpt", "ft gpt"])
    await guarded("https://api.openai.com/v1", post({ model }));
  expect(new Set([...recloser.breakers()].map(({ name }) => name)).size).toBe(4);
  await recloser.close();
});

test("A key of one's own is taken as it is: a text, its parts, or a function of the request", async () => {
  const url = "https://api.openai.com/v1/chat/completions";
  const body = post({ model: "gpt-5" });
  expect(await breakersAfter(url, body, { key: "mine" })).toEqual(["mine"]);
  expect(await breakersAfter(url, body, { key: { provider: "p", region: "eu" } })).toEqual(["p/eu"]);
  let facts: RequestFacts | undefined;
  const key = (given: RequestFacts): string => {
    facts = given;
    return `${given.provider}!${given.model}`;
  };
  expect(await breakersAfter(url, { ...body, headers: { "x-tenant": "t" } }, { key })).toEqual(["openai!gpt-5"]);
  expect(facts).toMatchObject({ method: "POST", provider: "openai", model: "gpt-5" });
  expect(facts?.url.href).toBe(url);
  expect(facts?.headers.get("x-tenant")).toBe("t");
});
