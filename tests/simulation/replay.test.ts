import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { planOf } from "./arbitrary-plan.ts";
import { Coverage, rare } from "./coverage.ts";
import { playPlan } from "./explore.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run-plan.ts";
import { traceOf } from "./trace.ts";

interface Regression {
  /** What the plan found. */
  readonly found: string;
  readonly plan: Plan;
}

const folder = new URL("./seeds/", import.meta.url);
const regressions = readdirSync(folder)
  .toSorted()
  .map((file) => ({ file, ...(JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Regression) }));

describe("a run", () => {
  it("is the same again, byte by byte, for the same plan", async () => {
    for (const seed of [3, 8, 14, 16]) {
      const [once, again] = [await runPlan(planOf(seed)), await runPlan(planOf(seed))];
      expect(traceOf(again)).toBe(traceOf(once));
    }
  });

  it("is another for another seed", async () => {
    const plan = planOf(8);
    const [one, other] = [await runPlan(plan), await runPlan({ ...plan, seed: plan.seed + 1 })];
    expect(traceOf(other)).not.toBe(traceOf(one));
  });
});

describe("a plan that once found something", () => {
  it.each(regressions)("$file: $found", async ({ plan }) => {
    expect((await playPlan(plan)).violations).toEqual([]);
  });
});

describe("what is rare", () => {
  it("is met by the plans that are kept for it", async () => {
    const coverage = new Coverage();
    for (const { plan } of regressions) coverage.add(await runPlan(plan));
    expect(rare.filter((what) => coverage.of(what) === 0)).toEqual([]);
  });
});
