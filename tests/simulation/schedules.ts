/** The schedules that a test run plays: half of them here, half in the other file, so that two cores are busy. */
import { expect } from "vitest";
import { reached } from "./coverage.ts";
import { explore, shrink } from "./explore.ts";

/** How many schedules a run plays in all; the long mode has 20 000. */
const SCHEDULES = Number(process.env["RECLOSER_SIM_SCHEDULES"] ?? 2_000);
const SHRINK_MS = 60_000;
const FIRST_SEED = 1;

/** Plays one half of all schedules. Nothing may be violated, and whatever is usual must be met. */
export async function expectNoViolation(half: 0 | 1): Promise<void> {
  const schedules = Math.ceil(SCHEDULES / 2);
  const { found, coverage } = await explore({ fromSeed: FIRST_SEED + half * schedules, schedules });
  if (found !== null) {
    const { seed, plan, violations } = await shrink(found, null, SHRINK_MS);
    const replay = `npm run sim -- --seed ${seed} --trace`;
    expect.fail(`${violations[0]?.invariant}: ${violations[0]?.what}\n${replay}\n${JSON.stringify(plan)}`);
  }
  expect(reached.filter((what) => coverage.of(what) === 0)).toEqual([]);
}
