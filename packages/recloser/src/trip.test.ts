import { describe, expect, it } from "vitest";
import { NO_STREAK, type Streak } from "./state.ts";
import { evidenceOf, STREAK_LEAST_MS, tripReason, type TripPolicy } from "./trip.ts";

const off: TripPolicy = {
  minimumCalls: 1,
  failureRate: false,
  failureThreshold: false,
  consecutiveFailures: false,
  slowCall: false,
};
const counts = (
  successes: number,
  failures: number,
  slow = 0,
): { successes: number; failures: number; slow: number } => ({
  successes,
  failures,
  slow,
});
const none = NO_STREAK;
const streak = (failures: number, young = 0, sinceMs = 0): Streak => ({
  ...{ failures, sinceMs, startedMs: sinceMs - 50, begun: failures + young, from: null },
});

describe("the failure rate", () => {
  const policy = { ...off, failureRate: 0.5, minimumCalls: 4 };

  it("trips at the rate exactly, and not just below it", () => {
    expect(tripReason(counts(2, 2), 0, none, policy, 0)).toBe("failure-rate");
    expect(tripReason(counts(51, 49), 0, none, policy, 0)).toBeNull();
    expect(tripReason(counts(0, 4), 0, none, { ...policy, failureRate: 1 }, 0)).toBe("failure-rate");
    expect(tripReason(counts(1, 99), 0, none, { ...policy, failureRate: 1 }, 0)).toBeNull();
  });

  it("looks at minimumCalls exactly, and at nothing below it", () => {
    expect(tripReason(counts(0, 3), 0, none, policy, 0)).toBeNull();
    expect(tripReason(counts(0, 4), 0, none, policy, 0)).toBe("failure-rate");
  });

  it("counts calls in flight that are still young among the calls: they may yet succeed", () => {
    expect(tripReason(counts(0, 4), 4, none, policy, 0)).toBe("failure-rate");
    expect(tripReason(counts(0, 4), 5, none, policy, 0)).toBeNull();
    expect(tripReason(counts(0, 2), 2, none, policy, 0)).toBe("failure-rate");
  });

  it("needs a failure", () => {
    expect(tripReason(counts(100, 0), 0, none, { ...policy, failureRate: Number.MIN_VALUE }, 0)).toBeNull();
    expect(tripReason(counts(100, 0), 0, none, { ...policy, failureRate: 0 }, 0)).toBeNull();
  });
});

describe("a streak of failures", () => {
  const policy = { ...off, consecutiveFailures: 3 };
  const reason = (failures: number, spanMs: number, more: Partial<TripPolicy> = {}): string | null =>
    tripReason(counts(1_000, failures), 0, streak(failures, 0, 1_000), { ...policy, ...more }, 1_000 + spanMs);

  it("trips at its length exactly, when it spans its least time exactly", () => {
    expect(reason(2, 10_000)).toBeNull();
    expect(reason(3, STREAK_LEAST_MS - 0.001)).toBeNull();
    expect(reason(3, STREAK_LEAST_MS)).toBe("consecutive-failures");
    expect(reason(4, STREAK_LEAST_MS - 1)).toBeNull();
  });

  it("needs neither minimumCalls nor a rate", () => {
    expect(reason(3, STREAK_LEAST_MS, { minimumCalls: 1_000_000 })).toBe("consecutive-failures");
  });

  it("must outweigh the calls that began beside it and may yet succeed: each takes three failures more", () => {
    const judged = (failures: number, young: number): string | null =>
      tripReason(counts(0, failures), young, streak(failures, young), policy, 1_000);
    expect([judged(20, 5), judged(20, 6)]).toEqual(["consecutive-failures", null]);
    expect([judged(302, 100), judged(303, 100)]).toEqual([null, "consecutive-failures"]);
  });

  it("needs nothing but its length among fewer than 20 calls, where a share says nothing", () => {
    const judged = (failures: number, young: number): string | null =>
      tripReason(counts(0, failures), young, streak(failures, young), policy, 1_000);
    expect([judged(3, 16), judged(3, 17)]).toEqual(["consecutive-failures", null]);
    expect([judged(14, 5), judged(14, 6)]).toEqual(["consecutive-failures", null]);
  });

  it("is no shorter for what a lossy report says began", () => {
    expect(tripReason(counts(0, 2), 0, streak(2, -2), policy, 1_000)).toBeNull();
    expect(tripReason(counts(0, 30), 0, streak(30, -30), policy, 1_000)).toBe("consecutive-failures");
  });

  it("of one has no span to wait for", () => {
    expect(reason(1, 0, { consecutiveFailures: 1 })).toBe("consecutive-failures");
  });
});

