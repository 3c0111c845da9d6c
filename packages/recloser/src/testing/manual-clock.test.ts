import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { manualClock } from "./manual-clock.ts";
import { seededRandom } from "./seeded-random.ts";

describe("a manual clock", () => {
  it("stands still until it is moved, and starts where it is told", async () => {
    const clock = manualClock({ startMs: 5 });
    expect(clock.now()).toBe(5);
    await clock.advance(0.25);
    expect(clock.now()).toBe(5.25);
    expect(manualClock().now()).toBe(1_800_000_000_000);
  });

  it("wakes each sleeper at its own instant, in order, and those of one instant in the order they lay down", async () => {
    const clock = manualClock({ startMs: 0 });
    const woke: string[] = [];
    const sleep = (name: string, ms: number): Promise<number> =>
      clock.sleep(ms).then(() => woke.push(`${name}@${clock.now()}`));
    const sleeps = [sleep("c", 30), sleep("a", 10), sleep("b1", 20), sleep("b2", 20), sleep("late", 31)];
    await clock.advance(30);
    expect(woke).toEqual(["a@10", "b1@20", "b2@20", "c@30"]);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    await Promise.all(sleeps);
    expect(woke.at(-1)).toBe("late@31");
  });

  it("runs what follows a sleep before it goes on, so that loops of sleeps keep their pace", async () => {
    const clock = manualClock({ startMs: 0 });
    const at: number[] = [];
    const loop = (async () => {
      for (let i = 0; i < 5; i++) {
        await clock.sleep(10);
        await Promise.resolve();
        at.push(clock.now());
      }
    })();
    await clock.advance(35);
    expect(at).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
    await clock.advance(100);
    await loop;
    expect(at).toEqual([10, 20, 30, 40, 50]);
  });

  it("wakes a sleep of nothing, or of less, without time passing", async () => {
    const clock = manualClock({ startMs: 7 });
    let woke = 0;
    const sleeps = [clock.sleep(0), clock.sleep(-10)].map((sleep) => sleep.then(() => woke++));
    await clock.advance(0);
    await Promise.all(sleeps);
    expect([woke, clock.now()]).toEqual([2, 7]);
  });

  it("rejects an aborted sleep with the signal's reason and forgets it", async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const reason = new Error("enough");
    const sleep = clock.sleep(10, { signal: controller.signal });
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
    await expect(clock.sleep(1, { signal: controller.signal })).rejects.toBe(reason);
  });

  it("leaves no listener on a signal after sleeping", async () => {
    const clock = manualClock();
    const { signal } = new AbortController();
    const sleep = clock.sleep(10, { signal });
    await clock.advance(10);
    await sleep;
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("goes neither backwards nor to infinity", async () => {
    const clock = manualClock();
    for (const ms of [-1, NaN, Infinity]) await expect(clock.advance(ms)).rejects.toThrow(RangeError);
    expect(clock.now()).toBe(1_800_000_000_000);
  });
});

describe("seeded randomness", () => {
  it("is the same for the same seed, differs for another, and lies in [0, 1)", () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 1_000 }, () => random());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = draw(7).reduce((sum, value) => sum + value, 0) / 1_000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});
