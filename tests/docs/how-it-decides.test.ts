/** The tables of docs/explanation/how-it-decides.md are those of the code. */
import { describe, expect, it } from "vitest";
import { SHED_MOST } from "../../packages/recloser/src/adaptive-shed.ts";
import {
  HINT_ON_COOLDOWN_MAX_MS,
  HINT_ON_HOLD_MAX_MS,
  cooldownOf,
  openPeriodMs,
  tripStep,
} from "../../packages/recloser/src/cooldown.ts";
import { ROLLUP } from "../../packages/recloser/src/rollup.ts";
import { type OutcomeKind, outcomeOf } from "../../packages/recloser/src/outcome.ts";
import { REFUSED_IN_A_ROW } from "../../packages/recloser/src/pace.ts";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { Ramp } from "../../packages/recloser/src/ramp.ts";
import { BUDGET_MEMORY_MS } from "../../packages/recloser/src/retry-budget.ts";
import { MAX_LOST, MAX_VOID } from "../../packages/recloser/src/transition.ts";
import { STREAK_LEAST_MS, STREAK_LEAST_SHARE } from "../../packages/recloser/src/trip.ts";
import { BUCKETS } from "../../packages/recloser/src/window.ts";
import { columnOf, plain, rowsOf, sectionOf } from "./page.ts";
import { wordsOfType } from "./source.ts";

const PAGE = "explanation/how-it-decides.md";

describe("how it decides", () => {
  it("has every kind of outcome with its track and usual scope", () => {
    const rows = rowsOf(sectionOf(PAGE, "What counts"), "Kind").map((row) => ({
      kind: plain(row["Kind"] ?? ""),
      track: row["Track"],
      scope: row["Usual scope"],
    }));
    const kinds = ["OutcomeKind", "FailureKind", "HoldKind", "NeutralKind"].flatMap((name) =>
      wordsOfType("outcome.ts", name),
    );
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted());
    for (const { kind, track, scope } of rows) expect(outcomeOf(kind as OutcomeKind)).toMatchObject({ track, scope });
  });

  it("has the defaults of the trip rules", () => {
    const { consecutiveFailures, failureThreshold, failureRate, slowCall } = createPolicy();
    const section = sectionOf(PAGE, "When it trips");
    const said = columnOf(section, "Rule").map((rule, index) => [rule, columnOf(section, "Default")[index]]);
    const rules = Object.entries({ consecutiveFailures, failureThreshold, failureRate, slowCall });
    expect(said).toEqual([
      ...rules.map(([rule, value]) => [rule, value === false ? "off" : JSON.stringify(value)]),
      ["roll-up", "on"],
    ]);
  });

  it("has the cooldown ladder", () => {
    const { cooldown } = createPolicy();
    const spans = [1, 2, 3, 4, 5].map((step) => {
      const [least, most] = [0, 1].map(
        (random) => openPeriodMs(cooldownOf(cooldown, cooldown.jitter, step, random), null) / 1_000,
      );
      return least === most ? `${least} s` : `${least} – ${most} s`;
    });
    expect(columnOf(sectionOf(PAGE, "The cooldown ladder"), "Cooldown")).toEqual(spans);
  });

  it("has the numbers that are no options", () => {
    const said = columnOf(sectionOf(PAGE, "Numbers that are no options"), "Value").map((value) =>
      Number.parseFloat(value),
    );
    expect(said.slice(0, 8)).toEqual([
      BUCKETS,
      STREAK_LEAST_MS,
      STREAK_LEAST_SHARE / (1 - STREAK_LEAST_SHARE),
      ROLLUP,
      MAX_LOST,
      MAX_VOID,
      HINT_ON_COOLDOWN_MAX_MS,
      HINT_ON_HOLD_MAX_MS,
    ]);
    const [ladderMs = 0, wide = 0, shedMost, refusals, memoryMs] = said.slice(8);
    expect([shedMost, refusals, memoryMs]).toEqual([SHED_MOST, REFUSED_IN_A_ROW, BUDGET_MEMORY_MS]);
    expect([tripStep(4, 1, 0, ladderMs - 1), tripStep(4, 1, 0, ladderMs)]).toEqual([5, 1]);
    const ramp = new Ramp(1);
    const over: number[] = [];
    while (over.length === 0) if (ramp.succeeded()) over.push(ramp.limit);
    expect(over).toEqual([wide]);
  });
});
