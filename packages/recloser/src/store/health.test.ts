import { describe, expect, it } from "vitest";
import { Health } from "./health.ts";

const connected = (): Health => {
  const health = new Health(0);
  health.returned(10);
  return health;
};
const slow = new Error("no answer in time");

describe("a store's health", () => {
  it("is unknown at the start, and nothing that fails then is news", () => {
    const health = new Health(5);
    expect([health.isConnected, health.sinceMs]).toEqual([false, 5]);
    expect(health.failed(slow, false, 6)).toBe(false);
    expect([health.lastError, health.sinceMs]).toEqual([slow, 5]);
  });

  it("is gone with one error, or with two commands in a row without an answer in time", () => {
    const refused = new Error("ECONNREFUSED");
    const once = connected();
    expect(once.failed(refused, false, 20)).toBe(true);
    expect([once.isConnected, once.sinceMs, once.lastError]).toEqual([false, 20, refused]);
    const twice = connected();
    expect(twice.failed(slow, true, 20)).toBe(false);
    twice.answered(3);
    expect([twice.failed(slow, true, 30), twice.failed(slow, true, 31)]).toEqual([false, true]);
    expect(twice.failed(slow, true, 40)).toBe(false); // told once
  });

  it("is away at the start after one error, or after two tries without an answer: one may only be slow", () => {
    const refused = new Health(0);
    expect(refused.isAway).toBe(false);
    refused.failed(new Error("ECONNREFUSED"), false, 1);
    expect(refused.isAway).toBe(true);
    const silent = new Health(0);
    silent.failed(slow, true, 1);
    expect(silent.isAway).toBe(false);
    silent.failed(slow, true, 2);
    expect(silent.isAway).toBe(true);
    silent.returned(3);
    expect(silent.isAway).toBe(false);
  });

  it("is looked for at 250 ms, then at twice that up to 2 s, spread by a fifth", () => {
    const health = connected();
    const asked = [0.5, 0.5, 0.5, 0.5, 0.5, 0, 0.999_999].map((random) => Math.round(health.againMs(random)));
    expect(asked).toEqual([250, 500, 1_000, 2_000, 2_000, 1_600, 2_400]);
    health.returned(50);
    expect(health.againMs(0.5)).toBe(250);
  });
});
