import { describe, expect, it } from "vitest";
import { createPolicy } from "./policy.ts";
import { mergeReport, type ReportEvent } from "./report.ts";
import { type Bucket, type Facts, NO_RECORD } from "./state.ts";

const AT = 1_800_000_000_000;
const policy = createPolicy({ window: 10_000 });

function reported(more: Partial<ReportEvent>): ReportEvent {
  return {
    type: "report",
    ...{ incarnation: 1, generation: 0, buckets: [], young: 0, lastSuccessMs: null, retryAfterMs: null, random: 0 },
    tail: { failures: 0, sinceMs: 0 },
    notAfterMs: Infinity,
    ...more,
  };
}
const bucket = (startMs: number, successes: number, timeouts = 0): ReportEvent["buckets"][number] => ({
  ...{ startMs, successes, slow: 0 },
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

describe("a report merged into a streak", () => {
  const remembered: Bucket = { startMs: AT, successes: 0, slow: 0, failures: { network: 3 } };
  const facts: Facts = { ...NO_RECORD, buckets: [remembered], streak: { failures: 3, sinceMs: AT } };
  const streak = (more: Partial<ReportEvent>): Facts["streak"] =>
    mergeReport(facts, reported(more), policy, AT + 500).streak;

  it("lengthens it when its last success is older than the streak, or there was none", () => {
    const tail = { failures: 2, sinceMs: AT + 100 };
    expect(streak({ tail })).toEqual({ failures: 5, sinceMs: AT });
    expect(streak({ tail, lastSuccessMs: AT - 1 })).toEqual({ failures: 5, sinceMs: AT });
  });

  it("leaves of it what came after a newer success", () => {
    expect(streak({ lastSuccessMs: AT + 50, tail: { failures: 2, sinceMs: AT + 100 } })).toEqual({
      ...{ failures: 2, sinceMs: AT + 100 },
    });
    expect(streak({ lastSuccessMs: AT + 50 }).failures).toBe(0);
  });

  it("forgets it once its failures have left the window", () => {
    const old = { ...facts, buckets: [] };
    const tail = { failures: 2, sinceMs: AT + 100 };
    expect(mergeReport(old, reported({ tail }), policy, AT + 500).streak).toEqual(tail);
  });

  it("dates it from its first failure, whichever replica's report comes first", () => {
    expect(streak({ tail: { failures: 1, sinceMs: AT - 120 } })).toEqual({ failures: 4, sinceMs: AT - 120 });
  });
});
