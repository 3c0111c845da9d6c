/** Plays plans one seed after the other until one violates an invariant, and makes that plan small. */
import fc from "fast-check";
import { anyPlan, planOf } from "./arbitrary-plan.ts";
import { type Invariant, type Violation, violationsOf } from "./checks.ts";
import { Coverage } from "./coverage.ts";
import type { History } from "./history.ts";
import { type Mutant, withMutant } from "./mutants.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run-plan.ts";

/** The run of a plan: its history, or null where it ended by an exception, and everything that it violates. */
export interface Played {
  readonly history: History | null;
  readonly violations: readonly Violation[];
}

/** Plays a plan and checks it. What the simulated code leaves unhandled violates I2. */
export async function playPlan(plan: Plan, mutant: Mutant | null = null): Promise<Played> {
  try {
    const history = await withMutant(mutant, (bench) => runPlan(plan, bench));
    return { history, violations: violationsOf(history) };
  } catch (error) {
    const what = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
    return { history: null, violations: [{ invariant: "I2 no caller meets the store", atMs: 0, what }] };
  }
}

export interface Found {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly Violation[];
}

export interface Exploration {
  /** How many schedules were played. */
  readonly schedules: number;
  readonly coverage: Coverage;
  /** The first that violates; null when none does. */
  readonly found: Found | null;
}

export interface ExploreOptions {
  readonly fromSeed: number;
  readonly schedules: number;
  readonly mutant?: Mutant | null;
  readonly onPlayed?: (played: number) => void;
}

/** Plays the plans of `schedules` seeds; stops at the first that violates anything. */
export async function explore({ fromSeed, schedules, mutant = null, onPlayed }: ExploreOptions): Promise<Exploration> {
  const coverage = new Coverage();
  for (let played = 0; played < schedules; played++) {
    const seed = fromSeed + played;
    const plan = mutant?.amid?.(planOf(seed)) ?? planOf(seed);
    const { history, violations } = await playPlan(plan, mutant);
    if (history !== null) coverage.add(history);
    if (violations.length > 0) return { schedules: played + 1, coverage, found: { seed, plan, violations } };
    onPlayed?.(played + 1);
  }
  return { schedules, coverage, found: null };
}

/** The smallest plan that violates the same invariant as a seed's, found within a time of the wall's. */
export async function shrink(found: Found, mutant: Mutant | null, withinMs: number): Promise<Found> {
  const invariant = (found.violations[0] as Violation).invariant;
  let smallest = found;
  const property = fc.asyncProperty(anyPlan, async (plan) => {
    const { violations } = await playPlan(plan, mutant);
    if (!violates(violations, invariant)) return;
    smallest = { seed: found.seed, plan, violations: violations.filter((one) => one.invariant === invariant) };
    throw new Error(invariant);
  });
  await fc.check(property, {
    seed: found.seed,
    numRuns: 1,
    plugins: [fc.interruptAfterTimeLimit(withinMs, { failOnInterrupt: true })],
  });
  return smallest;
}

function violates(violations: readonly Violation[], invariant: Invariant): boolean {
  return violations.some((violation) => violation.invariant === invariant);
}
