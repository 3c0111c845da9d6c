/**
 * `npm run test:faults`: the catalogues of faults (tests/support/faults/catalogue.ts) on real processes and real servers, and what
 * each cost. Ends with 1 where a line is not shown. `--write-docs` writes docs/reference/faults.md and
 * benchmarks/results/faults.json; `--only WORD` runs the files whose path has the word, and writes nothing.
 */
import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { join, relative } from "node:path";
import { parseArgs, promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { machine } from "../benchmarks/machine.ts";
import { publish } from "../benchmarks/publish.ts";
import { table } from "../benchmarks/table.ts";
import { CATALOGUES, filesOf } from "../tests/support/faults/catalogue.ts";
import { pageOf } from "../tests/support/faults/page.ts";
import { type FaultRecord, RECORDS_VARIABLE } from "../tests/support/faults/rows.ts";
import { type FaultsResult, isShown, rowsThatCount, shownLines, type TestRun } from "../tests/support/faults/result.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, ".cache/faults");
const REPORT = join(FOLDER, "tests.json");
const RECORDS = join(FOLDER, "records");
// The minute of the catalogue; in CI it is shorter.
const FLAP_SECONDS = "60";

const { values } = parseArgs({
  options: { "write-docs": { type: "boolean", default: false }, only: { type: "string" } },
});
const files = filesOf(CATALOGUES).filter((file) => file.includes(values.only ?? ""));

rmSync(FOLDER, { recursive: true, force: true });
const start = loadavg();
await runTests();
const runs = testRuns();
const records = rowsThatCount(recordsWritten(), runs);
const result: FaultsResult = {
  date: new Date().toISOString().slice(0, 10),
  load: { start, end: loadavg() },
  machine: machine(["ioredis", "iovalkey", "redis", "pg"]),
  versions: await versions(),
  lines: shownLines(CATALOGUES, runs),
  records,
};
const asked = result.lines.filter(({ proofs }) => proofs.every(({ file }) => files.includes(file)));
const missing = asked.filter((line) => !isShown(line));
const faults = records.flatMap((record) => (record.table === "store" ? [record] : []));
console.log(
  table(
    ["fault", "calls", "failed", "extra, ms", "alone after", "shared after"],
    faults.map((row) =>
      [`${row.server}: ${row.fault}`, row.calls, row.failed, row.worstExtraMs, row.localAfterMs, row.sharedAfterMs].map(
        String,
      ),
    ),
  ),
);
console.log(`\n${asked.length - missing.length} of ${asked.length} lines are shown, ${records.length} rows measured`);
for (const { catalogue, fault, proofs } of missing)
  console.log(`not shown: ${catalogue}: ${fault}\n  ${JSON.stringify(proofs)}`);
if (missing.length > 0) process.exitCode = 1;
if (values["write-docs"] && values.only === undefined)
  await publish({ results: { faults: result }, pages: { "docs/reference/faults.md": pageOf(result) }, charts: {} });

/** Resolves whether they pass or not: what failed is told by the lines that are not shown. */
function runTests(): Promise<void> {
  const args = ["vitest", "run", ...files, "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const env = { RECLOSER_FLAP_SECONDS: FLAP_SECONDS, ...process.env, CI: "true", [RECORDS_VARIABLE]: RECORDS };
  return new Promise((resolve, reject) => {
    const child = spawn("npx", ["--no-install", ...args], { cwd: ROOT, env, stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", () => resolve());
  });
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function testRuns(): TestRun[] {
  const { testResults } = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: relative(ROOT, name), name: fullName, status })),
  );
}

function recordsWritten(): FaultRecord[] {
  let written: string[] = [];
  try {
    written = readdirSync(RECORDS);
  } catch {} // nothing was measured
  return written.flatMap((name) =>
    readFileSync(join(RECORDS, name), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as FaultRecord),
  );
}

async function versions(): Promise<Record<string, string>> {
  const found = records.flatMap((record) =>
    record.table === "version" ? [[record.server, record.version] as const] : [],
  );
  const { stdout } = await promisify(execFile)("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT });
  return { ...Object.fromEntries(found), recloser: stdout.trim() };
}
