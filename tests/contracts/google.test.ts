/** `guardGoogle` on the real client: what an open circuit, a failure, a wait and a reader who leaves come to. */
import { getEventListeners } from "node:events";
import type { GoogleGenAI } from "@google/genai";
import { CallTimeoutError, CircuitOpenError, InvalidOptionError, StreamTruncatedError } from "recloser";
import { guardGoogle } from "recloser/google";
import { describe, expect, test } from "vitest";
import { readAll, until } from "../support/guarded-openai.ts";
import { failing } from "./guarded.ts";
import { guardedGoogle, MODEL, QUESTION } from "./guarded-google.ts";
import type { GuardedGoogle } from "./guarded-google.ts";
import { load } from "./sdks.ts";
import { untilLeft } from "./until-left.ts";

type Ask = (ai: GoogleGenAI, abortSignal?: AbortSignal) => Promise<unknown>;

const config = (abortSignal?: AbortSignal): { config?: { abortSignal: AbortSignal } } =>
  abortSignal === undefined ? {} : { config: { abortSignal } };

const WHOLE: readonly (readonly [string, Ask])[] = [
  ["models.generateContent", (ai, signal) => ai.models.generateContent({ ...QUESTION, ...config(signal) })],
  [
    "chats.create().sendMessage",
    (ai, signal) => ai.chats.create({ model: MODEL }).sendMessage({ message: "hi", ...config(signal) }),
  ],
];
const STREAMED: readonly (readonly [string, Ask])[] = [
  [
    "models.generateContentStream",
    async (ai, signal) => readAll(await ai.models.generateContentStream({ ...QUESTION, ...config(signal) })),
  ],
  [
    "chats.create().sendMessageStream",
    async (ai, signal) =>
      readAll(await ai.chats.create({ model: MODEL }).sendMessageStream({ message: "hi", ...config(signal) })),
  ],
];
const EMBEDDED: readonly (readonly [string, Ask])[] = [
  ["models.embedContent", (ai, signal) => ai.models.embedContent({ ...QUESTION, ...config(signal) })],
];
const ASKS = [...WHOLE, ...STREAMED];

function countedOnce({ breaker }: GuardedGoogle, kind: string): void {
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 1, byKind: { [kind]: 1 } } });
}

describe("With its circuit open", () => {
  test.each([...ASKS, ...EMBEDDED])("%s throws the rejection itself, at once and without a request", async (_, ask) => {
    const { ai, breaker, provider } = await guardedGoogle({ httpOptions: { retryOptions: { attempts: 5 } } });
    await breaker.forceOpen({ by: "test", reason: "to see" });
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { error, afterMs } = await failing(ask(ai));
      expect(error).toBeInstanceOf(CircuitOpenError);
      times.push(afterMs);
    }
    expect(Math.min(...times)).toBeLessThan(20);
    expect(provider.requests).toEqual([]);
  });

  test("it was opened by what the client's calls came to", async () => {
    const { ai, breaker, provider } = await guardedGoogle({ fault: { kind: "status", status: 503 } });
    for (let i = 0; i < 3; i++) await failing(ai.models.generateContent(QUESTION));
    expect(breaker.state).toBe("open");
    expect((await failing(ai.models.generateContent(QUESTION))).error).toBeInstanceOf(CircuitOpenError);
    expect(provider.requests).toHaveLength(3);
  });
});

