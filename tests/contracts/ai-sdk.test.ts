/** `breakerMiddleware` on the real AI SDK and its providers: what an open circuit, a failure, a wait and a leaving reader come to. */
import { getEventListeners } from "node:events";
import { CallTimeoutError, CircuitOpenError, StreamTruncatedError } from "recloser";
import type { Fault } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { until } from "../support/guarded-openai.ts";
import { failing } from "./guarded.ts";
import { guardedModel, KINDS } from "./guarded-ai-sdk.ts";
import type { GuardedModel, Kind } from "./guarded-ai-sdk.ts";
import { load } from "./sdks.ts";
import { untilLeft } from "./until-left.ts";

interface Wish {
  readonly abortSignal?: AbortSignal;
  readonly maxRetries?: number;
}

async function generate({ model }: GuardedModel, wish: Wish = {}): Promise<string> {
  const { generateText } = await load("ai");
  return (await generateText({ model, prompt: "hi", ...wish })).text;
}

interface Streamed {
  readonly types: readonly string[];
  /** Of its `error` part. */
  readonly error: unknown;
  readonly told: readonly unknown[];
}

/** Reads `fullStream` to its end. */
async function streamed({ model }: GuardedModel, wish: Wish = {}): Promise<Streamed> {
  const { streamText } = await load("ai");
  const told: unknown[] = [];
  const types: string[] = [];
  let error: unknown = null;
  const onError = (event: { error: unknown }): void => void told.push(event.error);
  for await (const part of streamText({ model, prompt: "hi", onError, ...wish }).fullStream) {
    types.push(part.type);
    if (part.type === "error") error = part.error;
  }
  return { types, error, told };
}

/** Rejects with what a stream's reader gets, as a part or by itself. */
async function stream(guarded: GuardedModel, wish?: Wish): Promise<void> {
  const { error } = await streamed(guarded, wish);
  if (error instanceof Error) throw error;
}

const WAYS = KINDS.flatMap((kind) => [
  ["generateText", kind, generate] as const,
  ["streamText", kind, stream] as const,
]);
type Ask = (typeof WAYS)[number][2];

function countedOnce({ breaker }: GuardedModel, kind: string): void {
  expect(breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, failures: 1, byKind: { [kind]: 1 } } });
}

describe("With its circuit open", () => {
  test.each(WAYS)("%s of %s gives the rejection itself, at once and without a request", async (_, kind, ask: Ask) => {
    const guarded = await guardedModel(kind, { retry: {} });
    await guarded.breaker.forceOpen({ by: "test", reason: "to see" });
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { error, afterMs } = await failing(ask(guarded)); // the SDK's own retries are as they are by default
      expect(error).toBeInstanceOf(CircuitOpenError);
      times.push(afterMs);
    }
    expect(Math.min(...times)).toBeLessThan(20);
    expect(guarded.provider.requests).toEqual([]);
  });

  test.each(KINDS)("streamText of %s tells onError and an error part", async (kind) => {
    const guarded = await guardedModel(kind);
    await guarded.breaker.forceOpen({ by: "test", reason: "to see" });
    const { types, error, told } = await streamed(guarded);
    expect(types).toEqual(["start", "error"]);
    expect(told).toEqual([error]);
    expect(CircuitOpenError.from(error)?.reason).toBe("override");
  });

  test("it was opened by what the model's calls came to", async () => {
    const guarded = await guardedModel("openai.chat", { fault: { kind: "status", status: 503 } });
    for (let i = 0; i < 3; i++) await failing(generate(guarded, { maxRetries: 0 }));
    expect(guarded.breaker.state).toBe("open");
    expect((await failing(generate(guarded))).error).toBeInstanceOf(CircuitOpenError);
    expect(guarded.provider.requests).toHaveLength(3);
  });
});

describe("With its circuit closed", () => {
  test.each(WAYS)("%s of %s answers, and counts a success", async (_, kind, ask: Ask) => {
    const guarded = await guardedModel(kind);
    await ask(guarded);
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1 } });
  });

  test.each(WAYS)("%s of %s gives the SDK's error", async (_, kind, ask: Ask) => {
    const { APICallError } = await load("ai");
    const guarded = await guardedModel(kind, { fault: { kind: "bad-request" } });
    const { error } = await failing(ask(guarded));
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 400 });
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
  });
});

describe("A call that hangs", () => {
  test.each(WAYS)("in %s of %s ends at our deadline, once", async (_, kind, ask: Ask) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang" }, policy: { timeouts: { total: 50 } } });
    expect((await failing(ask(guarded))).error).toBeInstanceOf(CallTimeoutError);
    countedOnce(guarded, "timeout");
    await untilLeft(guarded.provider);
  });

  test.each(KINDS)("amid a stream of %s ends at our deadline", async (kind) => {
    const guarded = await guardedModel(kind, {
      fault: { kind: "hang-mid-stream" },
      policy: { timeouts: { idle: 50 } },
    });
    expect((await failing(stream(guarded))).error).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "idle" });
    countedOnce(guarded, "timeout");
    await untilLeft(guarded.provider);
  });
});

