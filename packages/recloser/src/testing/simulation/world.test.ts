import { describe, expect, it } from "vitest";
import { SimulatedProcess } from "./process.ts";
import { World } from "./world.ts";

const EVENTS = ["unhandledRejection", "uncaughtException"];
const forms = [
  ["synchronous drain", {}],
  ["drain by turns", { byTurns: true }],
] as const;

const listeners = (): unknown[] => EVENTS.flatMap((event) => process.rawListeners(event as never));

async function expectFailure(world: World, expected: string | RegExp): Promise<void> {
  const before = listeners();
  await expect(world.run(10)).rejects.toThrow(expected);
  expect(listeners()).toEqual(before);
}

describe("Time in the world", () => {
  it("jumps from event to event, in the order of their times and then of their scheduling", async () => {
    const world = new World({ seed: 1 });
    const seen: [number, string][] = [];
    const see = (what: string) => (): void => void seen.push([world.nowMs, what]);
    world.at(20, see("c"));
    world.at(10, see("a"));
    world.at(10, see("b"));
    world.after(30, see("never"));
    await world.run(25);
    expect(seen).toEqual([
      [10, "a"],
      [10, "b"],
      [20, "c"],
    ]);
    expect([world.nowMs, world.pending, world.fired]).toEqual([25, 1, 3]);
  });

  it("brings all that follows from an event to an end before the next one", async () => {
    const world = new World({ seed: 1 });
    const seen: string[] = [];
    const program = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      seen.push("followed");
    };
    world.at(1, () => void program());
    world.at(1, () => seen.push("next"));
    await world.run(1);
    expect(seen).toEqual(["followed", "next"]);
  });

  it("goes on in slices", async () => {
    const world = new World({ seed: 1 });
    const seen: number[] = [];
    const tick = (): void => {
      seen.push(world.nowMs);
      world.after(40, tick);
    };
    world.at(0, tick);
    await world.run(100);
    await world.run(100);
    await world.run(200);
    expect(seen).toEqual([0, 40, 80, 120, 160, 200]);
  });

  it("takes what is past as now, and refuses what is no time", async () => {
    const world = new World({ seed: 1 });
    await world.run(50);
    expect(world.at(10, () => {}).dueMs).toBe(50);
    expect(() => world.after(Infinity, () => {})).toThrow(RangeError);
    await expect(world.run(49)).rejects.toThrow(RangeError);
  });

  it("shuffles the events of one instant by the seed when asked to, and no others", async () => {
    const order = async (seed: number, shuffleTies: boolean): Promise<string> => {
      const world = new World({ seed, shuffleTies });
      const seen: string[] = [];
      for (const name of ["a", "b", "c", "d", "e", "f"]) world.at(10, () => seen.push(name));
      world.at(11, () => seen.push("last"));
      await world.run(20);
      return seen.join(" ");
    };
    expect(await order(1, false)).toBe("a b c d e f last");
    expect(await order(1, true)).toBe(await order(1, true));
    const orders = new Set(await Promise.all([1, 2, 3, 4, 5].map((seed) => order(seed, true))));
    expect(orders.size).toBeGreaterThan(3);
    for (const each of orders) expect(each).toMatch(/last$/);
  });

  it("lets cancelled events leave nothing behind", async () => {
    const world = new World({ seed: 1 });
    let fired = 0;
    for (let i = 0; i < 100_000; i++) {
      world.after(1_000 + i, () => fired++).cancel();
    }
    const kept = world.after(1, () => fired++);
    expect(world.pending).toBe(1);
    await world.run(200_000);
    kept.cancel();
    expect([fired, world.pending, world.fired]).toEqual([1, 0, 1]);
  });
});

describe.each(forms)("A run with the %s", (_, options) => {
  it("rejects with the very error that an event threw", async () => {
    const world = new World({ seed: 1, ...options });
    const error = new Error("invariant");
    world.at(5, () => {
      throw error;
    });
    world.at(6, () => expect.unreachable());
    const before = listeners();
    await expect(world.run(10)).rejects.toBe(error);
    expect(listeners()).toEqual(before);
    expect(world.nowMs).toBe(5);
    await expect(world.run(10)).rejects.toThrow("an earlier run failed");
  });

  it("rejects when simulated code leaves a rejection unhandled, and says when", async () => {
    const world = new World({ seed: 1, ...options });
    const cause = new TypeError("nobody cares");
    world.at(7, () => void Promise.resolve().then(() => Promise.reject(cause)));
    world.at(8, () => expect.unreachable());
    await expectFailure(world, "simulation: unhandled rejection at 7 ms: TypeError: nobody cares");
  });

  it("rejects when a microtask or a tick throws, and Node goes on", async () => {
    for (const defer of [queueMicrotask, (run: () => void) => process.nextTick(run)]) {
      const world = new World({ seed: 1, ...options });
      world.at(7, () =>
        defer(() => {
          throw new TypeError("lost");
        }),
      );
      await expectFailure(world, "simulation: uncaught exception at 7 ms: TypeError: lost");
    }
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("can be beside another one", async () => {
    const worlds = [1, 2, 3].map((seed) => new World({ seed, lightSignals: true, ...options }));
    const native = globalThis.AbortController;
    for (const world of worlds) for (let atMs = 0; atMs < 5; atMs++) world.at(atMs, () => {});
    await Promise.all(worlds.map((world) => world.run(10)));
    expect(worlds.map((world) => world.fired)).toEqual([5, 5, 5]);
    expect(globalThis.AbortController).toBe(native);
  });

  it("fails as a runaway where time stands still, and says whose events those are", async () => {
    const world = new World({ seed: 1, maxEventsPerMs: 2_000, ...options });
    const busy = new SimulatedProcess(world, "replica 7");
    const spin = (): void => void busy.after(0.000_1, spin);
    busy.after(3, spin);
    await expect(world.run(10)).rejects.toThrow(
      /more than 2000 events within one virtual millisecond.*replica 7: spin/,
    );
  });
});
