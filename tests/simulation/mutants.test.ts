import { describe, expect, it } from "vitest";
import { explore, type Found, playPlan } from "./explore.ts";
import { MUTANTS } from "./mutants.ts";

const MOST_SCHEDULES = 2_000;

describe("a broken design is found", () => {
  it.each(MUTANTS)("$name", async (mutant) => {
    const { found } = await explore({ fromSeed: mutant.fromSeed ?? 1, schedules: MOST_SCHEDULES, mutant });
    expect(found, `not found in ${MOST_SCHEDULES} schedules: ${mutant.breaks}`).not.toBeNull();
    // And it is the design that is found, not something else.
    const { violations } = await playPlan((found as Found).plan);
    expect(violations).toEqual([]);
  });
});
