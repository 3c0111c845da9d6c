import { describe, expect, test } from "vitest";
import type { Fault } from "./fault.ts";
import { checkedSchedule, startSchedule } from "./schedule.ts";
import type { ScheduleStep } from "./schedule.ts";

const hang: Fault = { kind: "hang" };
const reset: Fault = { kind: "reset" };

describe("a schedule", () => {
  test("holds each timed step for its time and is well again after the last", () => {
    const run = startSchedule(
      [
        { forMs: 10, fault: hang },
        { forMs: 5, fault: null },
        { forMs: 5, fault: reset },
      ],
      0,
    );
    const seen = [0, 9, 10, 14, 15, 19, 20].map((ms) => run.take("m", ms)?.kind ?? null);
    expect(seen).toEqual(["hang", "hang", null, null, "reset", "reset", null]);
    expect(run.done).toBe(true);
    expect(run.dueMs).toBeNull();
  });

  test("leaves in force what its last step set after a delay", () => {
    const run = startSchedule([{ afterMs: 10, fault: hang }], 100);
    expect([100, 109, 110, 9_999].map((ms) => run.take("m", ms)?.kind ?? null)).toEqual([null, null, "hang", "hang"]);
    expect(run.done).toBe(true);
  });

  test("counts the requests of a counted step, only those its models cover", () => {
    const fault: Fault = { kind: "hang", models: "a" };
    const run = startSchedule(
      [
        { requests: 2, fault },
        { requests: 1, fault: reset },
      ],
      0,
    );
    expect(run.take("a", 0)).toBe(fault);
    run.take("b", 0);
    run.take(null, 0);
    expect(run.take("a", 0)).toBe(fault);
    expect(run.take("b", 0)).toBe(reset);
    expect(run.done).toBe(true);
    expect(run.fault).toBeNull();
  });

  test("does not drift: a step begins when the one before was due to end, not when somebody looked", () => {
    const run = startSchedule(
      [
        { forMs: 10, fault: hang },
        { forMs: 10, fault: reset },
      ],
      0,
    );
    run.advance(17);
    expect(run.fault).toBe(reset);
    expect(run.dueMs).toBe(20);
  });

  test("repeats its steps for ever, and takes an idle hour in its stride", () => {
    const flap: ScheduleStep[] = [
      {
        repeat: "forever",
        steps: [
          { forMs: 5, fault: hang },
          { forMs: 5, fault: null },
        ],
      },
    ];
    const run = startSchedule(flap, 0);
    run.advance(3_600_000);
    expect([1, 6, 11, 16].map((ms) => run.take("m", 3_600_000 + ms)?.kind ?? null)).toEqual([
      "hang",
      null,
      "hang",
      null,
    ]);
    expect(run.done).toBe(false);
  });

  test("repeats a given number of rounds, loops inside loops too", () => {
    const inner: ScheduleStep = { repeat: 2, steps: [{ requests: 1, fault: hang }] };
    const run = startSchedule([{ repeat: 2, steps: [inner, { requests: 1, fault: null }] }], 0);
    expect(Array.from({ length: 7 }, () => run.take("m", 0)?.kind ?? null)).toEqual([
      "hang",
      "hang",
      null,
      "hang",
      "hang",
      null,
      null,
    ]);
    expect(run.done).toBe(true);
  });
});

describe("a schedule's check", () => {
  test.each([
    ["hang", "steps"],
    [[], "steps"],
    [[null], "steps[0]"],
    [[{ fault: null }], "steps[0]"],
    [[{ forMs: 0, fault: null }], "steps[0].forMs"],
    [[{ forMs: NaN, fault: null }], "steps[0].forMs"],
    [
      [
        { forMs: 5, fault: null },
        { afterMs: -1, fault: null },
      ],
      "steps[1].afterMs",
    ],
    [[{ requests: 1.5, fault: null }], "steps[0].requests"],
    [[{ requests: 0, fault: null }], "steps[0].requests"],
    [[{ forMs: 5 }], "steps[0].fault"],
    [[{ forMs: 5, requests: 3, fault: null }], "steps[0].requests"],
    [[{ forMs: 5, fault: { kind: "hang", ms: 4 } }], "steps[0].fault.ms"],
    [[{ requests: 1, fault: { kind: "down" } }], "steps[0].fault"],
    [[{ forMs: 5, fault: { kind: "down", forMs: 3 } }], "steps[0].fault.forMs"],
    [[{ repeat: 0, steps: [{ forMs: 5, fault: null }] }], "steps[0].repeat"],
    [[{ repeat: "often", steps: [{ forMs: 5, fault: null }] }], "steps[0].repeat"],
    [[{ repeat: 2, steps: [] }], "steps[0].steps"],
    [[{ repeat: 2, steps: [{ forMs: 5, fault: 3 }] }], "steps[0].steps[0].fault"],
    [[{ repeat: "forever", steps: [{ afterMs: 0, fault: null }] }], "steps[0].steps"],
  ])("refuses %j at %s", (steps, option) => {
    expect(() => checkedSchedule(steps, "steps")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION", option }),
    );
  });
});
