/** `npm run mutation`: changes the pure core in small ways and says which changes no test notices. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { type Target, TARGETS } from "../tests/mutation/targets.ts";

const HELP = `npm run mutation -- [options] [file ...]

Breaks each file of the pure core in every small way that Stryker knows, one after another, and runs the tests that stand
for it (tests/mutation/targets.ts). Prints a score per file and every mutant that no test kills. What is known of those is
in docs/explanation/mutation.md.

  npm run mutation                    all files; long
  npm run mutation -- trip cooldown   these
  npm run mutation -- --list          the files there are

  --concurrency N   processes at a time; default 2
  --fresh           forgets earlier results; else only what changed since is run again (.cache/mutation)
`;

const SRC = "packages/recloser/src";
const CACHE = ".cache/mutation";

interface Score {
  readonly file: string;
  readonly killed: number;
  readonly all: number;
  readonly survivors: readonly string[];
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      concurrency: { type: "string", default: "2" },
    },
  });
  if (values.help) return print(HELP);
  if (values.list) return print(`${TARGETS.map(({ file }) => file).join("\n")}\n`);
  const unknown = positionals.filter((name) => !TARGETS.some(({ file }) => file === name));
  if (unknown.length > 0)
    throw new Error(`not in tests/mutation/targets.ts: ${unknown.join(", ")}; --list says what is`);
  const chosen = positionals.length === 0 ? TARGETS : TARGETS.filter(({ file }) => positionals.includes(file));
  mkdirSync(CACHE, { recursive: true });
  for (const target of chosen) print(inWords(await scoreOf(target, Number(values.concurrency), values.fresh)));
}

async function scoreOf(target: Target, concurrency: number, fresh: boolean): Promise<Score> {
  const tests = target.tests.map((name) => `${SRC}/${name}.test.ts`);
  const missing = tests.filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`no such tests: ${missing.join(", ")}`);
  // Its processes read it in tests/mutation/vitest.config.ts.
  process.env["RECLOSER_MUTATION_TESTS"] = tests.join(",");
  const source = `${SRC}/${target.file}.ts`;
  const results = await new Stryker({
    mutate: [source],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "tests/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    concurrency,
    incremental: true,
    force: fresh,
    incrementalFile: join(CACHE, `${target.file.replaceAll("/", "-")}.json`),
    // It would read the project's own with a compiler whose interface is another.
    tsconfigFile: "none.json",
    ignorePatterns: [
      "benchmarks",
      "deploy",
      "docs",
      "examples",
      "spec",
      ".cache",
      "packages/{cli,dashboard,gateway}",
      "**/dist",
      "**/tsconfig*.json",
    ],
    tempDirName: join(CACHE, `sandbox-${process.pid}`),
    reporters: ["progress-append-only"],
    allowConsoleColors: false,
    timeoutMS: 30_000,
    cleanTempDir: "always",
  }).runMutationTest();
  const lines = readFileSync(source, "utf8").split("\n");
  const counted = results.filter(({ status }) => status !== "Ignored" && status !== "CompileError");
  const alive = counted.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  return {
    file: target.file,
    all: counted.length,
    killed: counted.length - alive.length,
    survivors: alive.map(({ location, mutatorName, replacement, status }) => {
      const { line, column } = location.start;
      return `${source}:${line}:${column} ${status}, ${mutatorName}\n    ${lines[line - 1]?.trim()}\n    → ${replacement}`;
    }),
  };
}

function inWords({ file, killed, all, survivors }: Score): string {
  const percent = all === 0 ? "–" : `${((100 * killed) / all).toFixed(1)} %`;
  return [`${file}: ${killed} of ${all} killed (${percent})`, ...survivors.map((text) => `  ${text}`), ""].join("\n");
}

function print(text: string): void {
  process.stdout.write(text);
}

await main();
