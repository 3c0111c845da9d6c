import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cooldownOf, HINT_ON_COOLDOWN_MAX_MS, openPeriodMs, rungMs, tripStep } from "./cooldown.ts";

const ladder = { initialMs: 1_000, factor: 2, maxMs: 16_000 };
const anyLadder = fc
  .record({
    initialMs: fc.double({ min: 1, max: 1e9, noNaN: true }),
    factor: fc.double({ min: 1, max: 1e6, noNaN: true }),
    more: fc.double({ min: 0, max: 1e9, noNaN: true }),
  })
  .map(({ initialMs, factor, more }) => ({ initialMs, factor, maxMs: initialMs + more }));
const anyStep = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the cooldown ladder", () => {
  it("B1: doubles from the first step to the cap and never goes beyond it", () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((step) => rungMs(ladder, step))).toEqual([
      ...[1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000],
    ]);
  });

  it("B7: saturates instead of overflowing, however many steps it has gone", () => {
    expect(rungMs(ladder, Number.MAX_SAFE_INTEGER)).toBe(16_000);
    expect(rungMs({ initialMs: 1, factor: 1e6, maxMs: 86_400_000 }, 1_000_000)).toBe(86_400_000);
  });

  it("is flat with a factor of 1", () => {
    expect([1, 2, 1_000].map((step) => rungMs({ ...ladder, factor: 1 }, step))).toEqual([1_000, 1_000, 1_000]);
  });

  it("never shrinks from one step to the next", () => {
    fc.assert(
      fc.property(anyLadder, anyStep, (any, step) => {
        expect(rungMs(any, step + 1)).toBeGreaterThanOrEqual(rungMs(any, step));
      }),
    );
  });
});

describe("an open period", () => {
  it("lies between its rung and the maximum, whatever jitter and chance say", () => {
    fc.assert(
      fc.property(
        anyLadder,
        fc.double({ min: 0, max: 1, noNaN: true }),
        anyStep,
        random,
        (any, jitter, step, drawn) => {
          const period = openPeriodMs(cooldownOf(any, jitter, step, drawn), null);
          expect(period).toBeGreaterThanOrEqual(rungMs(any, step));
          expect(period).toBeLessThanOrEqual(any.maxMs);
          expect(Number.isFinite(period)).toBe(true);
        },
      ),
    );
  });

  it("is lengthened by jitter, by up to its share, and not beyond the maximum", () => {
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 1, 0), null)).toBe(1_000);
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 1, 0.5), null)).toBe(1_100);
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 5, 0.999), null)).toBe(16_000);
  });

  it("B5: is raised to a longer hint, also above the maximum, and never jittered below it", () => {
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 1, 0.5), 20_000)).toBe(20_000);
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 1, 0.5), 1_099)).toBe(1_100);
    expect(openPeriodMs(cooldownOf(ladder, 0.2, 1, 0.5), 0)).toBe(1_100);
  });

  it("follows a hint for ten minutes at most", () => {
    expect(HINT_ON_COOLDOWN_MAX_MS).toBe(600_000);
    for (const hint of [600_000, 600_001, 86_400_000, Infinity])
      expect(openPeriodMs(cooldownOf(ladder, 0, 1, 0), hint)).toBe(600_000);
  });
});

describe("the step of a trip", () => {
  it("is one up without a close before it, and after a short time closed", () => {
    expect(tripStep(0, 0, null, 1e12)).toBe(1);
    expect(tripStep(3, 4_000, null, 1e12)).toBe(4);
    expect(tripStep(3, 4_000, 1_000, 1_001)).toBe(4);
  });

  it("is the first again after being closed for 60 s, or for twice the last cooldown if that is longer", () => {
    expect([59_999, 60_000].map((ms) => tripStep(3, 4_000, 1_000, 1_000 + ms))).toEqual([4, 1]);
    expect([60_000, 119_999, 120_000].map((ms) => tripStep(3, 60_000, 0, ms))).toEqual([4, 4, 1]);
  });
});
