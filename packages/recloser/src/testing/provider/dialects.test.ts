import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { manualClock } from "../manual-clock.ts";
import type { ManualClock } from "../manual-clock.ts";
import { simulatedProvider } from "./index.ts";
import type { DialectName, Fault, SimulatedProvider } from "./index.ts";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const MODEL = "some-model";
const said = [{ role: "user", content: "hi" }];
const contents = [{ role: "user", parts: [{ text: "hi" }] }];
const ANTHROPIC = { model: MODEL, max_tokens: 50, messages: said };
const CHAT = { model: MODEL, messages: said };
const GEMINI = "/v1beta/models/some-model";

let clock: ManualClock;
let provider: SimulatedProvider;

async function start(dialect: DialectName, fault: Fault | null = null): Promise<void> {
  provider = await simulatedProvider({ dialect, clock, fault, answerTokens: 3 });
}

beforeEach(() => {
  clock = manualClock({ startMs: START_MS });
});
afterEach(() => provider.close());

function post(path: string, body: unknown): Promise<Response> {
  return fetch(provider.url + path, { method: "POST", body: JSON.stringify(body) });
}

async function textOf(path: string, body: unknown): Promise<string> {
  return (await post(path, body)).text();
}

async function documentOf(path: string, body: unknown): Promise<unknown> {
  return (await post(path, body)).json();
}

describe("A client's base URL", () => {
  test.each<[DialectName, string]>([
    ["openai", "/v1"],
    ["anthropic", ""],
    ["gemini", ""],
    ["ollama", ""],
  ])("for %s ends in %j", async (dialect, path) => {
    await start(dialect);
    expect(provider.baseUrl).toBe(provider.url + path);
  });
});

