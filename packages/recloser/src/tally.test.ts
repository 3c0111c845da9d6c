import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NaiveCountWindow, NaiveTimeWindow } from "../../../tests/support/naive-window.ts";
import { createPolicy } from "./policy.ts";
import { Tally } from "./tally.ts";

const START_MS = 1_800_000_000_000;
const call = fc.record({
  kind: fc.constantFrom("success" as const, "success" as const, "timeout" as const, "network" as const),
  slow: fc.boolean(),
  afterMs: fc.constantFrom(0, 1, 90, 400),
  read: fc.boolean(),
});
const calls = fc.array(call, { maxLength: 40 });

describe("the tally of a record", () => {
  it("keeps the calls of a window of calls in the order they came, however rarely it is read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), calls, (size, script) => {
        const policy = createPolicy({ window: { calls: size }, slowCall: { after: 1, rate: 1 } });
        const tally = new Tally();
        const naive = new NaiveCountWindow(size);
        script.forEach(({ kind, slow, read }, at) => {
          if (kind === "success") tally.success(slow, policy);
          else tally.failure(kind, slow, START_MS, at, policy);
          naive.add({ atMs: START_MS, kind, slow, mark: at });
          if (!read && !slow && at < script.length - 1) return; // the machine reads after every slow call
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
          if (kind === "success") tally.success(slow, policy);
          else tally.failure(kind, slow, nowMs, mark, policy);
          naive.add({ atMs: nowMs, kind, slow, mark });
          const { successes, failures, slow: slowCalls } = tally.counts(nowMs, policy);
          const counts = naive.counts();
          expect([successes, failures, slowCalls]).toEqual([counts.successes, counts.failures, counts.slow]);
        });
      }),
      { numRuns: 500 },
    );
  });

  it("knows the streak: failures since the last success", () => {
    fc.assert(
      fc.property(calls, (script) => {
        const policy = createPolicy();
        const tally = new Tally();
        script.forEach(({ kind, slow }, mark) => {
          if (kind === "success") tally.success(slow, policy);
          else tally.failure(kind, slow, START_MS, mark, policy);
        });
        const lastSuccess = script.findLastIndex(({ kind }) => kind === "success");
        expect(tally.streak).toBe(script.length - 1 - lastSuccess);
      }),
    );
  });

  it("keeps the counts when the window's length changes", () => {
    const before = createPolicy({ window: "30s" });
    const after = createPolicy({ window: "60s" });
    const tally = new Tally();
    tally.seen(START_MS);
    for (let i = 0; i < 3; i++) tally.success(false, before);
    tally.failure("network", false, START_MS, 4, before);
    tally.success(false, before);
    tally.configure(before, after, START_MS + 5_000);
    const { successes, failures } = tally.counts(START_MS + 5_000, after);
    expect([successes, failures, tally.streak]).toEqual([4, 1, 0]);
    expect(tally.counts(START_MS + 61_000, after).failures).toBe(0);
  });
});
