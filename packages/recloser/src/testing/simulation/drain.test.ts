import { describe, expect, it } from "vitest";
import { chooseDrain, type Drain, drainsAll, inMacrotask, tickDrain, turnDrain } from "./drain.ts";
import { World } from "./world.ts";

const macrotask = <T>(run: () => T): Promise<T> => new Promise((resolve) => inMacrotask(() => resolve(run())));

/** Promises, awaits, ticks, microtasks, sleeps and an async generator that get in each other's way. */
async function traceWith(drain: Drain): Promise<string[]> {
  const world = new World({ seed: 1, drain });
  const trace: string[] = [];
  const say = (what: string): number => trace.push(`${world.nowMs} ${what}`);
  const later = (ms: number): Promise<void> => new Promise((resolve) => world.after(ms, resolve));
  async function* numbers(): AsyncGenerator<number> {
    for (let i = 0; i < 3; i++) {
      await later(10);
      yield i;
    }
  }
  const read = async (name: string): Promise<void> => {
    for await (const number of numbers()) say(`${name} ${number}`);
    await Promise.all([later(5), Promise.resolve().then(() => say(`${name} reacts`))]);
    await Promise.reject(new Error("caught")).catch(() => say(`${name} catches`));
    queueMicrotask(() => say(`${name} microtask`));
    process.nextTick(() => say(`${name} tick`));
  };
  world.at(0, () => void read("a"));
  world.at(0, () => void read("b"));
  world.at(20, () => say("event"));
  await world.run(100);
  return trace;
}

describe("The drain", () => {
  it("is the synchronous one on this Node", async () => {
    const { kind } = await macrotask(chooseDrain);
    expect(kind).toBe("sync");
  });

  it("would not work inside a microtask, which is why a run starts in a macrotask", async () => {
    await Promise.resolve();
    expect(drainsAll(tickDrain as Drain)).toBe(false);
    expect(await macrotask(() => drainsAll(tickDrain as Drain))).toBe(true);
  });

  it("fails the trial where it needs a turn of the event loop", async () => {
    expect(await macrotask(() => drainsAll(turnDrain))).toBe(false);
  });

  it("gives the same trace of a program in both forms", async () => {
    const bySync = await traceWith(tickDrain as Drain);
    expect(bySync).toHaveLength(15);
    expect(await traceWith(turnDrain)).toEqual(bySync);
  });
});
