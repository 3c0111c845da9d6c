import type { StoredRecord } from "recloser/inspect";
import { describe, expect, test } from "vitest";
import { type Line, paint } from "../terminal/line.ts";
import { columnsOf } from "../terminal/printable.ts";
import { changeLine } from "./change-line.ts";
import { changesBetween } from "./changes.ts";
import { checked } from "./check.ts";
import { standingOf, worstFirst } from "./standing.ts";
import { statusDetails } from "./status-details.ts";
import { statusTable } from "./status-table.ts";
import { watchFrame } from "./watch-frame.ts";
import { failingText, nextText, rulesText } from "./words.ts";

const NOW = new Date(2026, 10, 25, 14, 3, 17).getTime();
const TIMES = { nowMs: NOW, offsetMs: 0 };
const RULES = {
  windowMs: 30_000,
  minimumCalls: 10,
  failureRate: 0.5,
  failureThreshold: false,
  consecutiveFailures: 18,
  slowCall: false,
} as const;
const CLOSED: StoredRecord = {
  name: "openai:gpt-5",
  state: "closed",
  effectiveState: "closed",
  sinceMs: null,
  generation: 1,
  version: 1,
  window: { calls: 24, successes: 21, failures: 3, slow: 0, young: 0, failureRate: 0.125, byKind: { timeout: 3 } },
  rules: RULES,
  consecutiveFailures: 0,
  openedAtMs: null,
  openUntilMs: null,
  retryAfterMs: 0,
  reason: null,
  evidence: null,
  step: 0,
  cooldownMs: 0,
  closedAtMs: null,
  probing: false,
  probesPassed: 0,
  leasesLost: 0,
  holds: [],
  override: null,
};
const EMPTY = { calls: 0, successes: 0, failures: 0, slow: 0, young: 0, failureRate: 0, byKind: {} };
const OPEN: StoredRecord = {
  ...CLOSED,
  state: "open",
  effectiveState: "open",
  sinceMs: NOW - 12_000,
  openedAtMs: NOW - 12_000,
  openUntilMs: NOW + 3_200,
  retryAfterMs: 3_200,
  reason: "failure-rate",
  window: EMPTY,
  evidence: {
    calls: 24,
    failures: 20,
    slow: 0,
    windowMs: 30_000,
    byKind: { timeout: 20 },
    headline: "20 of 24 calls failed in 30 s",
    summary: "20 of 24 calls failed in 30 s: 20 timeout",
  },
  step: 2,
  cooldownMs: 10_000,
};
const HALF_OPEN: StoredRecord = { ...OPEN, state: "half-open", effectiveState: "half-open", retryAfterMs: 0 };
const OVERRIDE = {
  mode: "force-closed",
  by: "alice",
  reason: "drill",
  sinceMs: NOW - 60_000,
  untilMs: NOW + 1_800_000,
} as const;
const HELD_CLOSED: StoredRecord = { ...OPEN, name: "b", effectiveState: "closed", override: OVERRIDE };
const HELD_OPEN: StoredRecord = {
  ...CLOSED,
  name: "c",
  effectiveState: "open",
  override: { ...OVERRIDE, mode: "force-open" },
};
const LIMITED: StoredRecord = {
  ...CLOSED,
  name: "d",
  holds: [{ kind: "rate-limited", untilMs: NOW + 5_000, remainingMs: 5_000, step: 1 }],
};
const QUIET: StoredRecord = { ...CLOSED, name: "e", window: EMPTY };
const ALL = [QUIET, CLOSED, LIMITED, HELD_OPEN, { ...HALF_OPEN, name: "f" }, { ...OPEN, name: "a" }, HELD_CLOSED];

function text(lines: readonly Line[]): string[] {
  return lines.map((line) => paint(line, Infinity, false));
}

