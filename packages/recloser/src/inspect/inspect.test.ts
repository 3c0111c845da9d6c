import { describe, expect, test } from "vitest";
import { NO_RECORD, type Facts } from "../state.ts";
import { storedRecord } from "./stored-record.ts";

const NOW = 1_000_000;
const RULES = {
  windowMs: 30_000,
  minimumCalls: 10,
  failureRate: 0.5,
  failureThreshold: false,
  consecutiveFailures: 18,
  slowCall: false,
} as const;
const TRIPPED = {
  is: "tripped",
  openedAtMs: NOW - 2_000,
  openUntilMs: NOW + 3_000,
  reason: "failure-rate",
  evidence: null,
  lease: null,
  claimed: false,
  passed: 0,
  lost: 0,
  voided: 0,
} as const;

function shown(facts: Partial<Facts>): ReturnType<typeof storedRecord> {
  return storedRecord("llm", { facts: { ...NO_RECORD, incarnation: 1, ...facts }, rules: RULES }, NOW);
}

describe("A stored record", () => {
  test("that is open says since when, and how long until its probe", () => {
    expect(shown({ circuit: TRIPPED })).toMatchObject({
      state: "open",
      effectiveState: "open",
      sinceMs: NOW - 2_000,
      retryAfterMs: 3_000,
    });
  });

  test("is half-open from the end of its cooldown on, and waits for the lease while somebody probes", () => {
    const openUntilMs = NOW - 500;
    const lease = { token: "t", expiresAtMs: NOW + 4_000 };
    expect(shown({ circuit: { ...TRIPPED, openUntilMs } })).toMatchObject({
      state: "half-open",
      sinceMs: openUntilMs,
      retryAfterMs: 0,
      probing: false,
    });
    expect(shown({ circuit: { ...TRIPPED, openUntilMs, lease } })).toMatchObject({
      probing: true,
      retryAfterMs: 4_000,
    });
  });

  test("that is overridden shows what callers get beside what was computed", () => {
    const override = {
      mode: "force-closed",
      by: "alice",
      reason: "drill",
      sinceMs: NOW - 10,
      untilMs: NOW + 10,
    } as const;
    expect(shown({ circuit: TRIPPED, override })).toMatchObject({
      state: "open",
      effectiveState: "closed",
      sinceMs: NOW - 10,
      override,
    });
    expect(shown({ override: { ...override, untilMs: NOW } }).override).toBeNull();
  });

  test("counts the window of those who report to it, and nothing older", () => {
    const bucket = { successes: 4, slow: 1, young: 2, failures: { timeout: 3, overloaded: 1 } };
    const old = { ...bucket, startMs: NOW - 30_000 };
    expect(shown({ buckets: [old, { ...bucket, startMs: NOW - 29_999 }] }).window).toEqual({
      calls: 10,
      successes: 4,
      failures: 4,
      slow: 1,
      young: 2,
      failureRate: 0.4,
      byKind: { timeout: 3, overloaded: 1 },
    });
  });

  test("leaves out holds that are over", () => {
    const hold = { sinceMs: NOW - 9, step: 2 };
    const holds = { "rate-limited": { ...hold, untilMs: NOW + 1 }, auth: { ...hold, untilMs: NOW } };
    expect(shown({ holds }).holds).toEqual([{ kind: "rate-limited", untilMs: NOW + 1, remainingMs: 1, step: 2 }]);
  });
});