describe("A caller who gives up", () => {
  test.each(KINDS)("generateText of %s gets the reason, and it counts for nothing", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang" } });
    const caller = new AbortController();
    const ended = failing(generate(guarded, { abortSignal: caller.signal }));
    await until(() => guarded.provider.requests.length === 1, "the request");
    caller.abort();
    expect((await ended).error).toMatchObject({ name: "AbortError" });
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
    await untilLeft(guarded.provider);
  });

  test.each(KINDS)("a stream of %s ends with an abort part, and it counts for nothing", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang" } });
    const caller = new AbortController();
    const ended = streamed(guarded, { abortSignal: caller.signal });
    await until(() => guarded.provider.requests.length === 1, "the request");
    caller.abort();
    expect((await ended).types.at(-1)).toBe("abort");
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
    await untilLeft(guarded.provider);
  });

  test.each(KINDS)("amid a stream of %s closes the connection", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang-mid-stream" } });
    const caller = new AbortController();
    const ended = streamed(guarded, { abortSignal: caller.signal });
    await until(() => guarded.breaker.snapshot().window.successes === 1, "the first content");
    caller.abort();
    expect((await ended).types.at(-1)).toBe("abort");
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { failures: 0 } });
    await untilLeft(guarded.provider);
  });

  test.each(KINDS)("generateText of %s by AbortSignal.timeout found the provider slow", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang" } });
    const { error } = await failing(generate(guarded, { abortSignal: AbortSignal.timeout(50) }));
    expect(error).toMatchObject({ name: "TimeoutError" });
    countedOnce(guarded, "timeout");
  });

  test.each(KINDS)("of %s has no listener of ours left on a signal that lives on", async (kind) => {
    const guarded = await guardedModel(kind);
    const { signal } = new AbortController();
    const { doGenerate, doStream } = guarded.model as unknown as Record<string, (params: object) => Promise<object>>;
    const prompt = [{ role: "user", content: [{ type: "text", text: "hi" }] }];
    await doGenerate?.({ prompt, abortSignal: signal });
    const given = (await doStream?.({ prompt, abortSignal: signal })) as { stream: ReadableStream };
    for await (const part of given.stream) void part;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("A stream", () => {
  test.each(KINDS)("of %s that lacks its end is cut off, though the SDK makes up a finish", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "no-terminal-marker" } });
    expect((await failing(stream(guarded))).error).toBeInstanceOf(StreamTruncatedError);
    countedOnce(guarded, "stream-error");
  });

  test("may end without a reason where none is needed", async () => {
    const fault: Fault = { kind: "no-terminal-marker" };
    const guarded = await guardedModel("openai.chat", { fault, finishReason: "optional" });
    expect((await streamed(guarded)).types.at(-1)).toBe("finish");
    expect(guarded.breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
  });

  test.each(KINDS)("of %s with an error part is a failure, though it goes on to its end", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "stream-error" } });
    const { types, told } = await streamed(guarded);
    expect(types.at(-1)).toBe("finish");
    expect(told).toHaveLength(1);
    countedOnce(guarded, "stream-error");
  });

  test.each(KINDS)("of %s that breaks is a failure", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "cut-stream" } });
    expect((await failing(stream(guarded))).error).toMatchObject({ name: "AI_APICallError" });
    countedOnce(guarded, "stream-error");
  });

  test.each(KINDS)("of %s that was asked for and is a page is a failure", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "html", status: 200 } });
    expect((await failing(stream(guarded))).error).toBeInstanceOf(StreamTruncatedError);
    countedOnce(guarded, "stream-error");
  });

  test.each(KINDS)("of %s that is cancelled closes the connection", async (kind) => {
    const guarded = await guardedModel(kind, { fault: { kind: "hang-mid-stream" } });
    const { doStream } = guarded.model as unknown as Record<string, (params: object) => Promise<object>>;
    const prompt = [{ role: "user", content: [{ type: "text", text: "hi" }] }];
    const given = (await doStream?.({ prompt })) as { stream: ReadableStream<{ type: string }> };
    for await (const part of given.stream) if (part.type === "text-delta") break;
    expect(guarded.breaker.snapshot().inFlight).toBe(0);
    await untilLeft(guarded.provider);
  });

  test.each(KINDS)("of %s whose reader breaks off frees its place when the answer ends", async (kind) => {
    const guarded = await guardedModel(kind);
    const { streamText } = await load("ai");
    for await (const part of streamText({ model: guarded.model, prompt: "hi" }).fullStream)
      if (part.type === "text-delta") break; // the SDK keeps that to itself
    await until(() => guarded.breaker.snapshot().inFlight === 0, "the call over");
    expect(guarded.breaker.snapshot().window).toMatchObject({ calls: 1, successes: 1 });
  });
});

describe("Retries", () => {
  const down: Fault = { kind: "status", status: 500 };
  const soon = { retry: { initial: 1 }, fault: down, policy: { failureThreshold: 9 } } as const;

  test.each(WAYS)("are ours: %s of %s asks three times, the SDK not again", async (_, kind: Kind, ask: Ask) => {
    const { APICallError } = await load("ai");
    const guarded = await guardedModel(kind, soon);
    const { error } = await failing(ask(guarded));
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode: 500, isRetryable: false });
    expect(guarded.provider.requests).toHaveLength(3);
    expect(guarded.breaker.snapshot()).toMatchObject({ inFlight: 0, window: { calls: 3, failures: 3 } });
  });

  test.each(WAYS)("of ours switched off, %s of %s has those of the SDK", async (_, kind: Kind, ask: Ask) => {
    const guarded = await guardedModel(kind, { ...soon, retry: false });
    await failing(ask(guarded, { maxRetries: 0 }));
    expect(guarded.provider.requests).toHaveLength(1);
    const retryAfter: Fault = { kind: "status", status: 503, retryAfter: "0.001" };
    await guarded.provider.setFault(retryAfter);
    const { error } = await failing(ask(guarded, { maxRetries: 1 }));
    expect(error).toMatchObject({ name: "AI_RetryError", lastError: { isRetryable: true } });
  });

  test("end with the answer, where one comes", async () => {
    const guarded = await guardedModel("openai.chat", soon);
    const answer = generate(guarded);
    await until(() => guarded.provider.requests.length === 1, "the first request");
    await guarded.provider.setFault(null);
    expect(await answer).toMatch(/simulated/);
  });
});
