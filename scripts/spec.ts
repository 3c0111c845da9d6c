/**
 * `npm run spec`: the models of spec/ searched whole by spin. Ours must hold, and each broken design must be found. The table of
 * docs/explanation/model-check.md is compared with what came out; `--write-docs` writes it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { search } from "../tests/support/servers/spin.ts";
import { type Case, CASES } from "../tests/support/spec/cases.ts";
import { type Answered, isAsExpected, markdown, verdict } from "../tests/support/spec/table.ts";

const BEGIN = "<!-- npm run spec -- --write-docs -->";
const END = "<!-- end -->";
const PAGE = fileURLToPath(new URL("../docs/explanation/model-check.md", import.meta.url));
const SPEC = fileURLToPath(new URL("../spec/", import.meta.url));
const AT_ONCE = 2;

const { values } = parseArgs({
  options: { "write-docs": { type: "boolean", default: false }, only: { type: "string" } },
});
const chosen = CASES.filter(({ model }) => values.only === undefined || model === values.only);
const began = performance.now();
const answers: Answered[] = [];
const left = [...chosen.entries()];
await Promise.all(Array.from({ length: AT_ONCE }, work));
report();
if (values.only === undefined) compareDocs();

async function work(): Promise<void> {
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [at, asked] = next;
    answers[at] = { asked, found: await search(modelOf(asked)) };
  }
}

function modelOf({ model, defines, hasLtl }: Case): Parameters<typeof search>[0] {
  return { file: `${SPEC}${model}.pml`, defines, hasLtl };
}

function report(): void {
  for (const answer of answers) {
    const { asked, found } = answer;
    const isGood = isAsExpected(answer);
    const line = [isGood ? "ok " : "BAD", asked.model.padEnd(14), verdict(answer).padEnd(8), asked.design.padEnd(58)];
    console.log(`${line.join("  ")}  ${String(found.states).padStart(8)} states`);
    if (isGood) continue;
    process.exitCode = 1;
    console.log(`     expected: ${asked.expected}; found: ${found.violated ?? "nothing violated"}`);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\n${answers.length} searches, ${answers.filter(isAsExpected).length} as expected, ${seconds} s`);
}

function compareDocs(): void {
  const page = readFileSync(PAGE, "utf8");
  const from = page.indexOf(BEGIN) + BEGIN.length;
  const written = `${page.slice(0, from)}\n\n${markdown(answers)}\n\n${page.slice(page.indexOf(END))}`;
  if (values["write-docs"]) {
    writeFileSync(PAGE, written);
    execFileSync("npx", ["--no-install", "oxfmt", PAGE]);
  } else if (cells(written) !== cells(page)) {
    process.exitCode = 1;
    console.log("docs/explanation/model-check.md says something else: npm run spec -- --write-docs");
  }
}

// Whatever the formatter makes of a table's spaces and rules.
function cells(page: string): string {
  return page.replace(/-{3,}:?/g, "-").replace(/ +/g, " ");
}