describe("A request that is wrong", () => {
  test.each<[string, object, string]>([
    ["no object", [], "JSON object"],
    ["no model", { ...ANTHROPIC, model: undefined }, "model: field required"],
    ["no max_tokens", { ...ANTHROPIC, max_tokens: undefined }, "max_tokens: field required"],
    ["max_tokens of 0", { ...ANTHROPIC, max_tokens: 0 }, "max_tokens"],
    ["no messages", { ...ANTHROPIC, messages: undefined }, "messages: field required"],
    ["no message", { ...ANTHROPIC, messages: [] }, "at least one message"],
    ["messages that are a text", { ...ANTHROPIC, messages: "hi" }, "messages: must be a list"],
    ["an unknown role", { ...ANTHROPIC, messages: [{ role: "tool", content: "hi" }] }, "messages.0.role"],
    ["no content", { ...ANTHROPIC, messages: [...said, { role: "assistant" }] }, "messages.1.content: field required"],
    ["empty content", { ...ANTHROPIC, messages: [{ role: "user", content: "" }] }, "must not be empty"],
    ["a number for content", { ...ANTHROPIC, messages: [{ role: "user", content: 4 }] }, "messages.0.content"],
    ["a stream that is no boolean", { ...ANTHROPIC, stream: "yes" }, "stream"],
  ])("for %s is Anthropic's invalid_request_error", async (_, body, words) => {
    await start("anthropic");
    const response = await post("/v1/messages", body);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining(words) },
      request_id: response.headers.get("request-id"),
    });
    expect(provider.requests.at(-1)?.outcome).toBe("refused");
  });

  test.each<[string, object, string]>([
    ["no contents", {}, "contents"],
    ["an empty list", { contents: [] }, "contents"],
    ["an unknown role", { contents: [{ role: "system", parts: [{ text: "hi" }] }] }, "contents[0].role"],
    ["no parts", { contents: [...contents, { role: "user" }] }, "contents[1].parts"],
    [
      "a limit below one",
      { contents, generationConfig: { maxOutputTokens: -1 } },
      "generation_config.max_output_tokens",
    ],
  ])("for %s is Google's INVALID_ARGUMENT, naming the field", async (_, body, field) => {
    await start("gemini");
    const response = await post(`${GEMINI}:generateContent`, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field }] }],
      },
    });
  });

  test.each<[string, string, object, string]>([
    ["no model", "/api/chat", { messages: said }, "model is required"],
    ["a stream that is no boolean", "/api/chat", { ...CHAT, stream: "yes" }, "stream"],
    ["messages that are a text", "/api/chat", { ...CHAT, messages: "hi" }, "messages"],
    ["a prompt that is none", "/api/generate", { model: MODEL, prompt: 4 }, "prompt"],
    ["half a token", "/api/generate", { model: MODEL, prompt: "hi", options: { num_predict: 0.5 } }, "num_predict"],
  ])("for %s is an error of Ollama's at %s", async (_, path, body, words) => {
    await start("ollama");
    const response = await post(path, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining(words) });
  });

  test("is told in OpenAI's way under Ollama's /v1", async () => {
    await start("ollama");
    expect(await documentOf("/v1/chat/completions", { model: MODEL })).toMatchObject({
      error: { type: "invalid_request_error", param: null, code: null },
    });
  });

  test("may spell Google's fields as its protocol does, and leave out a list of one", async () => {
    await start("gemini");
    const body = { contents: { parts: { text: "hi" } }, generation_config: { max_output_tokens: 2 } };
    expect(await documentOf(`${GEMINI}:generateContent`, body)).toMatchObject({
      candidates: [{ finishReason: "MAX_TOKENS" }],
      usageMetadata: { candidatesTokenCount: 2 },
    });
  });

  test.each<[DialectName, string]>([
    ["openai", '"type":"invalid_request_error"'],
    ["anthropic", '"type":"request_too_large"'],
    ["gemini", '"code": 413'],
    ["ollama", '{"error":"'],
  ])("for its size is 413 with %s", async (dialect, words) => {
    await start(dialect);
    const paths = {
      openai: "/v1/responses",
      anthropic: "/v1/messages",
      gemini: `${GEMINI}:countTokens`,
      ollama: "/api/chat",
    };
    const response = await post(paths[dialect], { input: "x".repeat(1_048_576) });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain(words);
  });

  test.each<[DialectName, string, string]>([
    ["anthropic", '"type":"not_found_error"', '"type":"invalid_request_error"'],
    ["gemini", '"status": "NOT_FOUND"', '"code": 405'],
    ["ollama", "404 page not found", "405 method not allowed"],
  ])("for a path or a method that is not there is refused by %s in its way", async (dialect, path, method) => {
    await start(dialect);
    const lost = await post("/nowhere", {});
    expect([lost.status, await lost.text()]).toEqual([404, expect.stringContaining(path)]);
    const listings = { anthropic: "/v1/models", gemini: "/v1beta/models", ollama: "/api/tags", openai: "/v1/models" };
    const wrong = await post(listings[dialect], {});
    expect([wrong.status, wrong.headers.get("allow"), await wrong.text()]).toEqual([
      405,
      "GET",
      expect.stringContaining(method),
    ]);
  });
});

describe("Anthropic's errors", () => {
  test.each<[Fault, number, string, string]>([
    [{ kind: "status", status: 500 }, 500, "api_error", "true"],
    [{ kind: "status", status: 503 }, 503, "overloaded_error", "true"],
    [{ kind: "status", status: 504 }, 504, "timeout_error", "true"],
    [{ kind: "status", status: 529 }, 529, "overloaded_error", "true"],
    [{ kind: "status", status: 402 }, 402, "billing_error", "false"],
    [{ kind: "status", status: 403 }, 403, "permission_error", "false"],
    [{ kind: "status", status: 404 }, 404, "not_found_error", "false"],
    [{ kind: "status", status: 413 }, 413, "request_too_large", "false"],
    [{ kind: "rate-limit" }, 429, "rate_limit_error", "true"],
    [{ kind: "quota" }, 400, "invalid_request_error", "false"],
    [{ kind: "auth" }, 401, "authentication_error", "false"],
    [{ kind: "bad-request" }, 400, "invalid_request_error", "false"],
  ])("for %j are %i and of type %s", async (fault, status, type, retry) => {
    await start("anthropic", fault);
    const response = await post("/v1/messages", ANTHROPIC);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-should-retry")).toBe(retry);
    expect([...response.headers.keys()].filter((name) => name.startsWith("anthropic-ratelimit"))).toEqual([]);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type, message: expect.any(String) },
      request_id: "req_simulated_1",
    });
  });

  test("for a limit tell of every bucket what is left and when it is full, by the clock of the answer", async () => {
    await start("anthropic", { kind: "rate-limit", limited: "tokens", resetMs: 29_001, retryAfter: 30 });
    const { headers } = await post("/v1/messages", ANTHROPIC);
    expect(headers.get("date")).toBe("Fri, 02 Jan 2026 03:04:05 GMT");
    const reset = "2026-01-02T03:04:35Z";
    const now = "2026-01-02T03:04:05Z";
    expect(Object.fromEntries([...headers].filter(([name]) => /ratelimit|retry-after/.test(name)))).toEqual({
      "retry-after": "30",
      "anthropic-ratelimit-requests-limit": "4000",
      "anthropic-ratelimit-requests-remaining": "4000",
      "anthropic-ratelimit-requests-reset": now,
      "anthropic-ratelimit-input-tokens-limit": "200000",
      "anthropic-ratelimit-input-tokens-remaining": "0",
      "anthropic-ratelimit-input-tokens-reset": reset,
      "anthropic-ratelimit-output-tokens-limit": "80000",
      "anthropic-ratelimit-output-tokens-remaining": "80000",
      "anthropic-ratelimit-output-tokens-reset": now,
      "anthropic-ratelimit-tokens-limit": "280000",
      "anthropic-ratelimit-tokens-remaining": "80000",
      "anthropic-ratelimit-tokens-reset": now,
    });
  });
});

