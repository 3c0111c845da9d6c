import { describe, expect, it } from "vitest";
import { runChild } from "../../../tests/support/child.ts";
import { Sweeper, sweeperOf, type Swept } from "./sweep.ts";
import { manualClock } from "./testing/manual-clock.ts";

function swept(everyMs: number, looks: number, log: number[] = []): Swept & { log: number[] } {
  return {
    log,
    sweepEveryMs: everyMs,
    sweep(nowMs) {
      log.push(nowMs);
      return log.length < looks;
    },
  };
}

describe("the sweep", () => {
  it("looks as often as asked until there is nothing to look at, and then rests", async () => {
    const clock = manualClock({ startMs: 0 });
    const one = swept(100, 3);
    new Sweeper(clock).add(one);
    await clock.advance(1_000);
    expect(one.log).toEqual([100, 200, 300]);
    expect(clock.sleeping).toBe(0);
  });

  it("is one for all, at the pace of the most impatient", async () => {
    const clock = manualClock({ startMs: 0 });
    const sweeper = new Sweeper(clock);
    const slow = swept(1_000, 99);
    const fast = swept(50, 2);
    sweeper.add(slow);
    sweeper.add(fast);
    expect(clock.sleeping).toBe(1);
    await clock.advance(100);
    expect(fast.log).toEqual([50, 100]);
    await clock.advance(1_000);
    expect(slow.log).toEqual([50, 100, 1_100]);
    expect(clock.sleeping).toBe(1);
  });

  it("is not put off by one that is more patient", async () => {
    const clock = manualClock({ startMs: 0 });
    const sweeper = new Sweeper(clock);
    const fast = swept(50, 1);
    sweeper.add(fast);
    await clock.advance(40);
    sweeper.add(swept(1_000, 99));
    await clock.advance(10);
    expect(fast.log).toEqual([50]);
  });

  it("looks soon for one that is added while it waits long", async () => {
    const clock = manualClock({ startMs: 0 });
    const sweeper = new Sweeper(clock);
    sweeper.add(swept(1_000, 99));
    await clock.advance(900);
    const fast = swept(20, 1);
    sweeper.add(fast);
    await clock.advance(20);
    expect(fast.log).toEqual([920]);
  });

  it("takes one that is added, or added again, while it looks", async () => {
    const clock = manualClock({ startMs: 0 });
    const sweeper = new Sweeper(clock);
    const late = swept(10, 2);
    const first: Swept = {
      sweepEveryMs: 100,
      sweep: () => {
        sweeper.add(late);
        return false;
      },
    };
    sweeper.add(first);
    await clock.advance(150);
    expect(late.log).toEqual([100, 110]);
    sweeper.add(first);
    await clock.advance(150);
    expect(late.log).toHaveLength(3);
  });

  it("is one to a clock", () => {
    const clock = manualClock();
    expect(sweeperOf(clock)).toBe(sweeperOf(clock));
  });

  it("keeps no process alive", { timeout: 20_000 }, async () => {
    const child = await runChild(`
      import { createBreaker } from "./packages/recloser/src/index.ts";
      const permit = await createBreaker().acquire();
      console.log(permit.kind);`);
    expect(child).toEqual({ code: 0, out: ["call"] });
  });
});
