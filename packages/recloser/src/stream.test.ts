import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { HandFedSource } from "../../../tests/support/hand-fed-source.ts";
import type { Breaker } from "./api.ts";
import { CallTimeoutError, CircuitOpenError, StreamTruncatedError } from "./errors.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker } from "./recloser.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";

const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", onUnhandled));
afterAll(() => void process.off("unhandledRejection", onUnhandled));
afterEach(() => assert.deepEqual(unhandled, []));

function setUp(options: PolicyOptions = {}): { clock: ManualClock; breaker: Breaker; source: HandFedSource } {
  const clock = manualClock();
  return { clock, source: new HandFedSource(), breaker: createBreaker({ clock, failureThreshold: 1, ...options }) };
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

const counts = (breaker: Breaker): [number, number, number] => {
  const { window, inFlight } = breaker.snapshot();
  return [window.successes, window.failures, inFlight];
};

describe("a guarded stream", () => {
  it("makes its call at the first read, passes each chunk on as it comes, and asks for no more than is read", async () => {
    const { clock, breaker, source } = setUp();
    let calls = 0;
    const stream = breaker.stream(() => {
      calls++;
      return source;
    });
    const reader = stream[Symbol.asyncIterator]();
    await clock.advance(0);
    expect(calls).toBe(0);
    const first = reader.next();
    await clock.advance(0);
    source.gives("a");
    expect(await first).toEqual({ done: false, value: "a" });
    await clock.advance(0);
    expect([calls, source.pulls]).toEqual([1, 1]);
    expect(counts(breaker)).toEqual([1, 0, 1]);
    const end = reader.next();
    await clock.advance(0);
    source.ends();
    expect(await end).toEqual({ done: true, value: undefined });
    expect(counts(breaker)).toEqual([1, 0, 0]);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("makes a new call for each iteration", async () => {
    const { breaker } = setUp();
    let calls = 0;
    const stream = breaker.stream(async function* () {
      yield ++calls;
    });
    for (let i = 1; i <= 3; i++) for await (const chunk of stream) expect(chunk).toBe(i);
  });

  it("answers pulls in order, however many are made at once", async () => {
    const { breaker } = setUp();
    const stream = breaker.stream(async function* () {
      yield* [1, 2, 3];
    });
    const reader = stream[Symbol.asyncIterator]();
    const results = await Promise.all([reader.next(), reader.next(), reader.next(), reader.next(), reader.next()]);
    expect(results.map(({ value }) => value as number | undefined)).toEqual([1, 2, 3, undefined, undefined]);
  });

  it("rethrows the very object the source threw, and is over then", async () => {
    const { clock, breaker, source } = setUp();
    const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
    const error = Object.assign(new Error("cut"), { code: "ECONNRESET" });
    const pulled = reader.next();
    await clock.advance(0);
    source.fails(error);
    await expect(pulled).rejects.toBe(error);
    expect(breaker.state).toBe("open");
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("rejects the first read while the circuit is open, and makes no call", async () => {
    const { breaker } = setUp();
    await breaker.forceOpen({ by: "ops", reason: "drill" });
    let calls = 0;
    const stream = breaker.stream(() => {
      calls++;
      return new HandFedSource();
    });
    const reader = stream[Symbol.asyncIterator]();
    await expect(reader.next()).rejects.toBeInstanceOf(CircuitOpenError);
    expect(calls).toBe(0);
  });
});

describe("a consumer that stops", () => {
  it("by a break ends the call without a verdict, closes the source and aborts the work", async () => {
    const { clock, breaker } = setUp();
    let closed = false;
    let signal: AbortSignal | undefined;
    const stream = breaker.stream(async function* (context) {
      ({ signal } = context);
      try {
        yield* [1, 2, 3];
      } finally {
        closed = true;
      }
    });
    for await (const _chunk of stream) break;
    await clock.advance(0); // nobody waits for the source to be closed
    expect([closed, signal?.aborted]).toEqual([true, true]);
    expect(counts(breaker)).toEqual([1, 0, 0]);
  });

  it("by return() during a read answers that read at once, though the source is silent", async () => {
    const { clock, breaker, source } = setUp();
    const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect([source.returns, ...counts(breaker)]).toEqual([1, 0, 0, 0]);
  });

  it("is not kept waiting by a source that hangs when it is closed", async () => {
    const { clock, breaker, source } = setUp();
    source.returnHangs = true;
    const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    source.gives("a");
    await pending;
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(counts(breaker)).toEqual([1, 0, 0]);
  });

  it("hears nothing of a source that throws or rejects when it is closed", async () => {
    for (const closing of [() => Promise.reject(new Error("close")), (): never => assert.fail("close")]) {
      const { clock, breaker, source } = setUp();
      source.return = closing;
      const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
      const pending = reader.next();
      await clock.advance(0);
      expect(await reader.return?.()).toEqual({ done: true, value: undefined });
      await pending;
      await clock.advance(0);
    }
  });

  it("before the first read makes no call", async () => {
    const { breaker } = setUp();
    const stream = breaker.stream((): HandFedSource => {
      throw new Error("called");
    });
    const reader = stream[Symbol.asyncIterator]();
    await reader.return?.();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("by throw() gets its own error back", async () => {
    const { breaker, source } = setUp();
    const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
    const error = new Error("mine");
    await expect(reader.throw?.(error)).rejects.toBe(error);
  });

  it("hears nothing of what the source does later", async () => {
    const { clock, breaker, source } = setUp();
    const reader = breaker.stream(() => source)[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    await reader.return?.();
    source.fails(new Error("late"));
    await pending;
    await clock.advance(0);
    expect(breaker.state).toBe("closed");
  });

  it("while the stream is still being opened has what is opened late closed", async () => {
    const { clock, breaker, source } = setUp();
    let open: (stream: HandFedSource) => void = () => {};
    const stream = breaker.stream(() => new Promise<HandFedSource>((resolve) => (open = resolve)));
    const reader = stream[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    await reader.return?.();
    open(source);
    await pending;
    await clock.advance(0);
    expect([source.returns, source.pulls]).toEqual([1, 0]);
  });
});

describe("a stream's deadlines", () => {
  it("end it when no first content comes, whatever else comes", async () => {
    const { clock, breaker, source } = setUp();
    const options = { firstToken: 1_000, isContent: (chunk: unknown) => chunk !== "" };
    const reader = breaker.stream(() => source, options)[Symbol.asyncIterator]();
    const ping = reader.next();
    await clock.advance(600);
    source.gives("");
    await ping;
    const pending = reader.next();
    const ended = thrownBy(pending);
    await clock.advance(400);
    expect(await ended).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "first-token" });
    expect(breaker.snapshot().lastFailure?.kind).toBe("timeout");
  });

  it("measure idleness only while the consumer waits: a slow reader is not a slow provider", async () => {
    const { clock, breaker, source } = setUp();
    const reader = breaker.stream(() => source, { idle: 1_000 })[Symbol.asyncIterator]();
    for (const chunk of ["a", "b", "c"]) {
      const pulled = reader.next();
      await clock.advance(900);
      source.gives(chunk);
      expect((await pulled).value).toBe(chunk);
      await clock.advance(60_000);
    }
    const pending = reader.next();
    const ended = thrownBy(pending);
    await clock.advance(1_000);
    expect(await ended).toMatchObject({ phase: "idle", afterMs: 1_000 });
  });

  it("to the first content are over when it has come", async () => {
    const { clock, breaker, source } = setUp();
    const reader = breaker.stream(() => source, { firstToken: 1_000 })[Symbol.asyncIterator]();
    for (const chunk of ["a", "b"]) {
      const pulled = reader.next();
      await clock.advance(900);
      source.gives(chunk);
      expect((await pulled).value).toBe(chunk);
    }
    expect(clock.sleeping).toBeLessThanOrEqual(1);
    await clock.advance(60_000);
    expect(counts(breaker)).toEqual([0, 0, 1]);
  });

  it("leave neither timer nor listener behind, also when the source never answers", async () => {
    const { clock, breaker, source } = setUp();
    const { signal } = new AbortController();
    const options = { signal, timeout: 5_000, firstToken: 1_000, idle: 1_000 };
    const reader = breaker.stream(() => source, options)[Symbol.asyncIterator]();
    const ended = thrownBy(reader.next());
    await clock.advance(30_000);
    expect(await ended).toBeInstanceOf(CallTimeoutError);
    expect([clock.sleeping, getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  });

  it("the caller's abort comes with the caller's reason, at once, and counts for nothing", async () => {
    const { clock, breaker, source } = setUp();
    const controller = new AbortController();
    const reader = breaker.stream(() => source, { signal: controller.signal })[Symbol.asyncIterator]();
    const pending = reader.next();
    await clock.advance(0);
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(counts(breaker)).toEqual([0, 0, 0]);
  });
});

describe("a stream cut short", () => {
  it("ends with an error where an end marker was promised and did not come", async () => {
    const { breaker } = setUp();
    const isEnd = (chunk: unknown): boolean => chunk === "[DONE]";
    const read = async (chunks: string[]): Promise<number> => {
      let seen = 0;
      const stream = breaker.stream(
        async function* () {
          yield* chunks;
        },
        { isEnd },
      );
      for await (const _chunk of stream) seen++;
      return seen;
    };
    expect(await read(["a", "[DONE]"])).toBe(2);
    await expect(read(["a"])).rejects.toBeInstanceOf(StreamTruncatedError);
    expect(breaker.state).toBe("open");
  });
});
