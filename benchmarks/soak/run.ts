/**
 * `npm run soak`: whether anything grows, over an hour or a part of it, on a provider and a real Redis that come and go.
 *
 *   npm run soak                       an hour
 *   npm run soak -- --minutes 2        a shorter one
 *   npm run soak -- --write-docs       and keeps its table in docs/reference/soak.md
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { markdown, table } from "../table.ts";
import { BREAKERS, type Sample, soak, type Soaked } from "./soak.ts";

const ROWS_MOST = 12;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, "write-docs": { type: "boolean", default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes: expected a number above 0, received ${values.minutes}`);

const soaked = await soak(minutes);
const head = ["seconds", "calls", "heap MB", "timers", "sockets", "records", "Redis MB"];
const rows = shownOf(soaked.samples).map(rowOf);
console.log(table(head, rows));
const { left, leaks, rejected, degraded } = soaked;
const summary = [
  `${rejected} calls rejected, ${degraded} times a replica went on without Redis.`,
  `After close(): ${left.timers} timers and ${left.sockets} sockets left. The canary was found in: ${leaks.join(", ") || "nothing"}.`,
];
console.log(summary.join("\n"));
const complaints = wrongIn(soaked);
for (const what of complaints) console.error(`wrong: ${what}`);
process.exitCode = complaints.length > 0 ? 1 : 0;
if (values["write-docs"] && complaints.length === 0) writePage();

/** The first third of the samples is the start; the last may be no more than what followed it, and a little. */
function wrongIn({ samples, left: kept, leaks: found, degraded: times }: Soaked): string[] {
  const middle = samples.slice(Math.floor(samples.length / 3), Math.ceil((samples.length * 2) / 3));
  const last = samples.at(-1);
  if (last === undefined || middle.length === 0) return ["no samples: it was too short"];
  const most = (of: (sample: Sample) => number): number => Math.max(...middle.map(of));
  const wrong: string[] = [];
  const grown = (what: string, of: (sample: Sample) => number, share: number, least: number): void => {
    const bound = most(of) * (1 + share) + least;
    if (of(last) > bound) wrong.push(`${what} grew: ${of(last)}, at most ${bound} expected`);
  };
  grown("the heap (MB)", (sample) => sample.heapMb, 0.05, 2);
  grown("timers", (sample) => sample.timers, 0, 4);
  grown("sockets", (sample) => sample.sockets, 0, 2);
  grown("records in Redis", (sample) => sample.records, 0, 0);
  grown("what Redis keeps (MB)", (sample) => sample.redisMb, 0.1, 1);
  if (last.records > BREAKERS) wrong.push(`${last.records} records of ${BREAKERS} breakers`);
  if (kept.timers > 0 || kept.sockets > 0) wrong.push(`left after close(): ${JSON.stringify(kept)}`);
  if (found.length > 0) wrong.push(`the canary was found in ${found.join(", ")}`);
  if (times === 0) wrong.push("no replica noticed that Redis hung: the run asked nothing");
  return wrong;
}

function shownOf(samples: readonly Sample[]): readonly Sample[] {
  const every = Math.ceil(samples.length / ROWS_MOST);
  return samples.filter((_, at) => at % every === 0 || at === samples.length - 1);
}

function rowOf({ atS, calls, heapMb, timers, sockets, records, redisMb }: Sample): string[] {
  return [atS.toFixed(0), `${calls}`, heapMb.toFixed(1), `${timers}`, `${sockets}`, `${records}`, redisMb.toFixed(1)];
}

function writePage(): void {
  const page = new URL("../../docs/reference/soak.md", import.meta.url);
  const text = [`Node ${process.version}, ${minutes} minutes.`, "", markdown(head, rows), "", ...summary].join("\n");
  const block = /(<!-- soak: [^>]*-->)[^]*?(<!-- \/soak -->)/;
  writeFileSync(
    page,
    readFileSync(page, "utf8").replace(block, (_all, start, end) => `${start}\n\n${text}\n\n${end}`),
  );
}
