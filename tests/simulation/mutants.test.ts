import { describe, expect, it } from "vitest";
import { explore, playPlan } from "./explore.ts";
import { MUTANTS } from "./mutants.ts";

const MOST_SCHEDULES = 2_000;

describe("a broken design is found: ", () => {
  it.each(MUTANTS)("$name", async (mutant) => {
    const { found } = await explore({ fromSeed: mutant.fromSeed ?? 1, schedules: MOST_SCHEDULES, mutant });
    if (found === null) return expect.fail(`not found in ${MOST_SCHEDULES} schedules: ${mutant.breaks}`);
    // And it is the design that is found, not something else.
    const { violations } = await playPlan(found.plan);
    expect(violations).toEqual([]);
  });
});
