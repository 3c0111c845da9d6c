import type { BreakerSnapshot } from "recloser";
import { expect, test } from "vitest";
import { sinceMs } from "./since.ts";

test.each([
  ["closed", 1],
  ["open", 2],
  ["half-open", 3],
] as const)("%s since what made it so", (state, expected) => {
  const instants = { override: null, closedAtMs: 1, openedAtMs: 2, openUntilMs: 3 };
  expect(sinceMs({ ...instants, state } as BreakerSnapshot)).toBe(expected);
});
