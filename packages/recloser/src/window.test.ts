import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type NaiveCounts,
  naiveCounts,
  NaiveCountWindow,
  type NaiveOutcome,
  NaiveTimeWindow,
} from "../../../tests/support/naive-window.ts";
import { FAILURE_KINDS, type FailureKind } from "./outcome.ts";
import { CountWindow, TimeWindow, type Window } from "./window.ts";

const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

type Step =
  | { readonly type: "successes"; readonly count: number; readonly slow: number }
  | { readonly type: "failure"; readonly kind: FailureKind; readonly slow: boolean }
  | { readonly type: "wait"; readonly ms: number };

// Weighted to the edges: no time at all, one bucket, one window, fractions of a millisecond, an idle hour, an age.
const wait: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.double({ min: 0, max: 400, noNaN: true }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 4_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(99.999, 100, 999.999, 1_000, 1_000.001, HOUR_MS, 1e12) },
  )
  .map((ms) => ({ type: "wait" as const, ms }));

const successes: fc.Arbitrary<Step> = fc
  .record({ count: fc.integer({ min: 1, max: 4 }), share: fc.integer({ min: 0, max: 4 }) })
  .map(({ count, share }) => ({ type: "successes" as const, count, slow: share > 2 ? Math.min(count, share - 2) : 0 }));

const failure: fc.Arbitrary<Step> = fc.record({
  type: fc.constant("failure" as const),
  kind: fc.constantFrom(...FAILURE_KINDS),
  slow: fc.boolean(),
});

const steps = fc.array(fc.oneof({ weight: 3, arbitrary: wait }, successes, { weight: 2, arbitrary: failure }), {
  maxLength: 60,
});

const windowMs = fc.constantFrom(100, 1_000, 777, 30_000, 33.3);

function said(window: Window): NaiveCounts {
  return {
    successes: window.successes,
    failures: window.failures,
    slow: window.slow,
    byKind: window.failuresByKind(),
    firstFailureMark: window.firstFailureMark(),
  };
}

interface Naive {
  advance(nowMs: number): void;
  add(outcome: NaiveOutcome): void;
  counting(): NaiveOutcome[];
  counts(): NaiveCounts;
}

/** Plays steps into both; `look` is called after each. Returns the last instant. */
function play(script: readonly Step[], window: Window, naive: Naive, look: (nowMs: number) => void): number {
  let nowMs = START_MS;
  let mark = 0;
  for (const step of script) {
    mark++;
    if (step.type === "wait") nowMs += step.ms;
    else if (step.type === "failure") {
      window.addFailure(nowMs, step.kind, step.slow, mark);
      naive.add({ atMs: nowMs, kind: step.kind, slow: step.slow, mark });
    } else {
      window.addSuccesses(nowMs, step.count, step.slow);
      for (let i = 0; i < step.count; i++) naive.add({ atMs: nowMs, kind: "success", slow: i < step.slow, mark });
    }
    look(nowMs);
  }
  return nowMs;
}

function expectEqualAtEveryStep(script: readonly Step[], window: Window, naive: Naive): void {
  play(script, window, naive, (nowMs) => {
    window.advance(nowMs);
    naive.advance(nowMs);
    expect(said(window)).toEqual(naive.counts());
  });
}

describe("a window of time", () => {
  it("counts what a list of all outcomes counts, after every step", () => {
    fc.assert(
      fc.property(windowMs, steps, (ms, script) =>
        expectEqualAtEveryStep(script, new TimeWindow(ms), new NaiveTimeWindow(ms)),
      ),
      { numRuns: 1_000 },
    );
  });

  it("counts the same when it is read only at the end", () => {
    fc.assert(
      fc.property(windowMs, steps, (ms, script) => {
        const window = new TimeWindow(ms);
        const naive = new NaiveTimeWindow(ms);
        const endMs = play(script, window, naive, () => {});
        window.advance(endMs);
        naive.advance(endMs);
        expect(said(window)).toEqual(naive.counts());
      }),
      { numRuns: 500 },
    );
  });

  it("keeps an outcome for nine tenths of the window at least, and never longer than all of it", () => {
    fc.assert(
      fc.property(windowMs, fc.double({ min: 0, max: 60_000, noNaN: true }), (ms, offset) => {
        const atMs = START_MS + offset;
        const at = (laterMs: number): number => {
          const window = new TimeWindow(ms);
          window.addFailure(atMs, "timeout", false, 0);
          window.advance(atMs + laterMs);
          return window.failures;
        };
        expect(at(0.899 * ms)).toBe(1);
        expect(at(1.001 * ms)).toBe(0);
      }),
    );
  });

  it("is empty after an idle hour, and counts anew from there", () => {
    const window = new TimeWindow(30_000);
    window.addSuccesses(START_MS, 7, 3);
    window.addFailure(START_MS + 1, "network", true, 4);
    window.advance(START_MS + HOUR_MS);
    expect(said(window)).toEqual({ successes: 0, failures: 0, slow: 0, byKind: {}, firstFailureMark: Infinity });
    window.addFailure(START_MS + HOUR_MS, "timeout", false, 9);
    expect(said(window)).toEqual({
      successes: 0,
      failures: 1,
      slow: 0,
      byKind: { timeout: 1 },
      firstFailureMark: 9,
    });
  });

  it("puts an outcome whose instant has passed into the newest bucket, so that a clock that stepped back loses nothing", () => {
    const window = new TimeWindow(1_000);
    window.addFailure(START_MS + 950, "timeout", false, 1);
    window.addFailure(START_MS + 10, "timeout", false, 2);
    window.advance(START_MS + 1_890);
    expect(window.failures).toBe(2);
  });
});

