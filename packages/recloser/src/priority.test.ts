/** Batch calls are shed before interactive ones, also where nobody waits. */
import { describe, expect, it } from "vitest";
import { broken, tooMany } from "../../../tests/support/played-load.ts";
import { SHED_MOST } from "./adaptive-shed.ts";
import type { Breaker } from "./api.ts";
import { InvalidOptionError, ShedError } from "./errors.ts";
import { createPolicy, type PolicyOptions } from "./policy.ts";
import { limitFor, type Priority } from "./priority.ts";
import { PriorityMix } from "./priority-mix.ts";
import { createBreaker } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const batch = { priority: "batch" } as const;
const untripped: PolicyOptions = { failureRate: false, consecutiveFailures: false };

describe("the slots", () => {
  it("are kept in part for interactive calls: four fifths of them are for batch", async () => {
    const breaker = createBreaker({ name: "llm", shed: { maxInFlight: 10 } });
    const taken = Array.from({ length: 9 }, () => breaker.tryAcquire(batch)).filter((permit) => permit !== null);
    expect(taken).toHaveLength(8);
    const error = (await breaker.execute(() => 1, batch).catch((thrown: unknown) => thrown)) as ShedError;
    expect(error).toMatchObject({ reason: "concurrency", limit: 8, priority: "batch" });
    expect(error.message).toBe(
      'call to "llm" shed: 8 calls are in flight, and the rest of 10 is kept for interactive ones (shed.batchShare)',
    );
    expect([breaker.tryAcquire(), breaker.tryAcquire()].map((permit) => permit?.kind)).toEqual(["call", "call"]);
    expect(breaker.tryAcquire()).toBeNull();
    expect(breaker.snapshot().load).toMatchObject({
      ...{ inFlight: 10, limit: 10, batchLimit: 8 },
      shed: { concurrency: 3 },
    });
  });

  it("are for batch in whole numbers, but never none", () => {
    const limits = (maxInFlight: number, batchShare?: number): number[] => {
      const policy = createPolicy({ shed: { maxInFlight, batchShare } });
      return [limitFor(policy, "interactive"), limitFor(policy, "batch")];
    };
    expect([1, 2, 3, 5, 10].map((slots) => limits(slots))).toEqual([
      ...[
        [1, 1],
        [2, 1],
        [3, 2],
        [5, 4],
        [10, 8],
      ],
    ]);
    expect([limits(10, 0.01), limits(10, 1)]).toEqual([
      [10, 1],
      [10, 10],
    ]);
    const unlimited = createPolicy();
    expect(limitFor(unlimited, "batch")).toBe(Infinity);
  });
});

describe("the adaptive shed", () => {
  /** Seven of ten calls have failed; asks further ones, and gives the share of each priority that was shed. */
  const shares = (order: readonly Priority[]): Record<Priority, number> => {
    const breaker = createBreaker({ ...untripped, clock: manualClock(), random: seededRandom(7), window: "5m" });
    const first = Array.from({ length: 400 }, () => breaker.tryAcquire());
    for (const [i, permit] of first.entries()) {
      if (i % 10 < 7) permit?.failure(broken());
      else permit?.success();
    }
    const asked = { interactive: 0, batch: 0 };
    const shed = { interactive: 0, batch: 0 };
    for (let i = 0; i < 20_000; i++) {
      const priority = order[i % order.length] ?? "interactive";
      asked[priority]++;
      const permit = breaker.tryAcquire({ priority });
      if (permit === null) shed[priority]++;
      permit?.ignore();
    }
    return {
      interactive: shed.interactive / Math.max(1, asked.interactive),
      batch: shed.batch / Math.max(1, asked.batch),
    };
  };
  const rate = (): number => shares(["interactive"]).interactive;

  it("takes batch calls alone where they suffice, and as many in all as without", () => {
    const half = shares(["interactive", "batch"]);
    expect(half.interactive).toBeLessThan(0.001); // the first of all came before any batch call
    expect(half.batch / 2).toBeCloseTo(rate(), 1);
  });

  it("takes nine tenths of the batch calls, and what is missing from the others", () => {
    const few = shares(["interactive", "interactive", "interactive", "batch"]);
    expect(few.batch).toBeCloseTo(SHED_MOST, 1);
    expect(few.interactive).toBeGreaterThan(0);
    expect((3 * few.interactive + few.batch) / 4).toBeCloseTo(rate(), 1);
  });

  it("takes from batch calls what it would from any, where there are no others", () => {
    expect(shares(["batch"]).batch).toBeCloseTo(rate(), 1);
  });

  it("shares a rate out exactly: all of batch's first, up to nine tenths, then what is missing of the others", () => {
    const mix = new PriorityMix();
    for (const priority of ["interactive", "interactive", "interactive", "batch"] as const) mix.asked(priority);
    expect([mix.rateFor("batch", 0.2), mix.rateFor("interactive", 0.2)]).toEqual([0.8, 0]);
    expect(mix.rateFor("batch", 0.6)).toBe(SHED_MOST);
    expect(mix.rateFor("interactive", 0.6)).toBeCloseTo((0.6 - 0.25 * SHED_MOST) / 0.75, 9);
  });

  it("takes nothing from a priority that nobody asks with", () => {
    const mix = new PriorityMix();
    expect([mix.rateFor("batch", 0), mix.rateFor("interactive", 0.4)]).toEqual([SHED_MOST, 0.4]);
    mix.asked("batch");
    expect([mix.rateFor("batch", 0.95), mix.rateFor("interactive", 0.95)]).toEqual([SHED_MOST, 0]);
  });

  it("forgets a batch job that has ended", () => {
    const mix = new PriorityMix();
    for (let i = 0; i < 100; i++) mix.asked("batch");
    for (let i = 0; i < 5_000; i++) mix.asked("interactive");
    expect(mix.rateFor("interactive", 0.4)).toBeCloseTo(0.4, 2);
  });
});

