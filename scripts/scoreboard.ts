/**
 * `npm run scoreboard`: the behavioural scenarios on recloser, opossum and cockatiel, in virtual time. The page
 * docs/reference/scoreboard.md is compared with what came out; `--write-docs` writes it.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pageOf, unformatted } from "../tests/conformance/page.ts";
import { LIBRARIES, linesOf, playAll, unexplained } from "../tests/conformance/scoreboard.ts";

const { values } = parseArgs({ options: { "write-docs": { type: "boolean", default: false } } });
const scores = await playAll();

for (const { scenario, verdicts } of linesOf(scores)) {
  const said = LIBRARIES.map(({ name }) => (verdicts.get(name)?.result ?? "").padEnd(11));
  console.log(`${said.join("  ")}  ${scenario.claim}`);
}
for (const sentence of unexplained(scores)) {
  process.exitCode = 1;
  console.log(`not explained: ${sentence}`);
}

const page = pageOf(scores);
if (values["write-docs"]) {
  writeFileSync(page.path, page.wanted);
  execFileSync("npx", ["--no-install", "oxfmt", fileURLToPath(page.path)]);
} else if (unformatted(page.is) !== unformatted(page.wanted)) {
  process.exitCode = 1;
  console.log("docs/reference/scoreboard.md says something else: npm run scoreboard -- --write-docs");
}
