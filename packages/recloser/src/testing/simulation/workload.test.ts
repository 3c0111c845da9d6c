import { describe, expect, it } from "vitest";
import { CallTimeoutError, CircuitOpenError, ShedError } from "../../errors.ts";
import { createBreaker } from "../../recloser.ts";
import { executeThrough, streamThrough, unguarded } from "./calls.ts";
import { SimulatedProcess } from "./process.ts";
import { SimulatedApiError } from "./provider-errors.ts";
import { ProviderModel } from "./provider-model.ts";
import type { ProviderModelOptions } from "./provider-options.ts";
import { type CallerRecord, type MakeCall, Workload } from "./workload.ts";
import { World } from "./world.ts";

function place(provider: ProviderModelOptions = {}) {
  const world = new World({ seed: 1 });
  const replica = new SimulatedProcess(world, "replica");
  const records: CallerRecord[] = [];
  const callers = (call: MakeCall, timeoutMs?: number): Workload =>
    new Workload(replica, {
      arrivals: { kind: "regular", perSecond: 1 },
      call,
      onEnd: (record) => records.push(record),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  const breaker = createBreaker({
    clock: replica.clock,
    random: world.random("library"),
    failureRate: 0.5,
    minimumCalls: 2,
  });
  return { world, replica, records, callers, breaker, provider: new ProviderModel(world, provider) };
}

describe("Callers", () => {
  it("record what they got, and how long they waited for it", async () => {
    const { world, callers, records } = place();
    const open = { key: "k", state: "open", reason: "open", retryAfterMs: 1, openedAtMs: 0, generation: 1 } as const;
    const ends = [
      null,
      new CircuitOpenError({ ...open, lastFailure: null, evidence: null, inFlight: true }),
      new ShedError("k", 1),
      new CallTimeoutError("k", "total", 10),
      new SimulatedApiError(503, {}, {}),
      new TypeError("no network"),
    ];
    let calls = 0;
    const { counters, pending } = callers(async () => {
      const end = ends[calls++];
      await new Promise<void>((resolve) => world.after(10, resolve));
      if (end instanceof Error) throw end;
    });
    await world.run(6_500);
    expect(records.map(({ end, reason, inFlight, atMs, endMs }) => [end, reason, inFlight, endMs - atMs])).toEqual([
      ["ok", null, false, 10],
      ["rejected", "open", true, 10],
      ["rejected", "concurrency", false, 10],
      ["timed-out", null, false, 10],
      ["failed", "503", false, 10],
      ["failed", "TypeError", false, 10],
    ]);
    const rejectedBy = { open: 1, concurrency: 1 };
    expect(counters).toEqual({ calls: 6, ok: 1, rejected: 2, failed: 2, timedOut: 1, rejectedBy });
    expect(pending).toBe(0);
  });

  it("give up at their own limit, each at its own time, and abort the call", async () => {
    const { world, callers, records, provider, replica } = place({ schedule: [{ does: { kind: "hang" } }] });
    const workload = callers(unguarded(provider, replica), 30_000);
    world.at(3_500, () => workload.stop());
    await world.run(100_000);
    expect(records.map(({ atMs, endMs, end }) => [atMs, endMs, end])).toEqual([
      [1_000, 31_000, "timed-out"],
      [2_000, 32_000, "timed-out"],
      [3_000, 33_000, "timed-out"],
    ]);
    expect(provider.counters).toMatchObject({ hung: 3, aborted: 3, inService: 0 });
    expect([workload.pending, world.pending]).toEqual([0, 0]);
  });

  it("do not count an answer that comes after they gave up", async () => {
    const { world, callers, provider, replica } = place({ latency: { answer: 5_000 }, seesAborts: false });
    const workload = callers(unguarded(provider, replica), 2_000);
    await world.run(20_500);
    expect(workload.counters).toMatchObject({ calls: 20, ok: 0, timedOut: 18 });
  });

  it("whose time is up are a breaker's failures, as with AbortSignal.timeout", async () => {
    const { world, callers, provider, replica, breaker } = place({ schedule: [{ does: { kind: "hang" } }] });
    callers(executeThrough(breaker, provider, replica), 5_000);
    await world.run(20_000);
    expect(breaker.state).not.toBe("closed");
    expect(breaker.snapshot()).toMatchObject({ lastFailure: { kind: "timeout" } });
  });

  it("read streams to their end, and miss an end marker with or without a breaker", async () => {
    const whole = place();
    const read = whole.callers(streamThrough(whole.breaker, whole.provider, whole.replica));
    await whole.world.run(20_500);
    expect(read.counters.ok).toBeGreaterThan(15);
    expect(read.counters.failed).toBe(0);
    for (const guarded of [true, false]) {
      const cut = place({ schedule: [{ does: { kind: "cut-stream" } }] });
      const { breaker, provider, replica } = cut;
      cut.callers(guarded ? streamThrough(breaker, provider, replica) : unguarded(provider, replica, "stream"));
      await cut.world.run(6_000);
      expect(cut.records[0]).toMatchObject({ end: "failed", reason: guarded ? "StreamTruncatedError" : "Error" });
    }
  });
});
