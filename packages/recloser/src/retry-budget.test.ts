import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUDGET_MEMORY_MS, RetryBudget } from "./retry-budget.ts";

const T0 = 1_800_000_000_000;
const limits = { ratio: 0.2, floorPerSecond: 1 };

function taken(budget: RetryBudget, asks: number, nowMs: number, of = limits): number {
  let granted = 0;
  for (let i = 0; i < asks; i++) if (budget.take(of, nowMs)) granted++;
  return granted;
}

describe("a budget of retries", () => {
  it("affords a share of the recent calls, and a few in any case", () => {
    const budget = new RetryBudget();
    expect(taken(budget, 100, T0)).toBe(10);
    for (let i = 0; i < 1_000; i++) budget.called(T0);
    expect(taken(budget, 1_000, T0)).toBe(200);
  });

  it("gives the floor back second by second", () => {
    const budget = new RetryBudget();
    taken(budget, 100, T0);
    let granted = 0;
    for (let second = 1; second <= 60; second++) granted += taken(budget, 100, T0 + second * 1_000);
    expect(granted).toBeGreaterThanOrEqual(50);
    expect(granted).toBeLessThanOrEqual(60);
  });

  it("does not save up: the calls of a good hour pay for none of the next one", () => {
    const budget = new RetryBudget();
    for (let second = 0; second < 3_600; second++) for (let i = 0; i < 10; i++) budget.called(T0 + second * 1_000);
    expect(taken(budget, 1_000, T0 + 3_600_000 + 10 * BUDGET_MEMORY_MS)).toBe(10);
  });

  it("affords nothing where both limits are 0, however often it is asked", () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 100; i++) budget.called(T0);
    expect(taken(budget, 100, T0, { ratio: 0, floorPerSecond: 0 })).toBe(0);
  });

  it("is one account, whatever limits the calls bring", () => {
    const budget = new RetryBudget();
    expect(taken(budget, 100, T0, { ratio: 0, floorPerSecond: 3 })).toBe(30);
    expect(taken(budget, 100, T0)).toBe(0);
  });

  it("is not confused by a clock that steps back", () => {
    const budget = new RetryBudget();
    taken(budget, 100, T0);
    expect(taken(budget, 100, T0 - 60_000)).toBe(0);
    const other = new RetryBudget();
    for (let i = 0; i < 100; i++) other.called(T0);
    expect(taken(other, 100, T0 - BUDGET_MEMORY_MS)).toBe(30);
  });

  it("never affords more than the share of all calls, and the floor for the time and ten seconds", () => {
    const step = fc.record({
      afterMs: fc.constantFrom(0, 0, 1, 50, 400, 3_000, 40_000),
      calls: fc.nat({ max: 30 }),
      asks: fc.nat({ max: 30 }),
    });
    const some = fc.record({
      ratio: fc.double({ min: 0, max: 1, noNaN: true }),
      floorPerSecond: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), some, (steps, of) => {
        const budget = new RetryBudget();
        let [nowMs, calls, retries] = [T0, 0, 0];
        for (const next of steps) {
          nowMs += next.afterMs;
          for (let i = 0; i < next.calls; i++) budget.called(nowMs);
          calls += next.calls;
          retries += taken(budget, next.asks, nowMs, of);
          const seconds = (nowMs - T0 + BUDGET_MEMORY_MS) / 1_000;
          expect(retries).toBeLessThanOrEqual(of.ratio * calls + of.floorPerSecond * seconds + 1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });
});