describe("a plain number of failures", () => {
  const policy = { ...off, failureThreshold: 5, minimumCalls: 1_000 };

  it("trips at the number exactly, whatever the rate and however few the calls", () => {
    expect(tripReason(counts(10_000, 4), 0, none, policy, 0)).toBeNull();
    expect(tripReason(counts(10_000, 5), 50, none, policy, 0)).toBe("failure-threshold");
    expect(tripReason(counts(0, 5), 0, none, policy, 0)).toBe("failure-threshold");
  });
});

describe("slow calls", () => {
  const policy = { ...off, slowCall: { afterMs: 1, rate: 0.25 }, minimumCalls: 4 };

  it("trip at their rate exactly, among calls that include the young", () => {
    expect(tripReason(counts(4, 0, 1), 0, none, policy, 0)).toBe("slow-calls");
    expect(tripReason(counts(4, 0, 1), 1, none, policy, 0)).toBeNull();
    expect(tripReason(counts(3, 0, 3), 0, none, policy, 0)).toBeNull();
    expect(tripReason(counts(4, 0, 0), 0, none, policy, 0)).toBeNull();
  });

  it("need a slow call, even where the rate is none", () => {
    const any = { ...policy, slowCall: { afterMs: 1, rate: 0 } };
    expect(tripReason(counts(4, 0, 0), 0, none, any, 0)).toBeNull();
    expect(tripReason(counts(4, 0, 1), 0, none, any, 0)).toBe("slow-calls");
  });

  it("are no reason where the rule is off", () => {
    expect(tripReason(counts(4, 0, 4), 0, none, { ...policy, slowCall: false }, 0)).toBeNull();
  });
});

describe("with every rule off", () => {
  it("nothing trips", () => {
    expect(tripReason(counts(0, 1e6, 1e6), 0, streak(1e6), off, 1e9)).toBeNull();
  });
});

describe("the evidence", () => {
  it("says it as the contract does: how many of how many, in how long, of which kinds, the most first", () => {
    const byKind = { overloaded: 3, timeout: 15 };
    const evidence = evidenceOf("failure-rate", counts(2, 18), 0, none, byKind, 30_000);
    expect(evidence.summary).toBe("18 of 20 calls failed in 30 s: 15 timeout, 3 overloaded");
    expect(evidence).toMatchObject({ calls: 20, failures: 18, slow: 0, windowMs: 30_000, byKind });
  });

  it("counts the young among the calls", () => {
    expect(evidenceOf("failure-rate", counts(0, 4), 1, none, { network: 4 }, 30_000).headline).toContain(
      "4 of 5 calls",
    );
  });

  it("speaks of the rule that tripped", () => {
    expect(evidenceOf("consecutive-failures", counts(50, 9), 0, streak(7, 1), { network: 9 }, 1_000).headline).toBe(
      "7 calls failed in a row",
    );
    expect(evidenceOf("slow-calls", counts(8, 0, 6), 0, none, {}, 60_000).summary).toBe(
      "6 of 8 calls were slow in 60 s",
    );
  });

  it("of a window of calls says how many calls were the last, and no time", () => {
    const evidence = evidenceOf("failure-rate", counts(2, 3), 0, none, { network: 3 }, null);
    expect([evidence.headline, evidence.summary, evidence.windowMs]).toEqual([
      "3 of the last 5 calls failed",
      "3 of the last 5 calls failed: 3 network",
      null,
    ]);
  });

  it("says of a streak what kinds the window holds, since those of the streak are not counted", () => {
    const { summary } = evidenceOf("consecutive-failures", counts(0, 9), 0, streak(7), { network: 9 }, 1_000);
    expect(summary).toBe("7 calls failed in a row; in the window: 9 network");
  });

  it("says of a rollup that other models are open, and of nothing else", () => {
    const said = (reason: "rollup" | "failure-threshold"): string =>
      evidenceOf(reason, counts(0, 3), 0, none, { timeout: 3 }, 30_000).headline;
    expect(said("rollup")).toBe("3 of 3 calls failed in 30 s while other models of the provider are open");
    expect(said("failure-threshold")).toBe("3 of 3 calls failed in 30 s");
  });

  it("lists the most frequent kinds first and none that did not happen", () => {
    const byKind = { timeout: 0, network: 2, overloaded: 5, "server-error": 3 };
    expect(evidenceOf("failure-rate", counts(0, 10), 0, none, byKind, 1_000).summary).toBe(
      "10 of 10 calls failed in 1 s: 5 overloaded, 3 server-error, 2 network",
    );
  });

  it("names no kind of failure in the headline, which goes into a message that SDKs read", () => {
    expect(evidenceOf("failure-threshold", counts(0, 3), 0, none, { timeout: 3 }, 30_000).headline).not.toMatch(/time/);
  });
});
