/** `npm run sim`: plays fault plans against the library in virtual time. `npm run sim -- --help` says how. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { planOf } from "../tests/simulation/arbitrary-plan.ts";
import { explore, type Found, playPlan, shrink } from "../tests/simulation/explore.ts";
import { type Mutant, MUTANTS } from "../tests/simulation/mutants.ts";
import type { Plan } from "../tests/simulation/plan.ts";
import { traceOf } from "../tests/simulation/trace.ts";

const HELP = `npm run sim -- [options]

Plays the library, several replicas of it, a store, a network and a provider in virtual time, lets things go wrong as a
plan says, and checks the invariants I1–I12 on everything that happened. The same seed gives the same run, byte by byte.

  npm run sim                              500 schedules from a seed of the day
  npm run sim -- --schedules 20000         more of them
  npm run sim -- --seed 7                  one schedule
  npm run sim -- --seed 7 --trace          the same, with everything that happens in it
  npm run sim -- --plan plan.json          a plan from a file (what a violation prints, or one of tests/simulation/seeds)
  npm run sim -- --mutant "no fencing"     with a broken design, in up to 2 000 schedules: to find it is exit code 1
  npm run sim -- --mutant list             the broken designs there are

  --from N       the first seed of many; default: today's date
  --json         machine-readable output on stdout
  --no-shrink    prints a violating plan as it was drawn

A violation ends it with exit code 1 and prints the invariant, the plan, made small, and the command that replays it.
`;

const SHRINK_MS = 60_000;

interface Options {
  readonly seed: number | null;
  readonly from: number;
  readonly schedules: number;
  readonly plan: Plan | null;
  readonly planFile: string | null;
  readonly mutant: Mutant | null;
  readonly trace: boolean;
  readonly json: boolean;
  readonly shrinks: boolean;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === null) return;
  const { seed, plan } = options;
  const found =
    plan !== null
      ? await playOne(plan, options)
      : seed !== null
        ? await playOne(planOf(seed), options)
        : await playMany(options);
  if (found === null) return;
  process.exitCode = 1;
  const shrinks = options.shrinks && plan === null;
  if (shrinks) process.stderr.write("making the plan small, a minute at most …\n");
  const small = shrinks ? await shrink(found, options.mutant, SHRINK_MS) : found;
  report(small, options);
}

async function playOne(plan: Plan, { seed, mutant, trace, json }: Options): Promise<Found | null> {
  const { history, violations } = await playPlan(plan, mutant);
  if (trace && history !== null) process.stdout.write(traceOf(history));
  if (violations.length > 0) return { seed: seed ?? plan.seed, plan, violations };
  if (json) console.log(JSON.stringify({ plan, violations }));
  else
    console.log(
      `${history?.calls.length ?? 0} calls, ${history?.operations.length ?? 0} operations of the store, no violation`,
    );
  return null;
}

async function playMany({ from, schedules, mutant, json }: Options): Promise<Found | null> {
  const startMs = performance.now();
  const perSecond = (played: number): string => (played / ((performance.now() - startMs) / 1_000)).toFixed(1);
  const onPlayed = (played: number): void => {
    if (played % 50 === 0) process.stderr.write(`\r${played} of ${schedules} schedules, ${perSecond(played)}/s `);
  };
  const { schedules: played, found, coverage } = await explore({ fromSeed: from, schedules, mutant, onPlayed });
  process.stderr.write("\n");
  if (json && found === null)
    console.log(JSON.stringify({ from, schedules: played, coverage: Object.fromEntries(coverage.all()) }));
  else if (found === null) console.log(`${played} schedules from seed ${from}, ${perSecond(played)}/s, no violation`);
  else process.stderr.write(`violated in schedule ${played}\n`);
  return found;
}

function report({ seed, plan, violations }: Found, { json, mutant, planFile }: Options): void {
  if (json) return console.log(JSON.stringify({ seed, plan, violations }));
  for (const { invariant, atMs, what } of violations.slice(0, 5))
    console.log(`${invariant}\n  at ${atMs.toFixed(3)} ms: ${what}`);
  if (violations.length > 5) console.log(`  and ${violations.length - 5} more`);
  const design = mutant === null ? "" : ` --mutant "${mutant.name}"`;
  console.log(`\nplan:\n${JSON.stringify(plan)}\n`);
  const what = planFile === null ? `--seed ${seed}` : `--plan ${planFile}`;
  console.log(`replay:  npm run sim -- ${what}${design} --trace`);
  if (planFile !== null) return;
  console.log(`smaller: save the plan to plan.json; npm run sim -- --plan plan.json${design} --trace`);
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      from: { type: "string" },
      schedules: { type: "string" },
      plan: { type: "string" },
      mutant: { type: "string" },
      trace: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      "no-shrink": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return null;
  }
  const mutant = MUTANTS.find(({ name }) => name === values.mutant) ?? null;
  if (values.mutant !== undefined && mutant === null) {
    for (const { name, breaks } of MUTANTS) console.log(`${name}: ${breaks}`);
    if (values.mutant !== "list")
      throw new Error(`--mutant: there is none called "${values.mutant}"; the list is above`);
    return null;
  }
  return {
    seed: wholeNumber("--seed", values.seed),
    from: wholeNumber("--from", values.from) ?? today(),
    // Some broken designs need many (docs/explanation/track-record.md).
    schedules: wholeNumber("--schedules", values.schedules) ?? (mutant === null ? 500 : 2_000),
    plan: values.plan === undefined ? null : readPlan(values.plan),
    planFile: values.plan ?? null,
    mutant,
    trace: values.trace,
    json: values.json,
    shrinks: !values["no-shrink"],
  };
}

function wholeNumber(option: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (!/^\d+$/.test(value)) throw new Error(`${option}: expected a whole number, received "${value}"`);
  return Number(value);
}

function readPlan(path: string): Plan {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`--plan ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const plan = (typeof read === "object" && read !== null && "plan" in read ? read.plan : read) as Partial<Plan> | null;
  for (const list of ["replicas", "provider", "faults"] as const)
    if (!Array.isArray(plan?.[list])) throw new Error(`--plan ${path}: not a plan: expected "${list}" to be a list`);
  return plan as Plan;
}

function today(): number {
  return Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
}

// `npm run sim … | head` ends the pipe before us.
process.stdout.on("error", () => process.exit());

try {
  await main();
} catch (error) {
  process.stderr.write(`sim: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
