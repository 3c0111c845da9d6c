import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NaiveCountWindow, NaiveTimeWindow } from "../../../tests/support/naive-window.ts";
import { type Failed, FailureRun } from "./failure-run.ts";
import { createPolicy } from "./policy.ts";
import { NO_STREAK } from "./state.ts";
import { Tally } from "./tally.ts";

const START_MS = 1_800_000_000_000;
const outcome = fc.record({
  kind: fc.constantFrom("success" as const, "success" as const, "timeout" as const, "network" as const),
  slow: fc.boolean(),
  afterMs: fc.constantFrom(0, 1, 90, 400),
  read: fc.boolean(),
});
const calls = fc.array(outcome, { maxLength: 40 });
/** Call `call` fails, with all others begun that ever will. */
const failed = (call: number, atMs = START_MS): Failed => ({ atMs, mark: 1_000, call, startedAtMs: atMs - 50 });

describe("the tally of a record", () => {
  it("keeps the calls of a window of calls in the order they came, however rarely it is read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), calls, (size, script) => {
        const policy = createPolicy({ window: { calls: size }, slowCall: { after: 1, rate: 1 } });
        const tally = new Tally();
        const naive = new NaiveCountWindow(size);
        script.forEach(({ kind, slow, read }, mark) => {
          if (kind === "success") tally.success(slow, mark, policy);
          else tally.failure(kind, slow, failed(mark), policy);
          naive.add({ atMs: START_MS, kind, slow, mark });
          if (!read && !slow && mark < script.length - 1) return; // the machine reads after every slow call
          const { successes, failures, slow: slowCalls } = tally.counts(START_MS, policy);
          const counts = naive.counts();
          expect([successes, failures, slowCalls]).toEqual([counts.successes, counts.failures, counts.slow]);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it("counts what a list counts when it is read after every call", () => {
    fc.assert(
      fc.property(calls, (script) => {
        const policy = createPolicy({ window: 1_000 });
        const tally = new Tally();
        const naive = new NaiveTimeWindow(1_000);
        let nowMs = START_MS;
        script.forEach(({ kind, slow, afterMs }, mark) => {
          nowMs += afterMs;
          tally.seen(nowMs);
          if (kind === "success") tally.success(slow, mark, policy);
          else tally.failure(kind, slow, failed(mark, nowMs), policy);
          naive.add({ atMs: nowMs, kind, slow, mark });
          const { successes, failures, slow: slowCalls } = tally.counts(nowMs, policy);
          const counts = naive.counts();
          expect([successes, failures, slowCalls]).toEqual([counts.successes, counts.failures, counts.slow]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("knows the streak: failures of calls that began after the latest begun that succeeded, whatever order they end in", () => {
    const ends = fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 });
    const kinds = fc.array(fc.constantFrom("success" as const, "timeout" as const), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(ends, kinds, (order, kindOf) => {
        const policy = createPolicy();
        const tally = new Tally();
        const [succeeded, streak]: [number[], number[]] = [[], []];
        for (const one of order) {
          if (kindOf[one] === "success") {
            tally.success(false, one, policy);
            succeeded.push(one);
            // An answer to a call from before the streak says nothing about the provider since.
            if (streak.some((other) => other <= one)) streak.length = 0;
          } else {
            tally.failure("timeout", false, failed(one), policy);
            if (succeeded.every((other) => other < one)) streak.push(one);
          }
          expect(tally.streak).toBe(streak.length);
        }
      }),
    );
  });

  it("dates a streak from its first failure and from the earliest begun of its calls", () => {
    const policy = createPolicy();
    const tally = new Tally();
    const quiet = { young: 0, beside: 5, run: null };
    expect(tally.streakNow(quiet)).toBe(NO_STREAK);
    tally.failure("network", false, { ...failed(7, START_MS), startedAtMs: START_MS - 50 }, policy);
    tally.failure("network", false, { ...failed(3, START_MS + 40), startedAtMs: START_MS - 900 }, policy);
    expect(tally.streakNow(quiet)).toEqual({
      ...{ failures: 2, sinceMs: START_MS, startedMs: START_MS - 900, begun: 7, from: null },
    });
  });

  it("judges the run that the latest failure is part of before the streak, and by its own failures", () => {
    const policy = createPolicy({ failureRate: false });
    const tally = new Tally();
    for (let call = 0; call < 20; call++) tally.failure("network", false, failed(call, START_MS + call * 10), policy);
    const run = new FailureRun({ ...failed(2, START_MS + 20), mark: 77 });
    for (let call = 3; call < 20; call++) run.add(failed(call, START_MS + call * 10));
    const nowMs = START_MS + 190;
    const quiet = { young: 50, beside: 50, run };
    expect(tally.tripReason({ ...quiet, run: null }, policy, nowMs)).toBeNull();
    expect(tally.tripReason(quiet, policy, nowMs)).toBe("consecutive-failures");
    expect(tally.evidence("consecutive-failures", quiet, policy, nowMs)).toMatchObject({
      firstFailureMark: 77,
      evidence: { failures: 20, headline: "18 calls failed in a row" },
    });
    expect(tally.tripReason(quiet, policy, START_MS + 69)).toBeNull(); // its span is its own too
  });

  it("keeps the counts when the window's length changes", () => {
    const before = createPolicy({ window: "30s" });
    const after = createPolicy({ window: "60s" });
    const tally = new Tally();
    tally.seen(START_MS);
    for (let i = 0; i < 3; i++) tally.success(false, i, before);
    tally.failure("network", false, failed(3), before);
    tally.success(false, 4, before);
    tally.configure(before, after, START_MS + 5_000);
    const { successes, failures } = tally.counts(START_MS + 5_000, after);
    expect([successes, failures, tally.streak]).toEqual([4, 1, 0]);
    expect(tally.counts(START_MS + 61_000, after).failures).toBe(0);
  });
});