describe("A guarded client", () => {
  test("is the client it was, and leaves that one as it is", async () => {
    const { GoogleGenAI, Models, Chats, GenerateContentResponse } = await load("@google/genai");
    const { ai, plain, breaker } = await guardedGoogle();
    const own = { models: plain.models, chats: plain.chats };
    expect(ai).toBeInstanceOf(GoogleGenAI);
    expect(ai.models).toBeInstanceOf(Models);
    expect(ai.chats).toBeInstanceOf(Chats);
    expect(ai.models).toBe(ai.models);
    expect(ai.files).toBe(plain.files);
    expect(ai.interactions).toBe(plain.interactions);
    const answer = await ai.models.generateContent(QUESTION);
    expect(answer).toBeInstanceOf(GenerateContentResponse);
    expect(answer.text).toMatch(/simulated/);
    expect(answer.sdkHttpResponse?.headers?.["content-type"]).toMatch(/json/);
    expect({ models: plain.models, chats: plain.chats }).toEqual(own);
    await breaker.forceOpen({ by: "test", reason: "to see" });
    await plain.models.generateContent(QUESTION);
  });

  test("keeps a chat's history", async () => {
    const { ai } = await guardedGoogle();
    const chat = ai.chats.create({ model: MODEL });
    await chat.sendMessage({ message: "hi" });
    await readAll(await chat.sendMessageStream({ message: "and?" }));
    const history = chat.getHistory();
    expect(history.slice(0, 4).map(({ role }) => role)).toEqual(["user", "model", "user", "model"]);
    expect(history.slice(4).every(({ role }) => role === "model")).toBe(true); // one for each chunk
  });

  test("throws what the SDK throws", async () => {
    const { ApiError } = await load("@google/genai");
    const { ai } = await guardedGoogle({ fault: { kind: "bad-request" } });
    for (const [, ask] of ASKS) expect((await failing(ask(ai))).error).toBeInstanceOf(ApiError);
  });

  test("is made of a GoogleGenAI only", async () => {
    const { recloser } = await guardedGoogle();
    const models = { generateContent: () => {}, generateContentStream: () => {} };
    expect(() => guardGoogle({ models, chats: { create: () => {} } }, recloser)).toThrow(InvalidOptionError);
  });

  test("counts tokens whatever the circuit is", async () => {
    const { ai, breaker } = await guardedGoogle();
    await breaker.forceOpen({ by: "test", reason: "to see" });
    expect((await ai.models.countTokens(QUESTION)).totalTokens).toBeGreaterThan(0);
  });
});

describe("A call that hangs", () => {
  test.each(ASKS)("of %s ends at our deadline", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "hang" }, policy: { timeouts: { total: 50 } } });
    expect((await failing(ask(guarded.ai))).error).toBeInstanceOf(CallTimeoutError);
    countedOnce(guarded, "timeout");
    await untilLeft(guarded.provider);
  });

  test.each(STREAMED)("amid %s ends at our deadline", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "hang-mid-stream" }, policy: { timeouts: { idle: 50 } } });
    expect((await failing(ask(guarded.ai))).error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "idle" });
    countedOnce(guarded, "timeout");
    await untilLeft(guarded.provider);
  });

  test.each(ASKS)("of %s counts as one at the SDK's own limit, too", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "hang" }, httpOptions: { timeout: 50 } });
    expect((await failing(ask(guarded.ai))).error).toMatchObject({ name: "AbortError" });
    countedOnce(guarded, "timeout");
  });

  test("for its first content is not what `firstToken` limits in a whole answer", async () => {
    const { ai } = await guardedGoogle({
      fault: { kind: "slow-first-token", ms: 80 },
      policy: { timeouts: { firstToken: 40 } },
    });
    expect((await ai.models.generateContent(QUESTION)).text).not.toBe("");
    const { error } = await failing(ai.models.generateContentStream(QUESTION));
    expect(error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "first-token" });
  });
});

