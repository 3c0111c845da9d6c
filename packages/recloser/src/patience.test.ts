import { describe, expect, it } from "vitest";
import { Patience } from "./patience.ts";

const MINUTE = 60_000;

describe("patience", () => {
  it("keeps a limit that is longer than twice the longest wait", () => {
    const patience = new Patience();
    patience.note(10_000, 0);
    expect(patience.stretched(20_000, 0)).toBe(20_000);
  });

  it("stretches a limit to twice the longest wait", () => {
    const patience = new Patience();
    for (const waitedMs of [12_000, 45_000, 30_000]) patience.note(waitedMs, 0);
    expect(patience.stretched(20_000, 0)).toBe(90_000);
  });

  it("remembers a wait for ten minutes at least and twenty at most", () => {
    const patience = new Patience();
    const seen: number[] = [];
    for (let minute = 0; minute <= 30; minute++) {
      if (minute === 15) patience.note(45_000, minute * MINUTE);
      seen.push(patience.stretched(20_000, minute * MINUTE));
    }
    const until = seen.lastIndexOf(90_000) - 15;
    expect(seen.indexOf(90_000)).toBe(15);
    expect(until).toBeGreaterThanOrEqual(9);
    expect(until).toBeLessThan(20);
  });

  it("has forgotten all after an idle hour", () => {
    const patience = new Patience();
    patience.note(45_000, 0);
    expect(patience.stretched(20_000, 60 * MINUTE)).toBe(20_000);
  });
});
