/** `npm run outage`: see `HELP`. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { compactJson, publish } from "../publish.ts";
import { tellMistakes } from "../usage.ts";
import { figures } from "./charts.ts";
import { type Effort, replay, type ReplayResult } from "./replay.ts";
import { page, terminal } from "./report.ts";
import { verdicts } from "./targets.ts";

const HELP = `npm run outage -- [--quick] [--seed N] [--json FILE] [--from FILE] [--write-docs]

Plays outages of a simulated provider against replicas with retries only, with a breaker of their own, and with one that
they share, and prints what came of it. Everything is in virtual time: the same seed gives the same figures. All of it takes
some minutes.

--quick       one seed, few replicas: a smoke test
--seed N      the first seed; the others follow it (default 1)
--json FILE   writes the raw figures there
--from FILE   takes the figures from there instead of playing
--write-docs  writes benchmarks/results/outage.json, docs/reference/outage.md and its charts
--help        this`;

const LOAD = { replicas: 8, perSecond: 80 };

tellMistakes("outage");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
    from: { type: "string" },
    "write-docs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
if (values.help) console.log(HELP);
else if (!Number.isSafeInteger(seed)) refuse(`--seed: expected a whole number, received "${values.seed}"`);
else if (values.quick && values["write-docs"]) refuse("--quick is too little to publish: use --write-docs without it");
else await run(values.quick ? quick(seed) : full(seed));

function full(first: number): Effort {
  const seeds = Array.from({ length: 5 }, (_, index) => first + index);
  return { seeds, load: LOAD, replicas: [1, 2, 4, 8, 16, 32, 64] };
}

function quick(first: number): Effort {
  return { seeds: [first], load: { replicas: 2, perSecond: 20 }, replicas: [1, 8] };
}

async function run(effort: Effort): Promise<void> {
  const result =
    values.from === undefined
      ? await replay(effort, (text) => console.error(`… ${text}`))
      : (JSON.parse(await readFile(values.from, "utf8")) as ReplayResult);
  const { silenceMs, cooldown } = createPolicy();
  const found = verdicts(result, { silenceMs: silenceMs || Infinity, cooldownMaxMs: cooldown.maxMs });
  console.log(`\n${terminal(result, found)}`);
  if (values.json !== undefined) await writeFile(values.json, compactJson(result));
  if (!values["write-docs"]) return;
  const charts = Object.fromEntries(figures(result).map(({ name, chart }) => [name, chart]));
  const pages = { "docs/reference/outage.md": page(result, found) };
  for (const path of await publish({ results: { outage: result }, pages, charts })) console.error(`wrote ${path}`);
}

function refuse(text: string): void {
  console.error(`outage: ${text} (--help shows what it takes)`);
  process.exitCode = 2;
}
