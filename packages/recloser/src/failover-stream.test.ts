import { describe, expect, expectTypeOf, it } from "vitest";
import { caught, FailoverRig, NOTHING } from "../../../tests/support/failover-rig.ts";
import { HandFedSource } from "../../../tests/support/hand-fed-source.ts";
import { Failure } from "../../../tests/support/retry-rig.ts";
import { AllRoutesFailedError } from "./failover-error.ts";
import { failoverStream } from "./failover-stream.ts";
import { intakeOf } from "./intake.ts";
import { outcomeOf } from "./outcome.ts";
import type { StreamInspector } from "./streams/inspector.ts";

async function* giving<T = string>(...chunks: (T | Failure)[]): AsyncGenerator<T> {
  for (const chunk of chunks) {
    if (chunk instanceof Failure) throw chunk;
    yield chunk;
  }
}

async function read<T>(stream: AsyncIterable<T>): Promise<{ chunks: T[]; error: unknown }> {
  const chunks: T[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return { chunks, error };
  }
  return { chunks, error: null };
}

const isContent = (chunk: string): boolean => chunk !== "open";

describe("a stream's failover", () => {
  it("asks nobody before the first read, and gives the first route's stream as it comes", async () => {
    const rig = new FailoverRig();
    const source = new HandFedSource();
    const stream = failoverStream(
      [rig.route("a", () => source), rig.route("b", () => giving<number>(1))],
      rig.listening,
    );
    expectTypeOf(stream).toEqualTypeOf<AsyncIterable<string | number>>();
    const reader = stream[Symbol.asyncIterator]();
    await rig.clock.advance(0);
    expect(rig.made).toEqual([]);
    const first = reader.next();
    await rig.clock.advance(0);
    source.gives("one");
    expect([await first, source.pulls]).toEqual([{ done: false, value: "one" }, 1]);
    expect(rig.reports).toMatchObject([{ route: "a", index: 0, tried: [] }]);
    const end = reader.next();
    await rig.clock.advance(0);
    source.ends();
    expect(await end).toEqual({ done: true, value: undefined });
    expect(rig.outstanding()).toEqual(NOTHING);
    expect(rig.breaker("a").snapshot().window.successes).toBe(1);
  });

  it("goes on before the first content, and drops the opening of a route that failed", async () => {
    const rig = new FailoverRig();
    const a = { ...rig.route("a", () => giving("open", "open", new Failure("network"))), isContent };
    const b = { ...rig.route("b", () => giving("open", "hello", "there")), isContent };
    expect(await read(failoverStream([a, b], rig.listening))).toEqual({
      chunks: ["open", "hello", "there"],
      error: null,
    });
    expect(rig.failed).toMatchObject([{ route: "a", made: true, outcome: { kind: "network" } }]);
    expect(rig.reports).toMatchObject([{ route: "b", index: 1 }]);
  });

  it("after the first content ends with the route's own error, never with another's chunks", async () => {
    const rig = new FailoverRig();
    const cut = new Failure("stream-error");
    const a = { ...rig.route("a", () => giving("open", "hello", cut)), isContent };
    const fallback = (): string[] => ["instead"];
    const end = await read(failoverStream([a, rig.route("b", () => giving("other"))], { fallback }));
    expect([end.chunks, end.error, rig.made]).toEqual([["open", "hello"], cut, ["a"]]);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("holds up to 64 opening chunks, and takes a route that gives more for answering", async () => {
    const rig = new FailoverRig();
    const opening = (n: number): string[] => Array.from({ length: n }, () => "open");
    const cut = new Failure("network");
    const b = rig.route("b", () => giving("b"));
    const few = { ...rig.route("few", () => giving(...opening(64), cut)), isContent };
    expect((await read(failoverStream([few, b]))).chunks).toEqual(["b"]);
    const many = { ...rig.route("many", () => giving(...opening(65), cut)), isContent };
    expect(await read(failoverStream([many, b]))).toEqual({ chunks: opening(65), error: cut });
  });

  it("takes an empty stream for an answer", async () => {
    const rig = new FailoverRig();
    const a = { ...rig.route("a", () => giving("open")), isContent };
    expect(await read(failoverStream([a, rig.route("b", () => giving("b"))], rig.listening))).toEqual({
      chunks: ["open"],
      error: null,
    });
    expect(rig.reports).toMatchObject([{ route: "a" }]);
  });

  it("goes on from a stream that ends before its content and without its end marker", async () => {
    const rig = new FailoverRig();
    const a = { ...rig.route("a", () => giving("open")), isContent, isEnd: (chunk: string) => chunk === "end" };
    expect((await read(failoverStream([a, rig.route("b", () => giving("b"))]))).chunks).toEqual(["b"]);
    expect(rig.breaker("a").snapshot().window.byKind).toEqual({ "stream-error": 1 });
  });

  it("goes on from a failure that comes as the first chunk, or shows at the end", async () => {
    const inspect = (): StreamInspector<string> => ({
      see: (chunk) => (chunk === "error" ? outcomeOf("overloaded") : chunk === "open" ? "opening" : "content"),
      end: () => outcomeOf("server-error"),
    });
    const rig = new FailoverRig();
    let closed = false;
    const source = async function* (): AsyncGenerator<string> {
      try {
        yield* ["open", "error", "more"];
      } finally {
        closed = true;
      }
    };
    const routes = [
      { ...rig.route("a", source), inspect },
      { ...rig.route("b", () => giving("open")), inspect },
      rig.route("c", () => giving("c")),
    ] as const;
    expect((await read(failoverStream(routes, rig.listening))).chunks).toEqual(["c"]);
    expect(rig.failed).toMatchObject([
      { route: "a", error: null, outcome: { kind: "overloaded" } },
      { route: "b", error: null, outcome: { kind: "server-error" } },
    ]);
    await rig.clock.advance(0);
    expect(closed).toBe(true);
    expect(rig.outstanding()).toEqual(NOTHING);
  });

  it("passes on what failOn says no to, as it came", async () => {
    const rig = new FailoverRig();
    const inspect = (): StreamInspector<string> => ({ see: () => outcomeOf("overloaded"), end: () => "whole" });
    const routes = [
      { ...rig.route("a", () => giving("error", "more")), inspect },
      rig.route("b", () => giving("b")),
    ] as const;
    expect((await read(failoverStream(routes, { failOn: () => false }))).chunks).toEqual(["error", "more"]);
  });

  it("passes over what rejects, asks again for each iteration, and rejects when nobody has a stream", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    const routes = [
      rig.route("a", () => giving("a")),
      rig.route("b", () => giving(new Failure("network"), "b")),
    ] as const;
    const stream = failoverStream(routes);
    for (let i = 0; i < 2; i++) expect(AllRoutesFailedError.is((await read(stream)).error)).toBe(true);
    expect(rig.made).toEqual(["b", "b"]);
    const chunks = read(failoverStream(routes, { fallback: () => [1, 2] }));
    expect(await chunks).toEqual({ chunks: [1, 2], error: null });
  });

  it("throws a caller's mistake as it came", async () => {
    const rig = new FailoverRig();
    const mistake = new Failure("caller-error");
    const stream = failoverStream([rig.route("a", () => giving(mistake)), rig.route("b", () => giving(1))]);
    expect(await read(stream)).toEqual({ chunks: [], error: mistake });
  });
});

describe("the time of a stream's failover", () => {
  it("is bounded for each route to its first content", async () => {
    const rig = new FailoverRig();
    const silent = new HandFedSource();
    const routes = [rig.route("a", () => silent), rig.route("b", () => giving("b"))] as const;
    const end = read(failoverStream(routes, { firstToken: 500 }));
    await rig.clock.advance(500);
    expect((await end).chunks).toEqual(["b"]);
    expect([rig.breaker("a").snapshot().window.byKind, silent.returns]).toEqual([{ timeout: 1 }, 1]);
  });

  it("is bounded as a whole, also after the content", async () => {
    const rig = new FailoverRig();
    const source = new HandFedSource();
    const end = read(failoverStream([rig.route("a", () => source)], { timeout: 1_000 }));
    await rig.clock.advance(0);
    source.gives("one");
    await rig.clock.advance(1_000);
    expect(await end).toMatchObject({ chunks: ["one"], error: { code: "ERR_CALL_TIMEOUT", phase: "total" } });
    expect([rig.outstanding(), source.returns, rig.clock.sleeping]).toEqual([NOTHING, 1, 0]);
  });

  it("ends with the caller's abort, before the content and after it", async () => {
    for (const isBegun of [false, true]) {
      const rig = new FailoverRig();
      const caller = new AbortController();
      const source = new HandFedSource();
      const routes = [rig.route("a", () => source), rig.route("b", () => giving("b"))] as const;
      const end = read(failoverStream(routes, { signal: caller.signal }));
      await rig.clock.advance(0);
      if (isBegun) source.gives("one");
      await rig.clock.advance(0);
      const reason = new Error("left");
      caller.abort(reason);
      expect(await end).toEqual({ chunks: isBegun ? ["one"] : [], error: reason });
      expect([rig.made, rig.outstanding(caller.signal), source.returns]).toEqual([["a"], NOTHING, 1]);
    }
  });

  it("ends with the caller's abort in whatever moment it comes", async () => {
    const ends = new Set<boolean>();
    for (let moment = 0; moment < 60; moment++) {
      const rig = new FailoverRig();
      const routes = [rig.route("a", () => giving(1)), rig.route("b", () => giving(2))] as const;
      for (const { breaker } of routes) await rig.trip(breaker);
      const caller = new AbortController();
      const reason = new Error("left");
      const end = read(failoverStream(routes, { signal: caller.signal }));
      for (let i = 0; i < moment; i++) await Promise.resolve();
      caller.abort(reason);
      const { error } = await end;
      // Either it had ended before, or that is its end; never what one route has said.
      expect(error === reason || AllRoutesFailedError.is(error)).toBe(true);
      ends.add(error === reason);
      expect(rig.outstanding(caller.signal)).toEqual(NOTHING);
    }
    expect(ends).toEqual(new Set([true, false]));
  });

  it("makes no call after an abort from before", async () => {
    const rig = new FailoverRig();
    const reason = new Error("gone");
    const signal = AbortSignal.abort(reason);
    expect(await read(failoverStream([rig.route("a", () => giving(1))], { signal }))).toEqual({
      chunks: [],
      error: reason,
    });
    expect(rig.made).toEqual([]);
  });
});

describe("a consumer that stops", () => {
  it("during an opening, a read or a fallback leaves nothing behind", async () => {
    const rig = new FailoverRig();
    const caller = new AbortController();
    const source = new HandFedSource();
    const a = { ...rig.route("a", () => source), isContent };
    const reader = failoverStream([a], { signal: caller.signal, timeout: "1m" })[Symbol.asyncIterator]();
    const pending = reader.next();
    await rig.clock.advance(0);
    source.gives("open");
    await rig.clock.advance(0);
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect([rig.outstanding(caller.signal), source.returns]).toEqual([NOTHING, 1]);
    expect(await reader.next()).toEqual({ done: true, value: undefined });

    for await (const _chunk of failoverStream([rig.route("b", () => giving(1, 2))], { signal: caller.signal })) break;
    expect(rig.outstanding(caller.signal)).toEqual(NOTHING);

    await rig.trip(rig.breaker("c"));
    let isClosed = false;
    const fallback = async (): Promise<AsyncIterable<number>> => {
      await rig.clock.sleep(10);
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: async () => {
            isClosed = true;
            return { done: true, value: undefined };
          },
        }),
      };
    };
    const left = failoverStream([rig.route("c", () => giving(1))], { fallback })[Symbol.asyncIterator]();
    const nothing = left.next();
    await rig.clock.advance(0);
    await left.return?.();
    await rig.clock.advance(10);
    expect([await nothing, isClosed]).toEqual([{ done: true, value: undefined }, true]);
    expect(rig.outstanding(caller.signal)).toEqual(NOTHING);
  });

  it("by throw() gets its own error", async () => {
    const rig = new FailoverRig();
    const reader = failoverStream([rig.route("a", () => giving(1, 2))])[Symbol.asyncIterator]();
    await reader.next();
    const error = new Error("mine");
    expect(await caught(reader.throw?.(error) ?? Promise.resolve())).toBe(error);
    expect(rig.outstanding()).toEqual(NOTHING);
  });
});

