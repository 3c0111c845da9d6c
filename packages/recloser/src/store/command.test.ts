import { describe, expect, it } from "vitest";
import { eventOf, type StoreCommand } from "./command.ts";

const NOW = 1_800_000_001_000;

describe("a command on the store's clock", () => {
  it("dates what a report counted from its ages", () => {
    const command: StoreCommand = {
      type: "report",
      id: "r-1",
      incarnation: 1,
      generation: 2,
      cells: [
        { ageMs: 500, successes: 3, slow: 1, failures: { timeout: 2 }, young: 4 },
        { ageMs: 4_000, successes: 0, slow: 0, failures: {}, young: -1 },
      ],
      lastSuccessAgeMs: 700,
      lastSuccessStartedAgoMs: 9_000,
      tail: { failures: 2, ageMs: 400, startedAgoMs: 450, begun: 3, beforeAgoMs: [600, 900] },
      retryAfterMs: null,
      notAfterMs: NOW + 200,
      random: 0.5,
    };
    expect(eventOf(command, 30_000, "r", NOW)).toEqual({
      type: "report",
      ...{ by: "r", incarnation: 1, generation: 2, retryAfterMs: null, notAfterMs: NOW + 200, random: 0.5 },
      buckets: [
        { startMs: 1_800_000_000_000, successes: 3, slow: 1, failures: { timeout: 2 }, young: 4 },
        { startMs: 1_799_999_997_000 - 0, successes: 0, slow: 0, failures: {}, young: -1 },
      ],
      lastSuccessMs: NOW - 700,
      lastSuccessStartedMs: NOW - 9_000,
      tail: { failures: 2, sinceMs: NOW - 400, startedMs: NOW - 450, begun: 3, beforeMs: [NOW - 600, NOW - 900] },
    });
    const without = { ...command, lastSuccessAgeMs: null, lastSuccessStartedAgoMs: null };
    expect(eventOf(without, 30_000, "r", NOW)).toMatchObject({ lastSuccessMs: null, lastSuccessStartedMs: null });
  });

  it("dates holds, their end and overrides", () => {
    expect(
      eventOf({ type: "hold", kind: "rate-limited", retryAfterMs: 5, startedAgoMs: 50 }, 30_000, "r", NOW),
    ).toEqual({
      ...{ type: "hold", kind: "rate-limited", retryAfterMs: 5 },
      startedAtMs: NOW - 50,
    });
    expect(eventOf({ type: "lift", startedAgoMs: 50 }, 30_000, "r", NOW)).toEqual({
      type: "lift",
      startedAtMs: NOW - 50,
    });
    const override = { type: "override", mode: "force-open", by: "ann", reason: "drill" } as const;
    expect(eventOf({ ...override, forMs: 60_000 }, 30_000, "r", NOW)).toEqual({ ...override, untilMs: NOW + 60_000 });
    expect(eventOf({ ...override, forMs: null }, 30_000, "r", NOW)).toEqual({ ...override, untilMs: null });
  });

  it("leaves alone what carries no instant", () => {
    const claim = { type: "claim", token: "t", leaseMs: 10_000, random: 0, notAfterMs: NOW } as const;
    for (const command of [claim, { type: "clear" }, { type: "reset" }, { type: "probe-now" }] as const)
      expect(eventOf(command, 30_000, "r", NOW)).toBe(command);
  });
});
