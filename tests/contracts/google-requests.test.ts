/** What `guardGoogle` takes for a request of a model, and whose breaker it asks, where one call of the client makes several. */
import type { ServerResponse } from "node:http";
import type { CallableTool, GoogleGenAI } from "@google/genai";
import { CircuitOpenError, createRecloser } from "recloser";
import type { Breaker, Recloser } from "recloser";
import { guardGoogle } from "recloser/google";
import type { CallFacts, GuardGoogleOptions } from "recloser/google";
import { describe, expect, onTestFinished, test } from "vitest";
import { readAll, tripAtThree } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";
import type { PlainServer, Received } from "../support/plain-server.ts";
import { failing } from "./guarded.ts";
import { load } from "./sdks.ts";

const MODEL = "gemini-2.5-flash";
const said = (parts: object[], more: object = {}): object => ({
  candidates: [{ index: 0, content: { role: "model", parts }, finishReason: "STOP", ...more }],
});
const CALLS_TOOL = said([{ functionCall: { name: "weather", args: {} } }]);
const ANSWER = said([{ text: "It rains." }]);

interface Asked {
  readonly ai: GoogleGenAI;
  readonly recloser: Recloser;
  readonly breaker: Breaker;
  readonly provider: PlainServer;
}

/** Asks a provider that answers these documents, one a request; closed again when the test is over. */
async function asking(answers: readonly object[], options: GuardGoogleOptions = {}): Promise<Asked> {
  const { GoogleGenAI } = await load("@google/genai");
  let next = 0;
  const provider = await plainServer((response, { path }: Received) => write(response, path, answers[next++] ?? {}));
  const recloser = createRecloser({ defaults: tripAtThree });
  onTestFinished(() => recloser.close());
  const plain = new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl: provider.url } });
  const ai = guardGoogle(plain, recloser, { retry: false, ...options });
  return { ai, recloser, breaker: recloser.breaker({ provider: provider.host, model: MODEL }), provider };
}

function write(response: ServerResponse, path: string, document: object): void {
  const isStream = path.includes("alt=sse");
  response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
  response.end(isStream ? `data: ${JSON.stringify(document)}\n\n` : JSON.stringify(document));
}

const weather = (call: () => Promise<object[]>): CallableTool => ({
  tool: async () => ({ functionDeclarations: [{ name: "weather", description: "The weather." }] }),
  callTool: call,
});
const raining = weather(async () => [{ functionResponse: { name: "weather", response: { output: "rain" } } }]);

describe("A call with functions that are called automatically", () => {
  test("asks the breaker for each of its requests", async () => {
    const { ai, breaker, provider } = await asking([CALLS_TOOL, ANSWER]);
    const answer = await ai.models.generateContent({ model: MODEL, contents: "?", config: { tools: [raining] } });
    expect(answer.text).toBe("It rains.");
    expect(provider.received).toHaveLength(2);
    expect(breaker.snapshot().window).toMatchObject({ calls: 2, successes: 2 });
  });

  test("asks the breaker for each stream", async () => {
    const { ai, breaker } = await asking([CALLS_TOOL, ANSWER]);
    const config = { tools: [raining] };
    const chunks = await readAll(await ai.models.generateContentStream({ model: MODEL, contents: "?", config }));
    expect(chunks.at(-1)?.text).toBe("It rains.");
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 2, successes: 2 } });
  });

  test("is over when the circuit opens meanwhile, and runs no function again", async () => {
    let runs = 0;
    const { ai, breaker, provider } = await asking([CALLS_TOOL, ANSWER]);
    const tool = weather(async () => {
      runs++;
      await breaker.forceOpen({ by: "test", reason: "to see" });
      return [];
    });
    const asked = ai.models.generateContent({ model: MODEL, contents: "?", config: { tools: [tool] } });
    expect((await failing(asked)).error).toBeInstanceOf(CircuitOpenError);
    expect({ runs, requests: provider.received.length }).toEqual({ runs: 1, requests: 1 });
  });

  test("does not count a function that throws", async () => {
    const { ai, breaker } = await asking([CALLS_TOOL]);
    const broken = new Error("no such town");
    const config = { tools: [weather(() => Promise.reject(broken))] };
    const { error } = await failing(ai.models.generateContent({ model: MODEL, contents: "?", config }));
    expect(error).toBe(broken);
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1, failures: 0 });
  });
});

test("An answer that is continued asks the breaker for each piece", async () => {
  const piece = said([{ text: "It " }], { finishReason: "CONTINUATION", continuationToken: "more" });
  const { ai, breaker, provider } = await asking([piece, said([{ text: "rains." }])]);
  await ai.models.generateContent({ model: MODEL, contents: "?" });
  expect(breaker.snapshot().window).toMatchObject({ calls: provider.received.length, failures: 0 });
});

test("Embeddings are guarded", async () => {
  const { ai, breaker } = await asking([{ embeddings: [{ values: [1, 2] }] }]);
  const { embeddings } = await ai.models.embedContent({ model: MODEL, contents: "hi" });
  expect(embeddings?.[0]?.values).toEqual([1, 2]);
  expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
});

test("A prompt that is blocked is no failure, and no success", async () => {
  const { ai, breaker } = await asking([{ promptFeedback: { blockReason: "SAFETY" } }]);
  const { promptFeedback } = await ai.models.generateContent({ model: MODEL, contents: "?" });
  expect(promptFeedback?.blockReason).toBe("SAFETY");
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
});

describe("The key of a request", () => {
  const facts: CallFacts[] = [];

  test("is the provider and the model that it names", async () => {
    const { ai, recloser } = await asking([ANSWER, ANSWER, ANSWER], {
      key: (call) => {
        facts.push(call);
        return call.model ?? "none";
      },
    });
    const models = [MODEL, "models/gemini-2.5-pro", "tunedModels/mine-17"];
    for (const model of models) await ai.models.generateContent({ model, contents: "?" });
    expect(facts.map(({ model }) => model)).toEqual([MODEL, "gemini-2.5-pro", "mine-17"]);
    expect([...recloser.breakers()].map(({ name }) => name)).toContain("mine-17");
  });

  test("goes by the host of the base URL", async () => {
    const { GoogleGenAI } = await load("@google/genai");
    const recloser = createRecloser();
    onTestFinished(() => recloser.close());
    const providers: string[] = [];
    const fetch = async (): Promise<Response> => Response.json(ANSWER);
    const key = ({ provider }: CallFacts): string => {
      providers.push(provider);
      return provider;
    };
    const gemini = guardGoogle(new GoogleGenAI({ apiKey: "test", httpOptions: { fetch } }), recloser, { key });
    const vertex = guardGoogle(new GoogleGenAI({ vertexai: true, apiKey: "test", httpOptions: { fetch } }), recloser, {
      key,
    });
    for (const ai of [gemini, vertex]) await ai.models.generateContent({ model: MODEL, contents: "?" });
    const config = { httpOptions: { baseUrl: "http://127.0.0.1:9" } };
    await gemini.models.generateContent({ model: MODEL, contents: "?", config });
    expect(providers).toEqual(["gemini", "vertex", "127.0.0.1:9"]);
  });
});
