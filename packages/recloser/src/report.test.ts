import { describe, expect, it } from "vitest";
import { createPolicy } from "./policy.ts";
import { mergeReport, type ReportEvent } from "./report.ts";
import { type Bucket, type Facts, NO_RECORD, NO_STREAK } from "./state.ts";

const AT = 1_800_000_000_000;
const policy = createPolicy({ window: 10_000 });

function reported(more: Partial<ReportEvent>): ReportEvent {
  return {
    type: "report",
    ...{ incarnation: 1, generation: 0, buckets: [], lastSuccessMs: null, retryAfterMs: null, random: 0 },
    tail: NO_STREAK,
    notAfterMs: Infinity,
    ...more,
  };
}
const bucket = (startMs: number, successes: number, timeouts = 0, young = 0): Bucket => ({
  ...{ startMs, successes, slow: 0, young },
  failures: timeouts === 0 ? {} : { timeout: timeouts },
});

describe("a report merged into a window", () => {
  it("adds to the buckets of the same instant and keeps the rest, in order", () => {
    const facts: Facts = { ...NO_RECORD, buckets: [bucket(AT, 1, 1), bucket(AT + 1_000, 2)] };
    const event = reported({ buckets: [bucket(AT + 2_000, 5), bucket(AT, 3, 2)] });
    expect(mergeReport(facts, event, policy, AT + 2_500).buckets).toEqual([
      ...[bucket(AT, 4, 3), bucket(AT + 1_000, 2), bucket(AT + 2_000, 5)],
    ]);
  });

  it("keeps the newest ten buckets and nothing older", () => {
    const facts: Facts = { ...NO_RECORD, buckets: Array.from({ length: 15 }, (_, i) => bucket(AT + i * 1_000, 1)) };
    const { buckets } = mergeReport(facts, reported({}), policy, AT + 14_500);
    expect(buckets.map(({ startMs }) => (startMs - AT) / 1_000)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it("drops what had ended when the circuit last closed, and what lies ahead of a clock that stepped back", () => {
    const facts: Facts = { ...NO_RECORD, closedAtMs: AT + 1_000, buckets: [bucket(AT + 60_000, 9, 9)] };
    const event = reported({ buckets: [bucket(AT, 1), bucket(AT + 1_000, 1)] });
    expect(mergeReport(facts, event, policy, AT + 1_500).buckets).toEqual([bucket(AT + 1_000, 1)]);
  });
});

describe("the young calls of a record", () => {
  const rate = createPolicy({ window: 10_000, failureRate: 0.5, minimumCalls: 4, consecutiveFailures: false });
  const merged = (facts: Facts, buckets: Bucket[], nowMs = AT + 500): ReturnType<typeof mergeReport> =>
    mergeReport(facts, reported({ buckets }), rate, nowMs);

  it("are the sum of what replicas report, each change at the bucket its calls began in", () => {
    const facts: Facts = { ...NO_RECORD, buckets: [bucket(AT - 1_000, 0, 0, 7), bucket(AT, 0, 0, 2)] };
    const { buckets } = merged(facts, [bucket(AT - 1_000, 0, 0, -3), bucket(AT, 1, 0, 4)]);
    expect(buckets).toEqual([bucket(AT - 1_000, 0, 0, 4), bucket(AT, 1, 0, 6)]);
  });

  it("stand among the calls that a rate is taken of, whoever's they are", () => {
    const facts: Facts = { ...NO_RECORD, buckets: [bucket(AT, 0, 0, 5)] };
    expect(merged(facts, [bucket(AT, 0, 4)]).reason).toBeNull();
    expect(merged(facts, [bucket(AT, 0, 4, -1)])).toMatchObject({ reason: "failure-rate", evidence: { calls: 8 } });
  });

  it("leave with their bucket when the replica that made them is gone", () => {
    const facts: Facts = { ...NO_RECORD, buckets: [bucket(AT, 0, 0, 500)] };
    expect(merged(facts, [bucket(AT + 9_000, 0, 4)], AT + 9_500).reason).toBeNull();
    expect(merged(facts, [bucket(AT + 10_000, 0, 4)], AT + 10_500).reason).toBe("failure-rate");
  });

  it("are never fewer than none, though more may be reported as ended than as begun", () => {
    expect(merged(NO_RECORD, [bucket(AT, 4, 4, -3)]).evidence).toMatchObject({ calls: 8 });
    expect(merged(NO_RECORD, [bucket(AT, 5, 4, -3)]).reason).toBeNull();
  });
});

describe("a report merged into a streak", () => {
  const remembered: Bucket = { startMs: AT, successes: 0, slow: 0, failures: { network: 3 }, young: 0 };
  const facts: Facts = { ...NO_RECORD, buckets: [remembered], streak: { failures: 3, sinceMs: AT, begun: 4 } };
  const streak = (more: Partial<ReportEvent>): Facts["streak"] =>
    mergeReport(facts, reported(more), policy, AT + 500).streak;

  it("lengthens it when its last success is older than the streak, or there was none", () => {
    const tail = { failures: 2, sinceMs: AT + 100, begun: 7 };
    expect(streak({ tail })).toEqual({ failures: 5, sinceMs: AT, begun: 11 });
    expect(streak({ tail, lastSuccessMs: AT - 1 })).toEqual({ failures: 5, sinceMs: AT, begun: 11 });
  });

  it("leaves of it what came after a newer success", () => {
    expect(streak({ lastSuccessMs: AT + 50, tail: { failures: 2, sinceMs: AT + 100, begun: 3 } })).toEqual({
      ...{ failures: 2, sinceMs: AT + 100, begun: 3 },
    });
    expect(streak({ lastSuccessMs: AT + 50 }).failures).toBe(0);
  });

  it("forgets it once its failures have left the window", () => {
    const old = { ...facts, buckets: [] };
    const tail = { failures: 2, sinceMs: AT + 100, begun: 7 };
    expect(mergeReport(old, reported({ tail }), policy, AT + 500).streak).toEqual(tail);
  });

  it("dates it from its first failure, whichever replica's report comes first", () => {
    expect(streak({ tail: { failures: 1, sinceMs: AT - 120, begun: 1 } })).toEqual({
      ...{ failures: 4, sinceMs: AT - 120, begun: 5 },
    });
  });

  it("takes back calls begun beside it that have ended without a verdict", () => {
    expect(streak({ tail: { failures: 1, sinceMs: AT + 100, begun: 0 } })).toMatchObject({ failures: 4, begun: 4 });
  });
});
