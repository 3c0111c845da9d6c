import { expect, test } from "vitest";
import { Ledger, percentile } from "./ledger.ts";

test("a percentile is a value that was seen, by the nearest rank", () => {
  const values = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect(percentile(values, 0.5)).toBe(10);
  expect(percentile(values, 0.95)).toBe(19);
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([], 0.5)).toBeNull();
});

test("recent waits are those of callers answered since then, whenever they asked", () => {
  const ledger = new Ledger();
  const [early, late, pending] = [ledger.ask(0), ledger.ask(100), ledger.ask(110)];
  ledger.answer(late, "rejected", 101);
  ledger.answer(early, "good", 500);
  expect(ledger.waitsSince(200)).toEqual([500]);
  expect(ledger.waitsSince(0).toSorted((a, b) => a - b)).toEqual([1, 500]);
  expect(ledger.counts).toEqual({ good: 1, failed: 0, rejected: 1, released: 0, fallback: 0 });
  expect(pending.ending).toBeNull();
});

test("what goes on for ever lets go of those who were answered long ago, and of nobody who waits", () => {
  const ledger = new Ledger();
  const waiting = ledger.ask(0);
  const [old, fresh] = [ledger.ask(0), ledger.ask(0)];
  ledger.answer(old, "good", 100);
  ledger.answer(fresh, "fallback", 900);
  expect(ledger.endedSince(0)).toEqual([fresh, old]);
  ledger.forgetBefore(500);
  expect(ledger.callers).toEqual([waiting, fresh]);
  expect(ledger.endedSince(0)).toEqual([fresh]);
  expect(ledger.counts).toMatchObject({ good: 1, fallback: 1 });
});
