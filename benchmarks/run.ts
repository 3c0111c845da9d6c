/**
 * `npm run bench -- <suite> [--quick] [--json FILE] [--write-docs]`; of `gateway` see benchmarks/gateway/run.ts
 *
 * `--quick` is a smoke test of the benchmark itself. `--write-docs` keeps the raw samples under `results/` and writes the
 * page in `docs/reference/`. A missed target is said, and is no failure: figures depend on the machine.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { measureIdle } from "./idle-run.ts";
import { machine } from "./machine.ts";
import { FULL, measure, QUICK } from "./measure.ts";
import { page, terminal } from "./report.ts";
import type { Suite, SuiteResult } from "./suite.ts";
import { breakerSuite } from "./suites/breaker.ts";

const SUITES: readonly Suite[] = [breakerSuite];
const IDLE_BREAKERS = 100_000;
// Seen from benchmarks/dist.
const RESULTS = new URL("../results/", import.meta.url);
const PAGE = new URL("../../docs/reference/benchmarks.md", import.meta.url);

// What is measured there are processes of their own: the rest runs from source.
const [name, ...others] = process.argv.slice(2);
if (name === "gateway") {
  const script = fileURLToPath(new URL("../gateway/run.ts", import.meta.url));
  const args = ["--conditions=recloser-source", "--import", "tsx", script, ...others];
  process.exit(spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    "write-docs": { type: "boolean", default: false },
  },
});
const suite = SUITES.find((one) => one.name === positionals[0]);
if (suite === undefined || positionals.length > 1) {
  console.error(
    `usage: npm run bench -- ${[...SUITES, { name: "gateway" }].map((one) => one.name).join("|")} [--quick] [--json FILE] [--write-docs]`,
  );
  process.exitCode = 2;
} else if (values.quick && values["write-docs"]) {
  console.error("--quick is too short to publish: use --write-docs without it");
  process.exitCode = 2;
} else {
  await run(suite);
}

async function run(chosen: Suite): Promise<void> {
  const result = await resultOf(chosen);
  console.log(`\n${terminal(chosen, result)}`);
  if (values.json !== undefined) await writeFile(values.json, json(result));
  if (values["write-docs"]) await publish(chosen, result);
}

async function resultOf(chosen: Suite): Promise<SuiteResult> {
  const effort = values.quick ? QUICK : FULL;
  const cases = [];
  for (const one of chosen.cases) {
    progress(one.title);
    cases.push(await measure(one, effort));
  }
  const breakers = values.quick ? IDLE_BREAKERS / 10 : IDLE_BREAKERS;
  if (chosen.idle) progress(`${breakers.toLocaleString("en")} idle breakers`);
  const idle = chosen.idle ? await measureIdle(breakers) : [];
  return {
    suite: chosen.name,
    date: new Date().toISOString(),
    quick: values.quick,
    machine: machine(chosen.packages),
    cases,
    idle,
  };
}

async function publish(chosen: Suite, result: SuiteResult): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL(`${chosen.name}.json`, RESULTS), json(result));
  const suites = [];
  for (const each of SUITES) {
    const kept = await readFile(new URL(`${each.name}.json`, RESULTS), "utf8").catch(() => null);
    if (kept !== null) suites.push({ suite: each, result: JSON.parse(kept) as SuiteResult });
  }
  await writeFile(PAGE, page(suites));
  const written = [RESULTS, PAGE].map((url) => fileURLToPath(url));
  await promisify(execFile)("npx", ["--no-install", "oxfmt", ...written]);
  console.log(`\nwrote ${fileURLToPath(PAGE)}`);
}

function json(result: SuiteResult): string {
  const rounded = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Math.round(value * 100) / 100 : value;
  return `${JSON.stringify(result, rounded, 2)}\n`;
}

function progress(text: string): void {
  console.error(`… ${text}`);
}
