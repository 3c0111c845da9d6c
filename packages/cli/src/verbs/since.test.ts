import { expect, test } from "vitest";
import { sinceIn } from "./since.ts";

test.each([
  ["30m", { agoMs: 1_800_000 }],
  [" 7d ", { agoMs: 604_800_000 }],
  ["2026-11-25T14:00Z", { atMs: Date.UTC(2026, 10, 25, 14) }],
  ["2026-11-25T14:00:30.5+02:00", { atMs: Date.UTC(2026, 10, 25, 12, 0, 30, 500) }],
  ["2026-11-25T14:00", { atMs: new Date(2026, 10, 25, 14).getTime() }],
])("%j is since %j", (text, since) => {
  expect(sinceIn("--since", text)).toEqual(since);
});

test.each(["", "yesterday", "12", "366d", "2026-11-25", "2026-13-25T14:00Z", "-1h"])(
  "%j says since when not",
  (text) => {
    expect(() => sinceIn("--since", text)).toThrow(/--since: expected a duration such as 30m .* 2026-11-25T14:00Z/);
  },
);