describe("the pace and the ramp", () => {
  const paced = async (): Promise<{ breaker: Breaker; advance: (ms: number) => Promise<void> }> => {
    const clock = manualClock();
    const breaker = createBreaker({ ...untripped, clock });
    breaker.tryAcquire();
    await clock.advance(1_000);
    for (let i = 0; i < 24; i++) {
      const permit = breaker.tryAcquire();
      if (i % 2 === 0) permit?.failure(tooMany());
      else permit?.success();
      await clock.advance(50);
    }
    return { breaker, advance: (ms) => clock.advance(ms) };
  };
  const served = async (asks: (ms: number) => readonly Priority[]): Promise<Record<Priority, number>> => {
    const { breaker, advance } = await paced();
    const made = { interactive: 0, batch: 0 };
    for (let ms = 0; ms < 20_000; ms += 10) {
      for (const priority of asks(ms)) {
        const permit = breaker.tryAcquire({ priority });
        if (permit !== null) made[priority]++;
        permit?.success();
      }
      await advance(10);
    }
    return made;
  };

  it("give interactive calls the whole rate where they want it, however many batch calls ask", async () => {
    const both = await served(() => ["batch", "batch", "interactive"]);
    expect(both.batch / (both.batch + both.interactive)).toBeLessThan(0.05);
    expect(both.interactive).toBeGreaterThan(100);
  });

  it("give batch calls what interactive ones leave over, and all of it where there are none", async () => {
    const alone = await served(() => ["batch"]);
    const rare = await served((ms) => (ms % 500 === 0 ? ["interactive", "batch"] : ["batch"]));
    expect(alone.batch).toBeGreaterThan(100);
    expect(rare.interactive).toBeGreaterThan(37);
    expect(rare.batch).toBeGreaterThan(alone.batch - 60);
  });

  it("keep slots of the ramp for interactive calls", async () => {
    const clock = manualClock();
    const breaker = createBreaker({
      clock,
      failureThreshold: 1,
      cooldown: { initial: "1s", jitter: 0 },
      ramp: { from: 4 },
    });
    await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
    await clock.advance(1_000);
    await breaker.execute(() => "probe");
    const batches = Array.from({ length: 4 }, () => breaker.tryAcquire(batch)).filter((permit) => permit !== null);
    expect(batches).toHaveLength(3);
    expect(await breaker.execute(() => 1, batch).catch((error: unknown) => error)).toMatchObject({
      ...{ code: "ERR_CIRCUIT_OPEN", reason: "ramping" },
    });
    expect(breaker.tryAcquire()).not.toBeNull();
  });
});

it("a priority that there is not is refused, by name", async () => {
  const breaker = createBreaker();
  const bad = { priority: "urgent" } as never;
  const refusals = [
    await breaker.execute(() => 1, bad).catch((error: unknown) => error),
    await breaker.acquire(bad).catch((error: unknown) => error),
  ];
  for (const refusal of refusals) {
    expect(InvalidOptionError.is(refusal)).toBe(true);
    expect(refusal).toMatchObject({ option: "priority", expected: '"interactive" or "batch"', received: "urgent" });
  }
  expect(() => breaker.tryAcquire(bad)).toThrow("priority");
  expect(() => breaker.stream(async function* () {}, bad)).toThrow("priority");
});