describe("Gemini's errors", () => {
  const ask = (): Promise<unknown> => documentOf(`${GEMINI}:generateContent`, { contents });
  const rpc = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

  test.each<[Fault, number, string]>([
    [{ kind: "status", status: 500 }, 500, "INTERNAL"],
    [{ kind: "status", status: 503 }, 503, "UNAVAILABLE"],
    [{ kind: "status", status: 504 }, 504, "DEADLINE_EXCEEDED"],
    [{ kind: "status", status: 401 }, 401, "UNAUTHENTICATED"],
    [{ kind: "status", status: 403 }, 403, "PERMISSION_DENIED"],
    [{ kind: "status", status: 404 }, 404, "NOT_FOUND"],
    [{ kind: "status", status: 422 }, 422, "INVALID_ARGUMENT"],
    [{ kind: "status", status: 599 }, 599, "UNKNOWN"],
    [{ kind: "rate-limit" }, 429, "RESOURCE_EXHAUSTED"],
    [{ kind: "bad-request" }, 400, "INVALID_ARGUMENT"],
  ])("for %j are %i %s without details", async (fault, code, status) => {
    await start("gemini", fault);
    expect(await ask()).toEqual({ error: { code, status, message: expect.any(String) } });
  });

  test("for a key that is none are an invalid argument with the reason", async () => {
    await start("gemini", { kind: "auth" });
    expect(await ask()).toMatchObject({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        details: [{ "@type": rpc("ErrorInfo"), reason: "API_KEY_INVALID" }],
      },
    });
  });

  test.each([
    ["requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"],
    ["tokens", "GenerateContentInputTokensPerModelPerMinute-FreeTier"],
  ] as const)("for a limit on %s name the quota and the wait in the body", async (limited, quotaId) => {
    await start("gemini", { kind: "rate-limit", limited, resetMs: 1_500 });
    expect(await ask()).toMatchObject({
      error: {
        message: expect.stringContaining("retry in 1.5s"),
        details: [
          { "@type": rpc("QuotaFailure"), violations: [{ quotaId, quotaDimensions: { model: MODEL } }] },
          { "@type": rpc("RetryInfo"), retryDelay: "1.5s" },
        ],
      },
    });
  });

  test("for a quota of the day come with a wait of seconds that brings nothing", async () => {
    await start("gemini", { kind: "quota" });
    expect(await ask()).toMatchObject({
      error: {
        code: 429,
        details: [
          { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] },
          { retryDelay: "34s" },
        ],
      },
    });
  });

  test("say a Retry-After in the body, too, where Google's client keeps it", async () => {
    await start("gemini", { kind: "status", status: 503, retryAfter: 2 });
    const response = await post(`${GEMINI}:generateContent`, { contents });
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ error: { details: [{ retryDelay: "2s" }] } });
  });

  test("come in an array to who asked for one", async () => {
    await start("gemini", { kind: "status", status: 500 });
    expect(await documentOf(`${GEMINI}:streamGenerateContent`, { contents })).toMatchObject([{ error: { code: 500 } }]);
    expect(await documentOf(`${GEMINI}:streamGenerateContent?alt=sse`, { contents })).toMatchObject({
      error: { code: 500 },
    });
  });
});

