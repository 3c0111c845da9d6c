import { describe, expect, it } from "vitest";
import { createPolicy } from "./policy.ts";
import { mergeReport, type ReportEvent, SERVED_LATELY_MS, type Tail } from "./report.ts";
import { type Bucket, type Facts, NO_RECORD } from "./state.ts";

const AT = 1_800_000_000_000;
const policy = createPolicy({ window: 10_000 });

const NO_TAIL: Tail = { failures: 0, sinceMs: 0, startedMs: 0, begun: 0, beforeMs: [] };

function reported(more: Partial<ReportEvent>): ReportEvent {
  return {
    type: "report",
    ...{ by: null, incarnation: 1, generation: 0, buckets: [], retryAfterMs: null, random: 0 },
    ...{ lastSuccessMs: null, lastSuccessStartedMs: null },
    tail: NO_TAIL,
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
  const known = { failures: 3, sinceMs: AT, startedMs: AT - 50, begun: 4, from: null };
  const facts: Facts = { ...NO_RECORD, buckets: [remembered], streak: known };
  const tail: Tail = { failures: 2, sinceMs: AT + 100, startedMs: AT + 50, begun: 7, beforeMs: [] };
  const streak = (more: Partial<ReportEvent>): Facts["streak"] =>
    mergeReport(facts, reported(more), policy, AT + 500).streak;

  it("lengthens it when its latest begun success is of a call from before the streak, however late it was answered, or there was none", () => {
    const both = { failures: 5, sinceMs: AT, startedMs: AT - 50, begun: 11, from: null };
    expect(streak({ tail })).toEqual(both);
    expect(streak({ tail, lastSuccessMs: AT + 200, lastSuccessStartedMs: AT - 51 })).toEqual(both);
  });

  it("leaves of it what came after a success of a call that began with it or later", () => {
    const { beforeMs: _before, ...left } = tail;
    expect(streak({ lastSuccessStartedMs: AT - 50, tail })).toEqual({ ...left, from: null });
    expect(streak({ lastSuccessStartedMs: AT, tail })).toEqual({ ...left, from: null });
    expect(streak({ lastSuccessStartedMs: AT }).failures).toBe(0);
  });

  it("forgets it once its failures have left the window", () => {
    const old = { ...facts, buckets: [] };
    expect(mergeReport(old, reported({ tail }), policy, AT + 500).streak).toMatchObject({ failures: 2, begun: 7 });
  });

  it("dates it from its first failure and its earliest call, whichever replica's report comes first", () => {
    const earlier = { ...tail, failures: 1, sinceMs: AT - 120, startedMs: AT - 170, begun: 1 };
    expect(streak({ tail: earlier })).toMatchObject({ failures: 4, sinceMs: AT - 120, startedMs: AT - 170, begun: 5 });
  });

  it("takes back calls begun beside it that have ended without a verdict", () => {
    expect(streak({ tail: { ...tail, failures: 1, begun: 0 } })).toMatchObject({ failures: 4, begun: 4 });
  });

  it("stands beside it the young calls from before the reporter's own that began in the streak's time", () => {
    expect(streak({ tail: { ...tail, beforeMs: [AT, AT - 50, AT - 51] } })).toMatchObject({ failures: 5, begun: 13 });
  });

  it("knows it for one replica's while no other reports a failure", () => {
    expect(mergeReport(NO_RECORD, reported({ by: "a", tail }), policy, AT).streak.from).toBe("a");
    const ofA = { ...facts, streak: { ...known, from: "a" } };
    const from = (by: string): string | null => mergeReport(ofA, reported({ by, tail }), policy, AT + 500).streak.from;
    expect([from("a"), from("b")]).toEqual(["a", null]);
  });
});

describe("a replica that fails while another is served", () => {
  const rules = createPolicy({ window: 10_000, minimumCalls: 4, consecutiveFailures: 3 });
  const tail: Tail = { failures: 4, sinceMs: AT - 500, startedMs: AT - 600, begun: 4, beforeMs: [] };
  const reason = (servedAgoMs: number, by: string, more = rules): string | null => {
    const facts: Facts = { ...NO_RECORD, served: [{ by, atMs: AT - servedAgoMs }] };
    return mergeReport(facts, reported({ by: "a", tail, buckets: [{ ...bucket(AT, 0, 4), slow: 4 }] }), more, AT)
      .reason;
  };

  it("does not open the others' circuit, by streak or by rate, until nobody else was served lately", () => {
    expect([reason(SERVED_LATELY_MS - 1, "b"), reason(SERVED_LATELY_MS, "b")]).toEqual([null, "consecutive-failures"]);
    expect(reason(100, "b", createPolicy({ window: 10_000, minimumCalls: 4, consecutiveFailures: false }))).toBeNull();
  });

  it("is no exception for having been served itself", () => {
    expect(reason(100, "a")).toBe("consecutive-failures");
  });

  it("hides no slow calls, which are judged whoever's they are", () => {
    const slow = createPolicy({ window: 10_000, minimumCalls: 4, slowCall: { after: 1, rate: 1 } });
    expect(reason(100, "b", slow)).toBe("slow-calls");
  });

  it("is told from the others by who was served last, and who before that", () => {
    const served = (facts: Facts, by: string, agoMs: number): Facts["served"] =>
      mergeReport(facts, reported({ by, lastSuccessMs: AT - agoMs }), rules, AT).served;
    const two = {
      ...NO_RECORD,
      served: [
        { by: "b", atMs: AT - 100 },
        { by: "c", atMs: AT - 200 },
      ],
    };
    expect(served(two, "a", 50).map(({ by }) => by)).toEqual(["a", "b"]);
    expect(served(two, "c", 50).map(({ by }) => by)).toEqual(["c", "b"]);
    expect(served(two, "b", 300)).toEqual(two.served);
    expect(mergeReport(two, reported({ lastSuccessMs: AT }), rules, AT).served).toEqual(two.served);
  });
});
