/** Results as text: a table for the terminal, a page for the docs. */
import { disturbance, type Spread, ratio, samples, spread, verdicts, type Verdict } from "./figures.ts";
import type { CaseResult } from "./measure.ts";
import type { IdleResult, Suite, SuiteResult } from "./suite.ts";
import { markdown, type Row, table } from "./table.ts";

const CASE_HEAD: Row = ["case", "contender", "ns/op", "min–max", "ours / theirs", "min–max"];
const IDLE_HEAD: Row = ["idle breakers", "contender", "bytes each", "timers"];
const TARGET_HEAD: Row = ["target", "limit", "measured", "min–max", ""];

export function terminal(suite: Suite, result: SuiteResult): string {
  const tables = [table(CASE_HEAD, caseRows(suite, result)), table(TARGET_HEAD, targetRows(suite, result))];
  if (result.idle.length > 0) tables.splice(1, 0, table(IDLE_HEAD, result.idle.map(idleRow)));
  return [...tables, ...remarks(suite, result)].join("\n\n");
}

// Twice is more than a quiet machine ever shows.
const MOST_DISTURBANCE = 2;

function remarks(suite: Suite, result: SuiteResult): string[] {
  const times = disturbance(suite, result);
  if (times <= MOST_DISTURBANCE) return [];
  return [
    `Other work disturbed this run: the ${suite.control}, which no library touches, took ${number(times)} times as long in its worst round as in its best. Targets that are met or missed narrowly are undecided; repeat it on a quiet machine.`,
  ];
}

/** The page under docs/reference. */
export function page(suites: readonly { readonly suite: Suite; readonly result: SuiteResult }[]): string {
  const parts = [
    "# Benchmarks",
    "Written by `npm run bench -- breaker --write-docs`; do not edit. The raw samples are in [benchmarks/results](../../benchmarks/results).",
    "Contenders run in one process, in turn, round after round, each warmed up first and after a minor garbage collection. Quote the ratios, not the nanoseconds: each is taken within one round, so a slower machine and load that outlasts a round slow both of its sides. All figures are medians, with the lowest and the highest round beside them.",
    ...suites.flatMap(({ suite, result }) => section(suite, result)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(suite: Suite, result: SuiteResult): string[] {
  const { cpu, cores, platform, node, v8, packages } = result.machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const rounds = Math.max(...result.cases.flatMap((one) => Object.values(one.rounds).map((all) => all.length)));
  return [
    `## ${suite.title}`,
    `${result.date.slice(0, 10)}, ${rounds} rounds, on ${cpu}, ${cores} cores, ${platform}, Node ${node} (V8 ${v8}), with ${versions.join(" and ")}.`,
    suite.about.map((line) => `- ${line}`).join("\n"),
    ...remarks(suite, result),
    "### Targets",
    markdown(TARGET_HEAD, targetRows(suite, result)),
    "### Figures",
    markdown(CASE_HEAD, caseRows(suite, result)),
    ...(result.idle.length > 0 ? [markdown(IDLE_HEAD, result.idle.map(idleRow))] : []),
  ];
}

function caseRows({ ours }: Suite, result: SuiteResult): Row[] {
  return result.cases.flatMap((one) =>
    Object.keys(one.rounds).map((name, index) => {
      const time = spread(samples(one, name));
      const beside = name === ours ? null : ratioTo(one, ours, name);
      return [
        index === 0 ? one.title : "",
        name,
        number(time.median),
        range(time),
        beside === null ? "" : number(beside.median),
        beside === null ? "" : range(beside),
      ];
    }),
  );
}

function ratioTo(one: CaseResult, ours: string, theirs: string): Spread {
  return ratio(samples(one, ours), samples(one, theirs));
}

function idleRow({ contender, state, breakers, bytesEach, timers }: IdleResult): Row {
  const count = breakers.toLocaleString("en");
  const title = state === "unused" ? `${count}, never called` : `${count}, one success each`;
  return [title, contender, number(bytesEach), String(timers)];
}

function targetRows(suite: Suite, result: SuiteResult): Row[] {
  return verdicts(suite, result).map(({ target, figure, met }: Verdict) => [
    target.text,
    number(target.limit),
    number(figure.median),
    range(figure),
    met ? "met" : "missed",
  ]);
}

function range({ min, max }: Spread): string {
  return min === max ? "" : `${number(min)}–${number(max)}`;
}

function number(value: number): string {
  if (value === 0) return "0";
  if (value < 0.01) return value.toPrecision(2);
  if (value < 100) return value.toFixed(value < 10 ? 2 : 1);
  return Math.round(value).toLocaleString("en");
}