describe("Ollama's errors", () => {
  test.each<[Fault, number, string, string]>([
    [{ kind: "status", status: 500 }, 500, "running the model", "api_error"],
    [{ kind: "status", status: 503 }, 503, "server busy", "api_error"],
    [{ kind: "status", status: 404 }, 404, "model 'some-model' not found", "not_found_error"],
    [{ kind: "rate-limit", limited: "requests" }, 429, "too many requests", "api_error"],
    [{ kind: "quota" }, 429, "usage limit", "api_error"],
    [{ kind: "auth" }, 401, "unauthorized", "api_error"],
    [{ kind: "bad-request" }, 400, "not valid", "invalid_request_error"],
  ])("for %j are %i, a sentence, and under /v1 a type", async (fault, status, words, type) => {
    await start("ollama", fault);
    const own = await post("/api/chat", CHAT);
    expect([own.status, await own.json()]).toEqual([status, { error: expect.stringContaining(words) }]);
    const other = await post("/v1/chat/completions", CHAT);
    expect(other.status).toBe(status);
    expect(await other.json()).toEqual({
      error: { message: expect.stringContaining(words), type, param: null, code: null },
    });
  });
});

describe("A stream", () => {
  const STREAMS: Readonly<Record<string, readonly [DialectName, string, object]>> = {
    messages: ["anthropic", "/v1/messages", { ...ANTHROPIC, stream: true }],
    sse: ["gemini", `${GEMINI}:streamGenerateContent?alt=sse`, { contents }],
    array: ["gemini", `${GEMINI}:streamGenerateContent`, { contents }],
    chat: ["ollama", "/api/chat", CHAT],
    generate: ["ollama", "/api/generate", { model: MODEL, prompt: "hi" }],
    v1: ["ollama", "/v1/chat/completions", { ...CHAT, stream: true }],
    responses: ["ollama", "/v1/responses", { model: MODEL, input: "hi", stream: true }],
  };
  const read = async (name: string, fault: Fault | null = null): Promise<string> => {
    const [dialect, path, body] = STREAMS[name] ?? ["openai", "", {}];
    await start(dialect, fault);
    return textOf(path, body);
  };
  const events = (text: string): (string | undefined)[] =>
    [...text.matchAll(/^event: (.*)$/gm)].map((found) => found[1]);

  test("of Anthropic's names each event as its data does, and its ping among them", async () => {
    const text = await read("messages");
    const delta = "content_block_delta";
    const named = ["message_start", "content_block_start", "ping", delta, delta, delta];
    expect(events(text)).toEqual([...named, "content_block_stop", "message_delta", "message_stop"]);
    const types = [...text.matchAll(/^data: (.*)$/gm)].map(
      (found) => (JSON.parse(found[1] ?? "") as { type: string }).type,
    );
    expect(types).toEqual(events(text));
  });

  test("of Gemini's is events or one array of the same chunks", async () => {
    const chunks = [...(await read("sse")).matchAll(/^data: (.*)$/gm)].map(
      (found) => JSON.parse(found[1] ?? "") as object,
    );
    expect(chunks).toHaveLength(4);
    expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: "STOP" }] });
    await provider.close();
    expect(JSON.parse(await read("array"))).toEqual(chunks);
  });

  test.each([
    ["messages", /message_delta|message_stop/, /message_stop/],
    ["sse", /finishReason/, null],
    ["array", /finishReason|\]\s*$/, /\n\]\n$/],
    ["chat", /"done":true/, null],
    ["generate", /"done":true/, null],
    ["v1", /"finish_reason":"stop"|\[DONE\]/, /\[DONE\]/],
    ["responses", /response\.completed/, null],
  ])("of %s lacks what it was told to", async (name, ending, marker) => {
    const whole = await read(name);
    expect(whole).toMatch(ending);
    await provider.setFault({ kind: "no-terminal-marker" });
    const [, path, body] = STREAMS[name] ?? ["openai", "", {}];
    expect(await textOf(path, body)).not.toMatch(ending);
    await provider.setFault({ kind: "no-terminal-marker", omit: "marker" });
    const unmarked = await textOf(path, body);
    expect(unmarked).toMatch(ending);
    const marked = [whole, unmarked].filter((text) => marker?.test(text) === true);
    expect(marked).toEqual(marker === null ? [] : [whole]);
  });

  test.each([
    ["messages", 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"'],
    ["sse", '\n\n{\n  "error": {\n    "code": 503,'],
    ["array", ',\r\n{\n  "error": {\n    "code": 503,'],
    ["chat", '\n{"error":"simulated: server busy'],
    ["generate", '\n{"error":"simulated: server busy'],
    [
      "v1",
      '"model":"","system_fingerprint":"fp_ollama","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}',
    ],
  ])("of %s breaks off in its own way", async (name, frame) => {
    const text = await read(name, { kind: "stream-error", error: "overloaded", afterChunks: 1 });
    expect(text).toContain(frame);
    expect(text).not.toMatch(/message_stop|finishReason|"done":true|\[DONE\]|\]\s*$/);
  });

  test("of an array that breaks off at once is closed by the marker, if that is wished for", async () => {
    const fault: Fault = { kind: "stream-error", afterChunks: 0, thenMarker: true };
    expect(JSON.parse(await read("array", fault))).toMatchObject([{ error: { status: "INTERNAL" } }]);
  });

  test("of responses on Ollama breaks off without a word", async () => {
    const text = await read("responses", { kind: "stream-error", afterChunks: 1 });
    expect(events(text).at(-1)).toBe("response.output_text.delta");
  });

  test("tells its first token late under latency, whatever its format", async () => {
    provider = await simulatedProvider({ dialect: "ollama", clock, latency: { firstToken: 300 }, answerTokens: 3 });
    const reading = textOf("/api/chat", CHAT);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { interval: 1 });
    await clock.advance(300);
    expect((await reading).trimEnd().split("\n")).toHaveLength(4);
  });
});