describe("a retry of a stream's route", () => {
  it("is made before the next route while nothing has come, and its own content is the answer", async () => {
    const rig = new FailoverRig();
    let tries = 0;
    const run = (): AsyncIterable<string> =>
      tries++ === 0 ? (giving(new Failure("network")) as AsyncIterable<never>) : giving("again");
    const routes = [
      { ...rig.route("a", run), retry: { on: "idempotent" } },
      rig.route("b", () => giving("b")),
    ] as const;
    const end = read(failoverStream(routes, rig.listening));
    await rig.clock.advance(1_000);
    expect((await end).chunks).toEqual(["again"]);
    expect(rig.failed).toEqual([]);
  });

  it("that succeeds leaves no refusal in what the route takes over", async () => {
    const rig = new FailoverRig();
    await rig.trip(rig.breaker("a"));
    let tries = 0;
    const run = (): AsyncIterable<string> =>
      tries++ === 0 ? (giving(new Failure("overloaded")) as AsyncIterable<never>) : giving("again");
    const b = { ...rig.route("b", run), retry: { on: "idempotent" } } as const;
    const end = read(failoverStream([rig.route("a", () => giving("a")), b]));
    await rig.clock.advance(1_000);
    expect([(await end).chunks, intakeOf(b.breaker).limit]).toEqual([["again"], 4]);
  });
});
