import { expect, test } from "vitest";
import { clockText, lengthText } from "./time-text.ts";

test.each([
  [0, "0 s"],
  [-5, "0 s"],
  [400, "0.4 s"],
  [3_040, "3 s"],
  [9_949, "9.9 s"],
  [9_960, "10 s"],
  [59_600, "1 min"],
  [245_000, "4 min 5 s"],
  [7_200_000, "2 h"],
  [7_260_000, "2 h 1 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms is %s", (ms, text) => expect(lengthText(ms)).toBe(text));

test("an instant of another day says which", () => {
  const noon = new Date(2026, 10, 25, 12, 3, 4).getTime();
  expect(clockText(noon, noon + 1_000)).toBe("12:03:04");
  expect(clockText(noon, noon + 86_400_000)).toBe("2026-11-25 12:03:04");
});
