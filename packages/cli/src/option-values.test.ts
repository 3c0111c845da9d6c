import { describe, expect, test } from "vitest";
import { durationUpTo, numberBetween, oneOf, wholeNumberBetween } from "./option-values.ts";

describe("a number", () => {
  const read = numberBetween("--speed", 0.1, 20);

  test.each([
    ["1", 1],
    ["0.1", 0.1],
    [".5", 0.5],
    [" 20 ", 20],
  ])("reads %j", (text, value) => expect(read(text)).toBe(value));

  test.each(["", "abc", "0", "-1", "21", "NaN", "Infinity", "1e1", "0x10", "1,5", "5x"])(
    "refuses %j with the option, what was expected and what came",
    (text) => {
      expect(() => read(text)).toThrow(`--speed: expected a number from 0.1 to 20; received ${JSON.stringify(text)}`);
    },
  );
});

test("a whole number has no fraction", () => {
  const read = wholeNumberBetween("--seed", 0, 9);
  expect(read("7")).toBe(7);
  expect(() => read("1.5")).toThrow('--seed: expected a whole number from 0 to 9; received "1.5"');
});

test("a choice lists the others when it is none of them", () => {
  const read = oneOf("--scenario", ["hang", "503"]);
  expect(read("503")).toBe("503");
  expect(() => read("HANG")).toThrow('--scenario: expected one of hang, 503; received "HANG"');
});

test("a duration has its unit", () => {
  const read = durationUpTo("--stop-redis-at", "10m");
  expect(["500ms", "6s", "1.5s", "10m"].map(read)).toEqual([500, 6_000, 1_500, 600_000]);
  for (const text of ["6", "s", "-1s", "1h", "11m", "1..5s", ""])
    expect(() => read(text)).toThrow(
      `--stop-redis-at: expected a duration with its unit, such as 6s, up to 10m; received ${JSON.stringify(text)}`,
    );
});
