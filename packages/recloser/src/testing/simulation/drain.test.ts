import { describe, expect, it } from "vitest";
import { createBreaker } from "../../recloser.ts";
import { executeThrough } from "./calls.ts";
import { chooseDrain, type Drain, drainsAll, inMacrotask, tickDrain, turnDrain } from "./drain.ts";
import { latencies } from "./latencies.ts";
import { SimulatedProcess } from "./process.ts";
import { ProviderModel } from "./provider-model.ts";
import { Workload } from "./workload.ts";
import { World } from "./world.ts";

const macrotask = <T>(run: () => T): Promise<T> => new Promise((resolve) => inMacrotask(() => resolve(run())));

/** Promises, awaits, ticks, microtasks, sleeps and an async generator that get in each other's way. */
async function trace(byTurns: boolean): Promise<string[]> {
  const world = new World({ seed: 1, byTurns });
  const said: string[] = [];
  const say = (what: string): number => said.push(`${world.nowMs} ${what}`);
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
  return said;
}

/** A breaker in an outage, as JSON. */
async function outageIn(options: { byTurns?: boolean; lightSignals?: boolean }): Promise<string> {
  const world = new World({ seed: 3, ...options });
  const replica = new SimulatedProcess(world, "replica");
  const provider = new ProviderModel(world, {
    latency: { answer: latencies.chatAnswer },
    schedule: [{ fromMs: 5_000, toMs: 25_000, does: { kind: "hang", probability: 0.9 } }],
    log: true,
  });
  const policy = { silence: "2s", minimumCalls: 5, failureRate: 0.5 } as const;
  const breaker = createBreaker({ clock: replica.clock, random: world.random("library"), ...policy });
  const records: unknown[] = [];
  breaker.on("transition", (event) => records.push(event));
  const callers = new Workload(replica, {
    arrivals: { kind: "poisson", perSecond: 10 },
    call: executeThrough(breaker, provider, replica),
    timeoutMs: 10_000,
    onEnd: (record) => records.push(record),
  });
  await world.run(60_000);
  expect(breaker.snapshot().generation).toBeGreaterThan(1);
  return JSON.stringify([records, callers.counters, provider.log]);
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
    const bySync = await trace(false);
    expect(bySync).toHaveLength(15);
    expect(await trace(true)).toEqual(bySync);
  });

  it("makes no difference to the library, and light signals do not either", async () => {
    const expected = await outageIn({});
    expect(await outageIn({ byTurns: true })).toBe(expected);
    expect(await outageIn({ lightSignals: true })).toBe(expected);
    expect(await outageIn({ byTurns: true, lightSignals: true })).toBe(expected);
  });
});
