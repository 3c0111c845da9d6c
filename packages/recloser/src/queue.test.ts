/** Waiting for a slot: who is served when, and what ends a wait. */
import { describe, expect, it } from "vitest";
import { endOf, Rig } from "../../../tests/support/queue-rig.ts";
import { CallTimeoutError, ShedError } from "./errors.ts";

const batch = { priority: "batch" } as const;

describe("a caller who finds no slot", () => {
  it("waits for one, holding none and counting nowhere, and is served in the order of coming", async () => {
    const rig = new Rig();
    const [a, b, c] = [rig.call("a"), rig.call("b"), rig.call("c")];
    await rig.settle();
    expect(rig.made).toEqual(["a"]);
    expect(rig.breaker.snapshot()).toMatchObject({
      inFlight: 1,
      window: { calls: 1 },
      load: { inFlight: 1, limit: 1, batchLimit: 1, waiting: { interactive: 2, batch: 0 }, shed: {} },
    });
    a.answer();
    await rig.settle();
    expect(rig.made).toEqual(["a", "b"]);
    b.fail(new Error("no"));
    c.answer();
    await rig.settle();
    expect(rig.made).toEqual(["a", "b", "c"]);
    expect([await endOf(a), await endOf(c)]).toEqual(["a", "c"]);
    expect(rig.breaker.snapshot().load).toMatchObject({ inFlight: 0, waiting: { interactive: 0, batch: 0 } });
  });

  it("is told at once where there is no queue, as ever", async () => {
    const rig = new Rig({ shed: { queue: false } });
    rig.call("a");
    expect(await endOf(rig.call("b"))).toMatchObject({
      code: "ERR_SHED",
      reason: "concurrency",
      limit: 1,
      waitedMs: 0,
    });
    expect(rig.waits).toEqual([]);
  });

  it("overtakes batch calls, and has the place of the last of them when the queue is full", async () => {
    const rig = new Rig();
    const first = rig.call("first");
    const [b1, b2, b3] = [rig.call("b1", batch), rig.call("b2", batch), rig.call("b3", batch)];
    expect(await endOf(rig.call("b4", batch))).toMatchObject({ reason: "queue-full", priority: "batch", limit: 3 });
    const i1 = rig.call("i1");
    expect(await endOf(b3)).toMatchObject({ reason: "queue-evicted", priority: "batch", limit: 3 });
    expect(rig.waiting).toEqual({ interactive: 1, batch: 2 });
    for (const made of [first, i1, b1, b2]) {
      made.answer();
      await rig.settle();
    }
    expect(rig.made).toEqual(["first", "i1", "b1", "b2"]);
    expect(rig.breaker.snapshot().load.shed).toEqual({ "queue-full": 1, "queue-evicted": 1 });
  });

  it("is refused when as many interactive ones wait as may", async () => {
    const rig = new Rig();
    for (const name of ["a", "b", "c", "d"]) rig.call(name);
    const error = (await endOf(rig.call("e"))) as ShedError;
    expect(error).toMatchObject({ reason: "queue-full", priority: "interactive", retryAfterMs: 0 });
    expect(error.message).toBe('call to "llm" shed: 3 calls wait for their turn, which is the limit (shed.queue.size)');
  });

  it("waits no longer than maxWait, and its fallback answers then", async () => {
    const rig = new Rig();
    rig.call("a");
    const late = rig.call("late");
    const other = rig.breaker.execute(() => "made", { fallback: (error) => ShedError.from(error)?.reason });
    await rig.clock.advance(4_999);
    expect(rig.waiting.interactive).toBe(2);
    await rig.clock.advance(1);
    expect(await endOf(late)).toMatchObject({ reason: "queue-expired", waitedMs: 5_000, limit: null });
    expect(await other).toBe("queue-expired");
    expect(rig.rejected.map(({ reason }) => reason)).toEqual(["queue-expired", "queue-expired"]);
  });

  it("waits within its own time: what the wait took is gone of it", async () => {
    const rig = new Rig();
    const first = rig.call("first");
    const [short, long] = [rig.call("short", { timeout: "1s" }), rig.call("long", { timeout: "3s" })];
    await rig.clock.advance(1_000);
    expect(await endOf(short)).toMatchObject({ code: "ERR_CALL_TIMEOUT", phase: "total", afterMs: 1_000 });
    await rig.clock.advance(1_000);
    first.answer();
    await rig.settle();
    expect(rig.made).toEqual(["first", "long"]);
    await rig.clock.advance(999);
    expect(rig.breaker.snapshot().load.inFlight).toBe(1);
    await rig.clock.advance(1);
    expect(await endOf(long)).toBeInstanceOf(CallTimeoutError);
    // The one that was made counts; the one that never was does not.
    expect(rig.breaker.snapshot().window).toMatchObject({ failures: 1, byKind: { timeout: 1 } });
  });

  it("leaves at once when it gives up, with its own reason and no fallback", async () => {
    const rig = new Rig();
    rig.call("a");
    const abort = new AbortController();
    let fellBack = false;
    const gone = rig.call("gone", { signal: abort.signal, fallback: () => (fellBack = true) });
    const reason = new Error("went home");
    abort.abort(reason);
    expect(rig.waiting.interactive).toBe(0);
    expect(await endOf(gone)).toBe(reason);
    expect(fellBack).toBe(false);
  });

  it("counts its own time limit for a deadline: then its fallback answers", async () => {
    const rig = new Rig();
    rig.call("a");
    const abort = new AbortController();
    const other = rig.breaker.execute(() => "made", { signal: abort.signal, fallback: () => "instead" });
    abort.abort(new DOMException("too long", "TimeoutError"));
    expect(await other).toBe("instead");
  });

  it("leaves at once when the reader of a stream does", async () => {
    const rig = new Rig();
    rig.call("a");
    const stream = rig.breaker.stream(async function* () {
      yield "never";
    });
    const reader = stream[Symbol.asyncIterator]();
    const pulled = reader.next();
    await rig.settle();
    expect(rig.waiting.interactive).toBe(1);
    await reader.return?.();
    expect(rig.waiting.interactive).toBe(0);
    expect(await pulled).toEqual({ done: true, value: undefined });
  });

  it("gets a permit and a stream in its turn too", async () => {
    const rig = new Rig({ shed: { queue: { size: 9 } } });
    const first = rig.call("first");
    const permit = rig.breaker.acquire({ priority: "batch" });
    const chunks: string[] = [];
    const reading = (async () => {
      for await (const chunk of rig.breaker.stream(async function* () {
        yield "chunk";
      }))
        chunks.push(chunk);
    })();
    await rig.settle();
    first.answer();
    await reading;
    expect(chunks).toEqual(["chunk"]);
    const given = await permit;
    expect([given.kind, rig.breaker.snapshot().load.inFlight]).toEqual(["call", 1]);
    given.success();
  });

  it("is told by tryAcquire at once, which passes nobody who waits", async () => {
    const rig = new Rig({}, 2);
    rig.call("a");
    const [b] = [rig.call("b"), rig.call("c")];
    expect(rig.breaker.tryAcquire()).toBeNull();
    b.answer();
    await rig.settle();
    expect(rig.made).toEqual(["a", "b", "c"]);
    expect(rig.breaker.tryAcquire()).toBeNull();
  });

  it("waits for each try anew", async () => {
    const rig = new Rig({ failureRate: false });
    const failing = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    let tries = 0;
    const retried = rig.breaker.execute(
      () => {
        rig.made.push(`try ${++tries}`);
        return tries === 1 ? Promise.reject(failing) : Promise.resolve("answer");
      },
      { retry: { initial: 100, budget: false } },
    );
    const other = rig.call("other");
    await rig.clock.advance(200);
    expect(rig.made).toEqual(["try 1", "other"]);
    other.answer();
    expect(await retried).toBe("answer");
  });

  it("is told of a fault in what it gave for its stream, and holds nothing", async () => {
    const rig = new Rig();
    const first = rig.call("first");
    const fault = new Error("no inspector");
    const stream = rig.breaker.stream(async function* () {}, {
      inspect: () => {
        throw fault;
      },
    });
    const pulled = stream[Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error);
    await rig.settle();
    const next = rig.call("next");
    first.answer();
    expect(await pulled).toBe(fault);
    await rig.settle();
    expect(rig.made).toEqual(["first", "next"]);
    next.answer();
  });
});