describe("A caller who gives up", () => {
  test.each(ASKS)("%s has the reason at once, and it counts for nothing", async (_, ask) => {
    const { ai, breaker, provider } = await guardedGoogle({ fault: { kind: "hang" } });
    const caller = new AbortController();
    const ended = failing(ask(ai, caller.signal));
    await until(() => provider.requests.length === 1, "the request");
    caller.abort(new Error("enough"));
    expect((await ended).error).toBe(caller.signal.reason);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
    expect(getEventListeners(caller.signal, "abort")).toEqual([]);
    await untilLeft(provider);
  });

  test.each(ASKS)("%s by AbortSignal.timeout found the provider slow", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "hang" } });
    expect((await failing(ask(guarded.ai, AbortSignal.timeout(50)))).error).toMatchObject({ name: "TimeoutError" });
    countedOnce(guarded, "timeout");
  });

  test("has no listener left on a signal that lives on", async () => {
    const { ai } = await guardedGoogle();
    const { signal } = new AbortController();
    for (const [, ask] of ASKS) await ask(ai, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("A stream", () => {
  test.each(STREAMED)("of %s that lacks its end is cut off", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "no-terminal-marker" } });
    expect((await failing(ask(guarded.ai))).error).toBeInstanceOf(StreamTruncatedError);
    countedOnce(guarded, "stream-error");
  });

  test.each(STREAMED)("of %s that breaks is a failure", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "cut-stream" } });
    expect((await failing(ask(guarded.ai))).error).toBeInstanceOf(TypeError);
    countedOnce(guarded, "stream-error");
  });

  test.each(STREAMED)("of %s that carries an error is a failure", async (_, ask) => {
    const guarded = await guardedGoogle({ fault: { kind: "stream-error" } });
    const { error } = await failing(ask(guarded.ai));
    expect(error).toBeInstanceOf(Error); // the SDK loses the provider's words where they stand on several lines
    countedOnce(guarded, "stream-error");
  });

  test("that its reader breaks off closes the connection and counts what it showed", async () => {
    const { ai, breaker, provider } = await guardedGoogle({ fault: { kind: "hang-mid-stream" } });
    for await (const chunk of await ai.models.generateContentStream(QUESTION)) if (chunk.text !== "") break;
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1 } });
    await untilLeft(provider);
  });

  test("that nobody reads ends by itself where it is short", async () => {
    const { ai, breaker } = await guardedGoogle();
    const stream = await ai.models.generateContentStream(QUESTION);
    await until(() => breaker.snapshot().inFlight === 0, "the call over");
    expect(breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
    expect(await readAll(stream)).not.toEqual([]);
  });
});

describe("A whole answer", () => {
  test("that is an error under status 200 comes as it came, and counts as a failure", async () => {
    const guarded = await guardedGoogle({ fault: { kind: "ok-with-error" } });
    expect((await guarded.ai.models.generateContent(QUESTION)).text).toBeUndefined();
    countedOnce(guarded, "stream-error");
  });

  test("that is a page gives the SDK's error, and counts as a failure", async () => {
    const guarded = await guardedGoogle({ fault: { kind: "html", status: 200 } });
    expect((await failing(guarded.ai.models.generateContent(QUESTION))).error).toBeInstanceOf(SyntaxError);
    countedOnce(guarded, "stream-error");
  });
});

describe("Retries", () => {
  const soon = { retry: { initial: 1 } };

  test.each(ASKS)("are ours: %s asks three times, and each is counted", async (_, ask) => {
    const { ai, breaker, provider } = await guardedGoogle({
      fault: { kind: "status", status: 500 },
      policy: { failureThreshold: 4 },
      httpOptions: { retryOptions: { attempts: 5, initialDelay: 0.001 } },
      ...soon,
    });
    await failing(ask(ai));
    expect(provider.requests).toHaveLength(3);
    expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 3, failures: 3 } });
  });

  test.each(ASKS)("stop at an open circuit: %s", async (_, ask) => {
    const { ai, provider } = await guardedGoogle({
      fault: { kind: "status", status: 500 },
      policy: { failureThreshold: 2 },
      ...soon,
    });
    // For longer than a hint is waited for: so the provider's own word is the last.
    expect((await failing(ask(ai))).error).toMatchObject({ name: "ApiError", status: 500 });
    expect(provider.requests).toHaveLength(2);
  });

  test.each(ASKS)("switched off, none is made, not even by the SDK: %s", async (_, ask) => {
    const retryOptions = { attempts: 5, initialDelay: 0.001 };
    const { ai, provider } = await guardedGoogle({
      fault: { kind: "status", status: 500 },
      httpOptions: { retryOptions },
    });
    await failing(ask(ai));
    expect(provider.requests).toHaveLength(1);
  });

  test("end with the answer, where one comes", async () => {
    const { ai, provider } = await guardedGoogle({ fault: { kind: "status", status: 500 }, ...soon });
    const answer = ai.models.generateContent(QUESTION);
    await until(() => provider.requests.length === 1, "the first request");
    await provider.setFault(null);
    expect((await answer).text).not.toBe("");
  });

  test("are not made once something has come", async () => {
    const { ai, provider } = await guardedGoogle({ fault: { kind: "cut-stream" }, ...soon });
    await failing(readAll(await ai.models.generateContentStream(QUESTION)));
    expect(provider.requests).toHaveLength(1);
  });
});