describe("A breaker's standing", () => {
  test("has a word and a shape of its own, worst first", () => {
    const shown = worstFirst(ALL).map((record) => `${standingOf(record).shape} ${standingOf(record).word}`);
    expect(shown).toEqual([
      "⚑ held closed",
      "✖ open",
      "◐ half-open",
      "⚑ held open",
      "⚑ rate-limited",
      "● closed",
      "○ closed",
    ]);
  });

  test("says that nothing is enforced, and comes first where that lets calls through", () => {
    const observed = { ...OPEN, name: "g", mode: "observe" } as const;
    expect(standingOf(observed).word).toBe("open, observe");
    expect(standingOf({ ...CLOSED, mode: "off" }).word).toBe("closed, off");
    expect(standingOf({ ...OPEN, mode: "enforce" }).word).toBe("open");
    expect(worstFirst([OPEN, observed])[0]).toBe(observed);
  });

  test("is told against its threshold", () => {
    expect(failingText(OPEN)).toBe("83 % of 24, trips at 50 %, min 10");
    expect(failingText(CLOSED)).toBe("13 % of 24, trips at 50 %, min 10");
    expect(failingText(QUIET)).toBe("no calls in 30 s");
    expect(failingText({ ...CLOSED, rules: null })).toBe("13 % of 24");
    expect(failingText({ ...OPEN, reason: "consecutive-failures" })).toBe("20 of 24 calls failed in 30 s, trips at 18");
    expect(failingText({ ...OPEN, reason: "failure-threshold", rules: { ...RULES, failureThreshold: 20 } })).toBe(
      "20 of 24, trips at 20",
    );
    const slowCall = { afterMs: 2_000, rate: 0.5 };
    const slow = { ...OPEN.evidence, slow: 18 } as NonNullable<StoredRecord["evidence"]>;
    expect(failingText({ ...OPEN, reason: "slow-calls", evidence: slow, rules: { ...RULES, slowCall } })).toBe(
      "75 % of 24 slow, trips at 50 %, min 10",
    );
    expect(failingText({ ...CLOSED, rules: { ...RULES, failureRate: false, failureThreshold: 5 } })).toBe(
      "3 of 24, trips at 5",
    );
    expect(rulesText({ ...RULES, slowCall: { afterMs: 2_000, rate: 0.5 } })).toBe(
      "50 % of at least 10 calls in 30 s, or 18 failures in a row, or 50 % slower than 2 s",
    );
    expect(rulesText({ ...RULES, failureRate: false, consecutiveFailures: false })).toBe("nothing: every rule is off");
  });

  test("says what comes next", () => {
    expect(nextText(OPEN, TIMES)).toBe("probe in 3.2 s (step 2)");
    expect(nextText(HALF_OPEN, TIMES)).toBe("the next call is the probe");
    expect(nextText({ ...HALF_OPEN, probing: true, retryAfterMs: 8_000 }, TIMES)).toBe("probing, for 8 s at most");
    expect(nextText(HELD_OPEN, TIMES)).toBe("until 14:33:17 (30 min), by alice: drill");
    expect(nextText({ ...HELD_OPEN, override: { ...OVERRIDE, untilMs: null } }, TIMES)).toBe(
      "until released, by alice: drill",
    );
    expect(nextText(LIMITED, TIMES)).toBe("rate-limited for 5 s");
  });

  test("is told by the reader's watch, however wrong it is", () => {
    expect(nextText(HELD_OPEN, { nowMs: NOW, offsetMs: 3_600_000 })).toMatch(/^until 15:33:17 \(30 min\)/);
  });
});

describe("The table", () => {
  test("has all of it where there is room", () => {
    expect(text(statusTable([CLOSED, { ...OPEN, name: "anthropic:claude" }], TIMES, 120))).toEqual([
      "  BREAKER           STATE   SINCE            FAILING                            NEXT",
      "✖ anthropic:claude  open    14:03:05 (12 s)  83 % of 24, trips at 50 %, min 10  probe in 3.2 s (step 2)",
      "● openai:gpt-5      closed                   13 % of 24, trips at 50 %, min 10",
    ]);
  });

  test("is a list where there is none", () => {
    expect(text(statusTable([OPEN], TIMES, 60))).toEqual([
      "✖ openai:gpt-5  open",
      "    since 14:03:05 (12 s)",
      "    83 % of 24, trips at 50 %, min 10",
      "    probe in 3.2 s (step 2)",
    ]);
  });

  const hostile = ["\u001B[2J\u001B]0;x\u0007", "🔥".repeat(60), "x".repeat(300), "日本語".repeat(40), "a\r\nb\u202E"];

  test.each([20, 40, 80, 120, 200])("is never wider than %d columns, whatever breakers are called", (width) => {
    const records = ALL.flatMap((record) => hostile.map((name) => ({ ...record, name })));
    const held = { ...HELD_OPEN, override: { ...OVERRIDE, by: hostile.join(" "), reason: hostile.join(" ") } };
    const frame = {
      label: "redis://h",
      absence: "it never failed",
      inspection: { nowMs: NOW, records },
      agoMs: 0,
      localMs: NOW,
      failure: null,
    };
    const changes = changesBetween([], records, NOW);
    const drawn = [
      ...statusTable([...records, held], TIMES, width),
      ...watchFrame({ ...frame, changes }, width, 40),
      ...watchFrame({ ...frame, changes, failure: "gone" }, width, 40),
    ];
    for (const line of text(drawn)) {
      expect(columnsOf(line)).toBeLessThanOrEqual(width);
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      expect(line).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]|🔥/u);
    }
    expect(watchFrame({ ...frame, changes }, width, 40).length).toBeLessThanOrEqual(40);
  });

  test("of one breaker tells everything, over lines that fit", () => {
    expect(text(statusDetails(HELD_CLOSED, TIMES, 60))).toEqual([
      "⚑ b  held closed since 14:03:05 (12 s)",
      "  why         20 of 24 calls failed in 30 s: 20 timeout",
      "  trips at    50 % of at least 10 calls in 30 s, or 18",
      "              failures in a row",
      "  held        until 14:33:17 (30 min), by alice: drill",
      "  without it  open",
      "  next        probe in 3.2 s (step 2)",
      "  cooldown    10 s, step 2 of the ladder",
    ]);
  });
});

