import { describe, expect, test } from "vitest";
import { manualClock } from "../manual-clock.ts";
import { checkedCapacity, Gate } from "./capacity.ts";
import type { Admission } from "./capacity.ts";

const NOBODY_LEAVES = new AbortController().signal;

function released(admission: Admission): void {
  if (!admission.admitted) throw new Error("was refused");
  admission.release();
}

describe("a gate", () => {
  test("without limits lets everybody in", async () => {
    const gate = new Gate(undefined, manualClock());
    const all = await Promise.all(Array.from({ length: 100 }, () => gate.enter(NOBODY_LEAVES)));
    expect(all.every((each) => each.admitted)).toBe(true);
  });

  test("refuses what is above its concurrency as asked, and lets in again after a release, which counts once", async () => {
    const gate = new Gate({ maxConcurrent: 1, whenFull: "503" }, manualClock());
    const first = await gate.enter(NOBODY_LEAVES);
    expect(await gate.enter(NOBODY_LEAVES)).toEqual({ admitted: false, as: "overloaded", retryAfterMs: 1_000 });
    released(first);
    released(first);
    expect((await gate.enter(NOBODY_LEAVES)).admitted).toBe(true);
    expect((await gate.enter(NOBODY_LEAVES)).admitted).toBe(false);
  });

  test("admits one second's worth at once, then says exactly when the next place is due", async () => {
    const clock = manualClock();
    const gate = new Gate({ requestsPerSecond: 4 }, clock);
    const burst = await Promise.all(Array.from({ length: 5 }, () => gate.enter(NOBODY_LEAVES)));
    expect(burst.map((each) => each.admitted)).toEqual([true, true, true, true, false]);
    expect(burst[4]).toEqual({ admitted: false, as: "rate-limited", retryAfterMs: 250 });
    await clock.advance(250);
    expect((await gate.enter(NOBODY_LEAVES)).admitted).toBe(true);
    expect((await gate.enter(NOBODY_LEAVES)).admitted).toBe(false);
  });

  test("queues in the order of arrival, and a place left empty is not missed", async () => {
    const gate = new Gate({ maxConcurrent: 1, whenFull: "queue" }, manualClock());
    const order: string[] = [];
    const running = await gate.enter(NOBODY_LEAVES);
    const leaver = new AbortController();
    const enter = (name: string, signal = NOBODY_LEAVES): Promise<Admission> =>
      gate.enter(signal).then((admission) => (order.push(name), admission));
    const impatient = enter("impatient", leaver.signal);
    const second = enter("second");
    const third = enter("third");
    expect(gate.waiting).toBe(3);
    leaver.abort(new Error("left"));
    await expect(impatient).rejects.toThrow("left");
    released(running);
    released(await second);
    released(await third);
    expect(order).toEqual(["second", "third"]);
    expect(gate.waiting).toBe(0);
  });

  test("spaces the queue by its rate", async () => {
    const clock = manualClock();
    const gate = new Gate({ requestsPerSecond: 1, whenFull: "queue" }, clock);
    const startMs = clock.now();
    const admittedAt: number[] = [];
    const all = Array.from({ length: 4 }, () =>
      gate.enter(NOBODY_LEAVES).then(() => admittedAt.push(Math.round(clock.now() - startMs))),
    );
    await clock.advance(3_000);
    await Promise.all(all);
    expect(admittedAt).toEqual([0, 1_000, 2_000, 3_000]);
    expect(clock.sleeping).toBe(0);
  });

  test("answers 503 once its queue is full", async () => {
    const gate = new Gate({ maxConcurrent: 1, whenFull: "queue", queueLimit: 0 }, manualClock());
    await gate.enter(NOBODY_LEAVES);
    expect(await gate.enter(NOBODY_LEAVES)).toMatchObject({ admitted: false, as: "overloaded" });
  });

  test.each([
    [{}, "capacity"],
    [{ maxConcurrent: 0 }, "capacity.maxConcurrent"],
    [{ maxConcurrent: 1.5 }, "capacity.maxConcurrent"],
    [{ requestsPerSecond: NaN }, "capacity.requestsPerSecond"],
    [{ requestsPerSecond: 0 }, "capacity.requestsPerSecond"],
    [{ maxConcurrent: 1, whenFull: "500" }, "capacity.whenFull"],
    [{ maxConcurrent: 1, queueLimit: -1 }, "capacity.queueLimit"],
    [{ maxConcurent: 1 }, "capacity.maxConcurent"],
  ])("refuses %j at %s", (capacity, option) => {
    expect(() => checkedCapacity(capacity, "capacity")).toThrow(expect.objectContaining({ option }));
  });
});
