import { memoryStore } from "recloser";
import { manualClock } from "recloser/testing";
import { describe, expect, test } from "vitest";

import { atFourFailures, fleetOf, httpError, openRig, rigOf } from "./support.ts";
import type { Rig } from "./support.ts";

const cooldownOf = async (rig: Rig): Promise<number> => (await rig.rejection()).retryAfterMs;

/** Fails one probe after another and gives the cooldowns seen. */
const ladder = async (rig: Rig, steps: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let step = 0; step < steps; step++) {
    const ms = await cooldownOf(rig);
    seen.push(ms);
    await rig.clock.advance(ms - 1);
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(1);
    expect(rig.breaker.state).toBe("half-open");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  }
  return seen;
};

describe("the ladder", () => {
  test("B1 each failed probe doubles the cooldown up to its cap", async () => {
    const rig = await openRig({ cooldown: { initial: "1s", factor: 2, max: "16s", jitter: 0 } });
    expect(await ladder(rig, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
  });

  test("a trip soon after a close goes on from the last step", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    await rig.fails(4);
    expect(await cooldownOf(rig)).toBe(20_000);
    await rig.clock.advance(20_000);
    await rig.succeeds(1);
    await rig.clock.advance(59_000);
    await rig.fails(4);
    expect(await cooldownOf(rig)).toBe(40_000);
  });

  test("being closed for a minute starts the ladder anew", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    await rig.clock.advance(60_000);
    await rig.fails(4);
    expect(await cooldownOf(rig)).toBe(10_000);
  });

  test("after a long cooldown the circuit must stay closed twice as long to start anew", async () => {
    const twoSteps = async (): Promise<Rig> => {
      const rig = await openRig();
      await rig.clock.advance(10_000);
      await rig.fails(1);
      await rig.clock.advance(20_000);
      await rig.fails(1);
      expect(await cooldownOf(rig)).toBe(40_000);
      await rig.clock.advance(40_000);
      await rig.succeeds(1);
      return rig;
    };
    const early = await twoSteps();
    await early.clock.advance(79_000);
    await early.fails(4);
    expect(await cooldownOf(early)).toBe(60_000);
    const late = await twoSteps();
    await late.clock.advance(80_000);
    await late.fails(4);
    expect(await cooldownOf(late)).toBe(10_000);
  });

  test("jitter only lengthens, by at most its share, and never past the cap", async () => {
    const jittered = { cooldown: { initial: "10s", factor: 2, max: "60s", jitter: 0.2 } } as const;
    expect(await cooldownOf(await openRig(jittered, () => 0))).toBe(10_000);
    const most = await cooldownOf(await openRig(jittered, () => 0.999));
    expect(most).toBeGreaterThan(11_900);
    expect(most).toBeLessThanOrEqual(12_000);
    const capped = { cooldown: { initial: "10s", factor: 2, max: "10s", jitter: 0.2 } } as const;
    expect(await cooldownOf(await openRig(capped, () => 0.999))).toBe(10_000);
  });

  test("B7 a ladder that grows past every number stays at its cap", async () => {
    const rig = await openRig({ cooldown: { initial: "1s", factor: 10, max: "1m", jitter: 0.2 } });
    let last = 0;
    for (let step = 0; step < 400; step++) {
      last = await cooldownOf(rig);
      expect(last).toBeLessThanOrEqual(60_000);
      await rig.clock.advance(last);
      await rig.fails(1);
    }
    expect(last).toBe(60_000);
  });

  test("B7 a cooldown beyond the range of dates neither throws nor ends", async () => {
    const beyond = 8.64e15;
    const rig = await openRig({ cooldown: { initial: beyond, factor: 2, max: beyond, jitter: 0.2 } }, () => 0.999);
    const error = await rig.rejection();
    expect(error.retryAfterMs).toBeGreaterThan(1e12);
    expect(Number.isFinite(error.retryAfterMs)).toBe(true);
    expect(error.toResponse()).toBeInstanceOf(Response);
    expect(() => rig.breaker.snapshot()).not.toThrow();
    await rig.clock.advance(3_600_000);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("the provider's own hint", () => {
  const opened = async (headers: Record<string, string>): Promise<number> => {
    const rig = rigOf();
    await rig.fails(4, httpError(503, headers));
    expect(rig.breaker.state).toBe("open");
    return cooldownOf(rig);
  };

  test("B5 a Retry-After longer than the ladder's step is the cooldown", async () => {
    expect(await opened({ "retry-after": "30" })).toBe(30_000);
  });

  test("B5 a shorter one leaves the ladder's step", async () => {
    expect(await opened({ "retry-after": "3" })).toBe(10_000);
  });

  test("B5 a date is understood on the breaker's own clock", async () => {
    // The manual clock starts at 2027-01-15T08:00:00Z.
    expect(await opened({ "retry-after": "Fri, 15 Jan 2027 08:00:30 GMT" })).toBe(30_000);
  });

  test.each(["soon", "-5", "0", "", "NaN", "Fri, 15 Jan 2027 07:59:00 GMT"])("B5 %j is no hint", async (value) => {
    expect(await opened({ "retry-after": value })).toBe(10_000);
  });

  test("B5 a hint of a day is clamped to ten minutes", async () => {
    expect(await opened({ "retry-after": "86400" })).toBe(600_000);
  });

  test("B5 a failed probe's hint counts too: the longer of hint and step wins", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    await rig.fails(1, httpError(503, { "retry-after": "45" }));
    expect(await cooldownOf(rig)).toBe(45_000);
    await rig.clock.advance(45_000);
    await rig.fails(1, httpError(503, { "retry-after": "5" }));
    expect(await cooldownOf(rig)).toBe(40_000);
  });

  test("B5 a classifier's hint is the provider's hint", async () => {
    const rig = rigOf({
      classify: () => ({ kind: "overloaded", track: "window", retryAfterMs: 25_000, scope: "provider" }),
    });
    await rig.fails(4);
    expect(await cooldownOf(rig)).toBe(25_000);
  });
});

describe("a store that outlives its user", () => {
  test("B9 an open circuit found in the store keeps its deadline and its ladder, and is probed once that is over", async () => {
    const clock = manualClock();
    const store = memoryStore();
    const first = fleetOf({ store, replicaId: "first" }, clock);
    const before = first.rig("openai");
    await before.fails(4);
    await clock.advance(10_000);
    await before.fails(1);
    expect(await cooldownOf(before)).toBe(20_000);
    await first.recloser.close();

    await clock.advance(5_000);
    const second = fleetOf({ store, replicaId: "second" }, clock);
    const after = second.rig("openai");
    const ready = second.recloser.ready();
    await clock.advance(2_000);
    await ready;
    expect(after.breaker.state).toBe("open");
    expect(await cooldownOf(after)).toBe(13_000);
    await clock.advance(13_000);
    expect(after.breaker.state).toBe("half-open");
    await after.fails(1);
    expect(await cooldownOf(after)).toBe(40_000);
    await second.recloser.close();
  });

  test("B9 one whose cooldown is long over is probed at once", async () => {
    const clock = manualClock();
    const store = memoryStore();
    const first = fleetOf({ store, replicaId: "first" }, clock);
    await first.rig("openai").fails(4);
    await first.recloser.close();

    await clock.advance(30_000);
    const second = fleetOf({ store, replicaId: "second", defaults: atFourFailures }, clock);
    const after = second.rig("openai");
    const ready = second.recloser.ready();
    await clock.advance(2_000);
    await ready;
    expect(after.breaker.state).toBe("half-open");
    await after.succeeds(1);
    expect(after.breaker.state).toBe("closed");
    await second.recloser.close();
  });
});