// A batch says how many of it were slow, not which; where order matters, a batch is therefore all slow or not at all.
const ordered = steps.map((script) =>
  script.map((step) => (step.type === "successes" && step.slow > 0 ? { ...step, slow: step.count } : step)),
);

describe("a window of calls", () => {
  const size = fc.integer({ min: 1, max: 12 });

  it("counts what a list of the last calls counts, after every step", () => {
    fc.assert(
      fc.property(size, ordered, (calls, script) =>
        expectEqualAtEveryStep(script, new CountWindow(calls), new NaiveCountWindow(calls)),
      ),
      { numRuns: 1_000 },
    );
  });

  it("does not age", () => {
    const window = new CountWindow(3);
    window.addFailure(START_MS, "timeout", false, 1);
    window.advance();
    expect(window.failures).toBe(1);
  });

  it("is full of successes after a batch larger than itself", () => {
    const window = new CountWindow(5);
    window.addFailure(START_MS, "timeout", true, 1);
    window.addSuccesses(START_MS, 1_000_000_000, 0);
    expect(said(window)).toEqual({ successes: 5, failures: 0, slow: 0, byKind: {}, firstFailureMark: Infinity });
  });
});

describe("an emptied window", () => {
  const nothing: Naive = { advance: () => {}, add: () => {}, counting: () => [], counts: () => naiveCounts([]) };

  it("counts like a new one", () => {
    fc.assert(
      fc.property(fc.boolean(), ordered, ordered, (ofTime, before, after) => {
        const window = ofTime ? new TimeWindow(1_000) : new CountWindow(5);
        play(before, window, nothing, () => {});
        window.clear();
        expect(said(window)).toEqual(naiveCounts([]));
        expectEqualAtEveryStep(after, window, ofTime ? new NaiveTimeWindow(1_000) : new NaiveCountWindow(5));
      }),
      { numRuns: 300 },
    );
  });
});

describe("replaying a window into one of another length", () => {
  // Where an outcome lay within its bucket is no longer known: it is taken to the bucket's start, with the bucket's first mark.
  const kept = (naive: NaiveTimeWindow, ms: number): NaiveOutcome[] => {
    const width = ms / 10;
    return naive.counting().map((outcome) => {
      const bucket = Math.floor(outcome.atMs / width);
      return { ...outcome, atMs: bucket * width };
    });
  };

  it("keeps every outcome that the new length still covers, by kind", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1_000, 3_000, 30_000),
        fc.constantFrom(1_000, 3_000, 30_000),
        steps,
        (from, to, script) => {
          const window = new TimeWindow(from);
          const naive = new NaiveTimeWindow(from);
          const endMs = play(script, window, naive, () => {});
          const into = new TimeWindow(to);
          window.advance(endMs);
          naive.advance(endMs);
          window.replay(into, endMs);
          into.advance(endMs);
          const expected = new NaiveTimeWindow(to);
          for (const outcome of kept(naive, from)) expected.add(outcome);
          expected.advance(endMs);
          const { slow: _slow, ...counts } = expected.counts();
          expect(said(into)).toMatchObject(counts);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps how many of them were slow", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const window = new TimeWindow(1_000);
        const endMs = play(script, window, new NaiveTimeWindow(1_000), () => {});
        const into = new TimeWindow(10_000);
        window.advance(endMs);
        window.replay(into, endMs);
        expect(into.slow).toBe(window.slow);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps the last calls of a window of calls, in order, with their marks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), ordered, (from, to, script) => {
        const window = new CountWindow(from);
        const naive = new NaiveCountWindow(from);
        const endMs = play(script, window, naive, () => {});
        const into = new CountWindow(to);
        window.replay(into, endMs);
        const expected = new NaiveCountWindow(to);
        for (const outcome of naive.counting()) expected.add(outcome);
        expect(said(into)).toEqual(expected.counts());
      }),
      { numRuns: 500 },
    );
  });

  it("keeps totals between a window of time and one of calls, both ways", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const time = new TimeWindow(1_000);
        const endMs = play(script, time, new NaiveTimeWindow(1_000), () => {});
        time.advance(endMs);
        const calls = new CountWindow(1_000);
        time.replay(calls, endMs);
        expect([calls.successes, calls.failures, calls.failuresByKind()]).toEqual([
          time.successes,
          time.failures,
          time.failuresByKind(),
        ]);
        const back = new TimeWindow(1_000);
        calls.replay(back, endMs);
        expect(said(back)).toEqual(said(calls));
      }),
      { numRuns: 500 },
    );
  });
});
