/** A provider that is well, met by calls that have just begun: its few failures arrive seconds before its first answer. */
import { createBreaker } from "recloser";
import { manualClock, seededRandom } from "recloser/testing";
import { describe, expect, test } from "vitest";

import { Fleet } from "../support/fleet.ts";
import { down, rigOf, scenarioPolicy } from "./support.ts";

const TICK_MS = 10;

/** Begins a call each tick; one in twenty fails at 50 ms, the others answer after 8–60 s. Gives the states it went through. */
async function startsUp(seed: number, forMs: number): Promise<string[]> {
  const clock = manualClock();
  const random = seededRandom(seed);
  const breaker = createBreaker({ clock, silence: "90s" });
  const states: string[] = [];
  breaker.on("transition", ({ to, reason }) => void states.push(`${to}: ${reason}`));
  const ends = new Map<number, (() => void)[]>();
  for (let tick = 0; tick * TICK_MS < forMs; tick++) {
    for (const end of ends.get(tick) ?? []) end();
    const permit = breaker.tryAcquire();
    const fails = random() < 0.05;
    const endTick = tick + Math.round((fails ? 50 : 8_000 + 52_000 * random()) / TICK_MS);
    const list = ends.get(endTick) ?? [];
    ends.set(endTick, [...list, () => (fails ? permit?.failure(down()) : permit?.success())]);
    await clock.advance(TICK_MS);
  }
  return states;
}

describe("a cold start", () => {
  test("at 100 calls a second with 5 % errors trips nothing in 90 s", async () => {
    for (const seed of [1, 2, 3]) expect(await startsUp(seed, 90_000)).toEqual([]);
  });
});

describe("a fleet's cold start", { timeout: 60_000 }, () => {
  // Every twentieth call fails at 50 ms, the others are answered after 8–60 s.
  const starting = (replicas: number, perSecond: number, seed: number): Fleet =>
    new Fleet({
      ...{ replicas, perSecond, seed, policy: { silence: "90s" } },
      answer: { kind: "uniform", minMs: 8_000, maxMs: 60_000 },
      schedule: [{ does: { kind: "status", status: 503, latency: 50, probability: 0.05 } }],
    });

  test.each([
    [20, 1, 60],
    [20, 10, 60],
    [64, 3, 60],
    [200, 1, 30],
  ])(
    "of %d replicas with %d calls a second each, one in twenty failing, trips nothing in %d s",
    async (replicas, perSecond, seconds) => {
      for (const seed of [1, 2]) {
        const fleet = starting(replicas, perSecond, seed);
        await fleet.pass(seconds * 1_000);
        expect(fleet.replicas.flatMap(({ transitions }) => transitions)).toEqual([]);
      }
    },
  );
});

describe("a streak among calls that began together", () => {
  const five = { ...scenarioPolicy, window: "30s", failureRate: false, consecutiveFailures: 5 } as const;

  test("counts against itself what began between and may yet succeed: three failures more for each", async () => {
    const rig = rigOf({ ...five, consecutiveFailures: 8 });
    const young = [];
    for (let i = 0; i < 5; i++) {
      await rig.fails(4);
      young.push(await rig.starts());
    }
    await rig.clock.advance(200);
    await rig.fails(2);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
    for (const call of young) expect(call.result.status).toBe("rejected");
  });

  test("is long enough by itself where none began between, however many do before and may yet succeed", async () => {
    const rig = rigOf(five);
    await rig.fails(1);
    for (let i = 0; i < 50; i++) await rig.starts();
    await rig.fails(4);
    await rig.clock.advance(200);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("goes on while answers to calls from before it arrive", async () => {
    const rig = rigOf(five);
    const before = await Promise.all(Array.from({ length: 20 }, () => rig.starts()));
    for (const call of before) {
      await call.succeed();
      await rig.clock.advance(50);
      if (rig.breaker.state === "closed") await rig.fails(1);
    }
    expect(rig.breaker.state).toBe("open");
    expect(rig.breaker.snapshot()).toMatchObject({ evidence: { failures: 5 } });
  });

  test("is not shortened by a call that began before it or after it", async () => {
    const rig = rigOf(five);
    await rig.starts();
    await rig.fails(4);
    await rig.clock.advance(200);
    const last = await rig.starts();
    await rig.starts();
    await last.fail();
    expect(rig.breaker.state).toBe("open");
  });

  test("forgets a call beside it that ended without a verdict", async () => {
    const rig = rigOf(five);
    await rig.fails(1);
    const caller = new AbortController();
    await rig.starts({ signal: caller.signal });
    const refused = await rig.starts();
    await rig.clock.advance(200);
    await rig.fails(3);
    caller.abort();
    await rig.clock.advance(0);
    await refused.fail(Object.assign(new Error("bad request"), { status: 400 }));
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("is measured from the last success on: a slow call from before it that fails is a failure and nothing else", async () => {
    const rig = rigOf(five);
    const slow = await rig.starts();
    for (let i = 0; i < 50; i++) await rig.starts();
    await rig.succeeds(1);
    await slow.fail();
    await rig.clock.advance(200);
    await rig.fails(1);
    await rig.clock.advance(200);
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("goes on under an override, without the calls that it put out of the round", async () => {
    const rig = rigOf(five);
    await rig.fails(1);
    await rig.starts();
    await rig.fails(1);
    await rig.breaker.forceClosed({ by: "ops", reason: "drill" });
    await rig.clock.advance(200);
    await rig.fails(3);
    expect(rig.breaker.snapshot().state).toBe("open");
  });
});
