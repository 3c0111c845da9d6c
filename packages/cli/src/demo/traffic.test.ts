import { manualClock } from "recloser/testing";
import { expect, test } from "vitest";
import { gapsMs, sendTraffic } from "./traffic.ts";

function first(count: number, rps: number, seed: number): number[] {
  const gaps = gapsMs(rps, seed);
  return Array.from({ length: count }, () => gaps.next().value);
}

test("the same seed gives the same callers, another seed others", () => {
  expect(first(50, 8, 1)).toEqual(first(50, 8, 1));
  expect(first(50, 8, 1)).not.toEqual(first(50, 8, 2));
});

test("callers come at the rate that was asked for", () => {
  const gaps = first(2_000, 8, 1);
  expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeCloseTo(125, -1);
});

test("callers are sent until the time is up", async () => {
  const clock = manualClock();
  const signal = new AbortController().signal;
  let asked = 0;
  const sending = sendTraffic({ clock, rps: 10, seed: 1, untilMs: clock.now() + 2_000, signal }, () => asked++);
  await clock.advance(1_000);
  expect(asked).toBeGreaterThanOrEqual(8);
  expect(asked).toBeLessThanOrEqual(12);
  await clock.advance(2_000);
  await sending;
  expect(asked).toBeGreaterThanOrEqual(18);
  expect(asked).toBeLessThanOrEqual(22);
});

test("an abort ends the sending with its reason", async () => {
  const clock = manualClock();
  const stop = new AbortController();
  const sending = sendTraffic({ clock, rps: 1, seed: 1, untilMs: Infinity, signal: stop.signal }, () => {});
  stop.abort(new Error("enough"));
  await expect(sending).rejects.toThrow("enough");
});
