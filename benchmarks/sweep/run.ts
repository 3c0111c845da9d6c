/** `npm run sweep`: see `HELP`. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { compactJson, publish } from "../publish.ts";
import { tellMistakes } from "../usage.ts";
import { BARS } from "./bars/index.ts";
import { KNOBS, PAIRS } from "./knobs.ts";
import { filled, figures, terminal } from "./report.ts";
import { sweep, type SweepPlan, type SweepResult } from "./sweep.ts";

const HELP = `npm run sweep -- [--quick] [--only NUMBER,…] [--seed N] [--json FILE] [--from FILE] [--write-docs]

Measures what the default numbers must keep (the bars), at the defaults and with other values of each number. Everything is in
virtual time: the same seed gives the same figures. All of it takes half an hour.

--quick        the bars at the defaults, in a small form
--only NAMES   only these numbers: ${KNOBS.map(({ name }) => name).join(", ")}
--seed N       the first seed; the others follow it (default 1)
--json FILE    writes the raw figures there
--from FILE    takes the figures from there instead of measuring
--write-docs   keeps the figures in benchmarks/results/sweep.json, and writes the charts and tables of
               docs/explanation/choosing-numbers.md
--help         this`;

const PAGE = "docs/explanation/choosing-numbers.md";

tellMistakes("sweep");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    from: { type: "string" },
    "write-docs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const first = Number(values.seed);
const only = values.only?.split(",");
const unknown = only?.find((name) => !KNOBS.some((knob) => knob.name === name));
const isPartial = values.quick || only !== undefined;
if (values.help) console.log(HELP);
else if (!Number.isSafeInteger(first)) refuse(`--seed: expected a whole number, received "${values.seed}"`);
else if (unknown !== undefined) refuse(`--only: there is no number "${unknown}"`);
else if (isPartial && values["write-docs"]) refuse("--write-docs needs all of it: use it without --quick and --only");
else await run();

function plan(): SweepPlan {
  const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => first + index);
  const progress = (text: string): void => console.error(`… ${text}`);
  if (values.quick) {
    const least = { seeds: seeds(1), isSmall: true };
    return { most: least, each: least, knobs: [], pairs: [], curves: false, progress };
  }
  return {
    most: { seeds: seeds(3), isSmall: false },
    each: { seeds: seeds(3), isSmall: true },
    knobs: only === undefined ? KNOBS : KNOBS.filter(({ name }) => only.includes(name)),
    pairs: only === undefined ? PAIRS : [],
    curves: only === undefined,
    progress,
  };
}

async function run(): Promise<void> {
  const result =
    values.from === undefined ? await sweep(plan()) : (JSON.parse(await readFile(values.from, "utf8")) as SweepResult);
  console.log(`\n${terminal(result)}`);
  if (values.json !== undefined) await writeFile(values.json, compactJson(result));
  if (values["write-docs"]) {
    const all = figures(result);
    const page = filled(await readFile(new URL(`../../${PAGE}`, import.meta.url), "utf8"), all);
    const charts = Object.fromEntries(
      all.flatMap(({ name, chart }) => (chart === null ? [] : [[`sweep-${name}`, chart]])),
    );
    for (const path of await publish({ results: { sweep: result }, pages: { [PAGE]: page }, charts }))
      console.error(`wrote ${path}`);
  }
  const missed = BARS.filter(({ name }) => result.chosen[name]?.ok === false);
  if (missed.length > 0) console.error(`\nmissed: ${missed.map(({ title }) => title).join("; ")}`);
}

function refuse(text: string): void {
  console.error(`sweep: ${text} (--help shows what it takes)`);
  process.exitCode = 2;
}
