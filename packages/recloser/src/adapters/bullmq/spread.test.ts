import { describe, expect, it } from "vitest";
import { seededRandom } from "../../testing/seeded-random.ts";
import { Spread } from "./spread.ts";

const STEP_MS = 1_000;

function perStep(placed: readonly number[], beginMs: number): number[] {
  const steps: number[] = [];
  for (const atMs of placed) {
    const step = Math.floor((atMs - beginMs) / STEP_MS);
    steps[step] = (steps[step] ?? 0) + 1;
  }
  return steps;
}

describe("jobs that were put back for one circuit", () => {
  it("come back as the ramp lets them in: one at its deadline, and at most twice as many in each step", () => {
    const spread = new Spread(STEP_MS, seededRandom(1));
    const placed = Array.from({ length: 200 }, (_, i) => spread.place("a", 1, 10_000 + (i % 3) * 0.5));
    expect(placed[0]).toBe(10_000);
    expect(Math.min(...placed)).toBe(10_000);
    const steps = perStep(placed, 10_000);
    expect(steps).toEqual([1, 2, 4, 8, 16, 32, 64, 73]);
  });

  it("begin anew in another round, after all are due, and for another circuit", () => {
    const spread = new Spread(STEP_MS, seededRandom(1));
    for (let i = 0; i < 50; i++) spread.place("a", 1, 10_000);
    expect(spread.place("b", 1, 10_000)).toBe(10_000);
    expect(spread.place("a", 2, 12_000)).toBe(12_000);
    expect(spread.place("a", 2, 100_000)).toBe(100_000);
  });

  it("never all at once where the circuit lets in step by step: each a while later than it was refused", () => {
    const spread = new Spread(STEP_MS, seededRandom(1));
    for (let i = 0; i < 50; i++) spread.place("a", 1, 10_000);
    const again = Array.from({ length: 20 }, (_, i) => spread.place("a", 1, 10_100 + i));
    expect(again.every((atMs) => atMs >= 15_000)).toBe(true);
    expect(new Set(again).size).toBe(20);
  });

  it("are remembered for so many circuits only", () => {
    const spread = new Spread(STEP_MS, seededRandom(1));
    spread.place("first", 1, 10_000);
    for (let i = 0; i < 1_000; i++) spread.place(`tenant ${i}`, 1, 10_000);
    expect(spread.place("first", 1, 10_000)).toBe(10_000);
  });
});
