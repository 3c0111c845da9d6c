/** `npm run bench -- gateway`: see `HELP`. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine } from "../machine.ts";
import { compactJson, publish } from "../publish.ts";
import { tellMistakes } from "../usage.ts";
import { charts } from "./charts.ts";
import { CONTENDERS, startUpstream } from "./contenders.ts";
import { Figures } from "./figures.ts";
import { measureMemory } from "./memory.ts";
import { contendersOf, page, terminal } from "./report.ts";
import { writeRequests } from "./requests.ts";
import type { Effort, GatewayResult } from "./result.ts";
import { measure, type Ready } from "./rounds.ts";
import { EVENTS } from "./servers/answers.ts";
import { stages } from "./stages.ts";
import { WHY_MISSED } from "./why-missed.ts";
import { Wrk } from "./wrk.ts";

const HELP = `npm run bench -- gateway [--quick] [--long] [--stages] [--rounds N] [--json FILE] [--from FILE] [--write-docs]

Measures the gateway beside a bare pass-through, nginx, HAProxy and another gateway: requests a second, processor time, added
latency, events a second. wrk, nginx and HAProxy are Debian's, fetched where they are missing; the other gateway comes with
npm ci --prefix benchmarks/gateway/peers --ignore-scripts. It takes some minutes.

--quick       one round and little memory: a smoke test
--long        a million requests for the memory, instead of fifty thousand
--stages      instead: what each part of the gateway takes of a request's processor time; half a minute
--rounds N    rounds of each contender and case (default 7)
--json FILE   writes the raw samples there
--from FILE   takes the samples from there instead of measuring
--write-docs  writes benchmarks/results/gateway.json, docs/reference/gateway-benchmarks.md and its charts
--help        this`;

tellMistakes("bench gateway");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    stages: { type: "boolean", default: false },
    rounds: { type: "string", default: "7" },
    json: { type: "string" },
    from: { type: "string" },
    "write-docs": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
if (values.help) console.log(HELP);
else if (!Number.isInteger(rounds) || rounds < 1)
  refuse(`--rounds: expected a whole number ≥ 1, received "${values.rounds}"`);
else if (values.quick && values["write-docs"]) refuse("--quick is too little to publish: use --write-docs without it");
else if (values.stages) await lookInto();
else await run();

async function lookInto(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "recloser-bench-"));
  const upstream = await startUpstream();
  try {
    console.log(await stages(await Wrk.find(), upstream, writeRequests(folder).json, folder));
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(): Promise<void> {
  const memoryRequests = values.long ? 1_000_000 : values.quick ? 5_000 : 50_000;
  const effort: Effort = values.quick
    ? { rounds: 1, durationMs: 1_000, warmUpMs: 0, memoryRequests }
    : { rounds, durationMs: 3_000, warmUpMs: 3_000, memoryRequests };
  const result =
    values.from === undefined
      ? await measured(effort)
      : (JSON.parse(await readFile(values.from, "utf8")) as GatewayResult);
  const figures = new Figures(result);
  console.log(`\n${terminal(result, figures)}`);
  if (values.json !== undefined) await writeFile(values.json, compactJson(result));
  if (!values["write-docs"]) return;
  const written = await publish({
    results: { gateway: result },
    pages: { "docs/reference/gateway-benchmarks.md": page(result, figures, WHY_MISSED) },
    charts: charts(result, figures, contendersOf(result)),
  });
  for (const path of written) console.error(`wrote ${path}`);
}

async function measured(effort: Effort): Promise<GatewayResult> {
  const folder = mkdtempSync(join(tmpdir(), "recloser-bench-"));
  const wrk = await Wrk.find();
  const upstream = await startUpstream();
  const contenders: Ready[] = [];
  const missing: Record<string, string> = {};
  try {
    for (const { name, prepare } of CONTENDERS) {
      try {
        const prepared = await prepare();
        contenders.push({ name, prepared, serving: await prepared.start(upstream.origin, folder) });
      } catch (error) {
        missing[name] = error instanceof Error ? error.message : String(error);
        progress(`${name} is left out: ${missing[name]}`);
      }
    }
    const files = writeRequests(folder);
    const samples = await measure({ wrk, upstream, files, contenders, progress }, effort);
    progress(`${effort.memoryRequests.toLocaleString("en")} requests for the memory`);
    const memory = await measureMemory(wrk, upstream, files, folder, effort.memoryRequests);
    const versions = Object.fromEntries(contenders.map(({ name, prepared }) => [name, prepared.version]));
    return {
      date: new Date().toISOString(),
      machine: machine([]),
      effort,
      versions: { ...versions, wrk: wrk.version },
      missing,
      events: EVENTS,
      samples,
      memory,
    };
  } finally {
    await Promise.all([upstream, ...contenders.map(({ serving }) => serving)].map((one) => one.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function progress(text: string): void {
  console.error(`… ${text}`);
}

function refuse(text: string): void {
  console.error(`bench gateway: ${text} (--help shows what it takes)`);
  process.exitCode = 2;
}
