/**
 * `npm run failoverbench`: Failover Bench's sixteen scenarios through the gateway, in both ways of passing a stream on, as a
 * table. `--write-docs` puts it into docs/reference/failoverbench.md. The same plays are asserted by tests/gateway.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { markdown, table } from "../benchmarks/table.ts";
import { play, type Played, playFlap } from "../tests/gateway/failoverbench/play.ts";
import { FLAP, SCENARIOS } from "../tests/gateway/failoverbench/scenarios.ts";

const PAGE = new URL("../docs/reference/failoverbench.md", import.meta.url);
const BEGIN = "<!-- npm run failoverbench -- --write-docs -->";
const END = "<!-- end -->";
const HEAD = ["Scenario", "", "assured", "passthrough", "attempts at the first", "how a passed-through stream ended"];
const STREAMS = ["assured", "passthrough"] as const;

const { values } = parseArgs({ options: { "write-docs": { type: "boolean", default: false } } });
const rows: string[][] = [];
const all: Played[] = [];
for (const { id, title, run } of runs()) {
  const [assured, passthrough] = [await run("assured"), await run("passthrough")];
  all.push(assured, passthrough);
  const attempts =
    assured.attempts === passthrough.attempts ? `${assured.attempts}` : `${assured.attempts} / ${passthrough.attempts}`;
  rows.push([id, title, assured.verdict, passthrough.verdict, attempts, passthrough.says]);
  console.error(`${id} ${title}: ${assured.verdict}, ${passthrough.verdict}`);
}
console.log(table(HEAD, rows));
if (values["write-docs"]) {
  const page = await readFile(PAGE, "utf8");
  const [before, after] = [page.slice(0, page.indexOf(BEGIN)), page.slice(page.indexOf(END))];
  await writeFile(PAGE, `${before}${BEGIN}\n\n${markdown(HEAD, rows)}\n\n${after}`);
}
if (all.some(({ verdict }) => verdict === "fail")) process.exitCode = 1;

function runs(): readonly { id: string; title: string; run: (stream: (typeof STREAMS)[number]) => Promise<Played> }[] {
  const single = SCENARIOS.map((scenario) => ({
    ...scenario,
    run: (stream: (typeof STREAMS)[number]) => play(scenario, stream),
  }));
  return [...single, { ...FLAP, run: playFlap }].toSorted((one, other) => one.id.localeCompare(other.id));
}
