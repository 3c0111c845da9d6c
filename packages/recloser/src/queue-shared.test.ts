/** A queue of several breakers, policies and listeners, and what is told of it. */
import { describe, expect, it } from "vitest";
import { tooMany } from "../../../tests/support/played-load.ts";
import { endOf, type Made, Rig } from "../../../tests/support/queue-rig.ts";
import type { Breaker } from "./api.ts";
import { CircuitOpenError } from "./errors.ts";
import { createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

describe("a queue", () => {
  it("is the record's: a slot that one breaker frees goes to a caller of another", async () => {
    const clock = manualClock();
    const shed = { maxInFlight: 1, queue: {} };
    const recloser = createRecloser({ clock, defaults: { shed } });
    const rig = new Rig();
    const [one, other] = [recloser.breaker("p:m"), recloser.breaker({ provider: "p", model: "m" })];
    const first = rig.call("first", {}, one);
    const second = rig.call("second", {}, other);
    expect(one.snapshot().load.waiting.interactive).toBe(1);
    first.answer();
    await clock.advance(0);
    expect(rig.made).toEqual(["first", "second"]);
    second.answer();
  });

  it("lets one credential's calls go while another's limit is waited for", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: { shed: { maxInFlight: 1, queue: { maxWait: "5s" } } } });
    const rig = new Rig();
    const of = (credential: string): Breaker => recloser.breaker({ provider: "p", model: "m", credential });
    await of("a")
      .execute(() => Promise.reject(tooMany({ "retry-after": "3" })))
      .catch(() => {});
    const held = rig.call("held", {}, of("a"));
    const free = rig.call("free", {}, of("b"));
    const second = rig.call("second", {}, of("b"));
    await clock.advance(0);
    expect(rig.made).toEqual(["free"]);
    free.answer();
    await clock.advance(2_999);
    expect(rig.made).toEqual(["free", "second"]);
    second.answer();
    await clock.advance(1);
    expect(rig.made).toEqual(["free", "second", "held"]);
    held.answer();
  });

  it("moves when the limit is raised, when an operator opens the way, and when the mode rejects nobody", async () => {
    for (const change of ["limit", "mode", "observe"] as const) {
      const clock = manualClock();
      const recloser = createRecloser({ clock, defaults: { shed: { maxInFlight: 1, queue: {} } } });
      const rig = new Rig();
      const breaker = recloser.breaker("k");
      rig.call("first", {}, breaker);
      rig.call("second", {}, breaker);
      if (change === "limit") recloser.configure({ defaults: { shed: { maxInFlight: 2 } } });
      else recloser.configure({ defaults: { mode: change === "mode" ? "off" : "observe" } });
      await clock.advance(0);
      expect(rig.made).toEqual(["first", "second"]);
    }
  });

  it("is emptied when the recloser closes, and nobody waits after that", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: { shed: { maxInFlight: 1, queue: {} } } });
    const rig = new Rig();
    const breaker = recloser.breaker("k");
    const first = rig.call("first", {}, breaker);
    const second = rig.call("second", {}, breaker);
    await recloser.close();
    expect(await endOf(second)).toMatchObject({ code: "ERR_SHED", reason: "queue-closed" });
    expect(await endOf(rig.call("third", {}, breaker))).toMatchObject({ reason: "concurrency" });
    first.answer();
    await clock.advance(10_000);
    expect(clock.sleeping).toBe(0);
  });

  it("keeps nobody waiting in observe mode, and tells who would have", async () => {
    const rig = new Rig({ mode: "observe" });
    const told: string[] = [];
    rig.breaker.on("would-reject", ({ reason }) => told.push(reason));
    rig.call("a");
    rig.call("b");
    expect([rig.made, told]).toEqual([["a", "b"], ["concurrency"]]);
  });

  it("stands though a listener makes calls, gives up and throws while it is looked at", async () => {
    const rig = new Rig({ failureThreshold: 1 });
    const abort = new AbortController();
    const more: Made[] = [];
    const first = rig.call("first");
    const waiting = [rig.call("b"), rig.call("c", { signal: abort.signal }), rig.call("d")];
    let told = 0;
    rig.breaker.on("rejected", () => {
      if (++told > 1) return;
      abort.abort(new Error("gone"));
      more.push(rig.call("from a listener"));
      throw new Error("a listener's fault");
    });
    first.fail(Object.assign(new Error("down"), { status: 503 }));
    await rig.settle();
    const ends = await Promise.all([...waiting, ...more].map(endOf));
    expect(ends.map((end) => CircuitOpenError.from(end)?.reason ?? (end as Error).message)).toEqual([
      ...["open", "gone", "open", "open"],
    ]);
    expect(rig.breaker.snapshot().load.waiting).toEqual({ interactive: 0, batch: 0 });
  });

  it("tells of each wait once, at its end: for how long, for what, and what became of it", async () => {
    const rig = new Rig();
    const abort = new AbortController();
    const first = rig.call("first");
    rig.call("served", { priority: "batch" });
    rig.call("gone", { signal: abort.signal });
    rig.call("late", { timeout: "1s" });
    await rig.clock.advance(500);
    abort.abort(new Error("gone"));
    await rig.clock.advance(1_000);
    first.answer();
    await rig.settle();
    const about = { key: "llm", reason: "concurrency" };
    const at = rig.clock.now();
    expect(rig.waits).toEqual([
      { ...about, priority: "interactive", result: "aborted", waitedMs: 500, atMs: at - 1_000 },
      { ...about, priority: "interactive", result: "deadline", waitedMs: 1_000, atMs: at - 500 },
      { ...about, priority: "batch", result: "admitted", waitedMs: 1_500, atMs: at },
    ]);
  });
});
