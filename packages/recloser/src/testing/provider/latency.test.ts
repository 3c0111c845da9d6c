import { describe, expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { checkedLatency, sample } from "./latency.ts";
import type { Distribution } from "./latency.ts";

function drawn(distribution: Distribution): number[] {
  const random = seededRandom(3);
  return Array.from({ length: 20_000 }, () => sample(distribution, random)).toSorted((a, b) => a - b);
}

describe("a distribution", () => {
  test("that is lognormal has the median and the 95th percentile it was given", () => {
    const all = drawn({ kind: "lognormal", p50Ms: 800, p95Ms: 2_500 });
    expect(all[10_000]).toBeGreaterThan(780);
    expect(all[10_000]).toBeLessThan(820);
    expect(all[19_000]).toBeGreaterThan(2_350);
    expect(all[19_000]).toBeLessThan(2_650);
  });

  test("that is uniform stays within its bounds and reaches near both", () => {
    const all = drawn({ kind: "uniform", minMs: 10, maxMs: 20 });
    expect(all[0]).toBeGreaterThanOrEqual(10);
    expect(all[0]).toBeLessThan(10.1);
    expect(all.at(-1)).toBeLessThan(20);
    expect(all.at(-1)).toBeGreaterThan(19.9);
  });

  test("that is fixed, a bare number, or missing draws nothing", () => {
    const never = (): number => {
      throw new Error("drew");
    };
    expect(sample({ kind: "fixed", ms: 7 }, never)).toBe(7);
    expect(sample(7, never)).toBe(7);
    expect(sample(undefined, never)).toBe(0);
  });

  test.each([
    [{ answer: -1 }, "latency.answer"],
    [{ answer: NaN }, "latency.answer"],
    [{ answer: "20ms" }, "latency.answer"],
    [{ anser: 1 }, "latency.anser"],
    [{ firstToken: { kind: "normal" } }, "latency.firstToken.kind"],
    [{ firstToken: { kind: "fixed" } }, "latency.firstToken.ms"],
    [{ interToken: { kind: "uniform", minMs: 5, maxMs: 4 } }, "latency.interToken.maxMs"],
    [{ error: { kind: "lognormal", p50Ms: 5, p95Ms: 4 } }, "latency.error.p95Ms"],
    [{ error: { kind: "lognormal", p50Ms: 0, p95Ms: 4 } }, "latency.error.p50Ms"],
  ])("%j is refused at %s", (latency, option) => {
    expect(() => checkedLatency(latency, "latency")).toThrow(expect.objectContaining({ option }));
  });
});