describe("Above the capacity", () => {
  test.each<[DialectName, string, object, RegExp]>([
    ["anthropic", "/v1/messages", ANTHROPIC, /rate_limit_error/],
    ["gemini", `${GEMINI}:generateContent`, { contents }, /RESOURCE_EXHAUSTED[^]*PerMinute[^]*"retryDelay": "1s"/],
    ["ollama", "/api/chat", CHAT, /too many requests/],
  ])("a request to %s is limited in its words, with a hint", async (dialect, path, body, words) => {
    provider = await simulatedProvider({ dialect, clock, capacity: { maxConcurrent: 1 }, fault: { kind: "hang" } });
    const leave = new AbortController();
    const first = fetch(provider.url + path, { method: "POST", body: JSON.stringify(body), signal: leave.signal });
    await vi.waitFor(() => expect(provider.stats().byOutcome.hang).toBe(1), { interval: 1 });
    const second = await post(path, body);
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await second.text()).toMatch(words);
    leave.abort();
    await expect(first).rejects.toThrow("aborted");
  });
});

describe("A request's id", () => {
  test.each<[DialectName, string, object, string | null]>([
    ["openai", "/v1/chat/completions", CHAT, "x-request-id"],
    ["anthropic", "/v1/messages", ANTHROPIC, "request-id"],
    ["gemini", `${GEMINI}:generateContent`, { contents }, null],
  ])("is told by %s with every answer, or with none", async (dialect, path, body, header) => {
    await start(dialect);
    const id = async (sent: object): Promise<string | null> =>
      (await post(path, sent)).headers.get(header ?? "x-request-id");
    const ids = [await id(body), await id({})];
    for (const fault of [{ kind: "status", status: 500 }, { kind: "ok-with-error" }] as const) {
      await provider.setFault(fault);
      ids.push(await id(body));
    }
    expect(ids).toEqual([1, 2, 3, 4].map((ordinal) => header && `req_simulated_${ordinal}`));
  });
});