describe("The check", () => {
  test("is OK with everything closed, and has figures", () => {
    expect(checked([CLOSED, QUIET], TIMES, 1)).toEqual({
      code: 0,
      text: "RECLOSER OK: all 2 breakers are closed | open=0;;1 half_open=0 held=0 limited=0 closed=2 total=2",
    });
  });

  test("does not call none all", () => {
    expect(checked([], TIMES, 1).text).toMatch(/^RECLOSER OK: no breaker yet \| open=0/);
  });

  test("is critical from so many open ones on, with a line for each that is not closed", () => {
    const { code, text: said } = checked([CLOSED, { ...OPEN, name: "a|b" }, HELD_OPEN], TIMES, 1);
    expect(code).toBe(2);
    expect(said.split("\n")).toEqual([
      "RECLOSER CRITICAL: 1 open, 1 held of 3 breakers | open=1;;1 half_open=0 held=1 limited=0 closed=1 total=3",
      "a¦b: open; 83 % of 24, trips at 50 %, min 10; probe in 3.2 s (step 2)",
      "c: held open; 13 % of 24, trips at 50 %, min 10; until 14:33:17 (30 min), by alice: drill",
    ]);
    expect(checked([OPEN], TIMES, 2).code).toBe(1);
  });

  test.each([HALF_OPEN, HELD_OPEN, HELD_CLOSED, LIMITED])("is a warning for $effectiveState, $name", (record) => {
    expect(checked([record], TIMES, 1).code).toBe(1);
  });
});

describe("What happened between two looks", () => {
  const between = (before: StoredRecord[], after: StoredRecord[]): string[] =>
    text(changesBetween(before, after, NOW).map((change) => changeLine(change, TIMES)));

  test("is a trip, told at its own time with its evidence", () => {
    expect(between([CLOSED], [OPEN])).toEqual([
      "14:03:05  ✖ openai:gpt-5  closed → open: 20 of 24 calls failed in 30 s: 20 timeout; next probe after 10 s",
    ]);
  });

  test("is a probe that failed, though it was never seen", () => {
    const again = { ...OPEN, openedAtMs: NOW - 1_000, reason: "probe-failed" as const, evidence: null };
    expect(between([OPEN], [again])).toEqual([
      "14:03:16  ✖ openai:gpt-5  half-open → open: probe-failed; next probe after 10 s",
    ]);
  });

  test("is a probe, and a close", () => {
    const probing = { ...HALF_OPEN, openUntilMs: NOW - 500, probing: true };
    expect(between([OPEN], [probing])).toEqual([
      "14:03:16  ◐ openai:gpt-5  open → half-open",
      "14:03:17  ◐ openai:gpt-5  probing",
    ]);
    expect(between([probing], [{ ...CLOSED, closedAtMs: NOW }])).toEqual([
      "14:03:17  ● openai:gpt-5  half-open → closed",
    ]);
  });

  test("is a hold, its release, and its end by itself", () => {
    expect(between([{ ...CLOSED, name: "c" }], [HELD_OPEN])).toEqual([
      "14:02:17  ⚑ c  held open until 14:33:17, by alice: drill",
    ]);
    expect(between([HELD_OPEN], [{ ...CLOSED, name: "c" }])).toEqual(["14:03:17  ⚑ c  released"]);
    const over = { ...HELD_OPEN, override: { ...OVERRIDE, untilMs: NOW - 1_000 } };
    expect(between([over], [{ ...CLOSED, name: "c" }])).toEqual(["14:03:16  ⚑ c  held no longer: its time was over"]);
  });

  test("is a rate limit, and nothing where nothing changed", () => {
    expect(between([{ ...CLOSED, name: "d" }], [LIMITED])).toEqual(["14:03:17  ⚑ d  rate-limited until 14:03:22"]);
    expect(between(ALL, ALL)).toEqual([]);
  });
});

test("What is watched says that it is stale, and is grey, when the store is away", () => {
  const scene = {
    label: "redis://h",
    absence: "one that never failed has no record",
    inspection: { nowMs: NOW, records: [OPEN] },
    agoMs: 2_000,
    localMs: NOW + 2_000,
    failure: "redis://h cannot be reached",
    changes: [],
  };
  const frame = watchFrame(scene, 120, 24);
  expect(text(frame)).toContain("stale for 2 s: redis://h cannot be reached");
  const row = frame.find((line) => text([line])[0]?.startsWith("✖"));
  expect(row).toEqual([[expect.stringContaining("probe in 1.2 s"), "dim"]]);
});
