import { describe, expect, it } from "vitest";
import { randomStreams } from "./random-streams.ts";

const draw = (random: () => number, count = 5): number[] => Array.from({ length: count }, random);

describe("Streams of randomness", () => {
  it("are the same for the same seed and label, and others for another seed or label", () => {
    const first = draw(randomStreams(1)("arrivals"));
    expect(draw(randomStreams(1)("arrivals"))).toEqual(first);
    expect(draw(randomStreams(2)("arrivals"))).not.toEqual(first);
    expect(draw(randomStreams(1)("latency"))).not.toEqual(first);
  });

  it("go on where they were when asked for again", () => {
    const streams = randomStreams(1);
    const all = draw(randomStreams(1)("arrivals"), 10);
    expect([...draw(streams("arrivals")), ...draw(streams("arrivals"))]).toEqual(all);
  });

  it("do not shift when another is drawn from more or less", () => {
    const streams = randomStreams(1);
    draw(streams("arrivals"), 1_000);
    expect(draw(streams("latency"))).toEqual(draw(randomStreams(1)("latency")));
  });

  it("are even, and not alike", () => {
    const streams = randomStreams(7);
    const [a, b] = [draw(streams("a"), 100_000), draw(streams("b"), 100_000)];
    const mean = a.reduce((sum, each) => sum + each, 0) / a.length;
    const together = a.reduce((sum, each, index) => sum + (each - 0.5) * ((b[index] ?? 0) - 0.5), 0) / a.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(together * 12).toBeCloseTo(0, 1);
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...a)).toBeLessThan(1);
  });
});
