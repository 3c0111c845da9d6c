// What may not lie in the tree: tests that are skipped, alone or in no project, notes to do something later, a licence
// that differs.
// The linter says the first two for TypeScript; this says them for scripts, Lua, SQL and pages too.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ourFiles, publishedPackages, root } from "./packages.mjs";

const source = /(\.(ts|mts|js|mjs|cjs|sh|lua|sql|css|html|ya?ml)|^\.ci\/run)$/;
const rules = [
  { name: "skipped or lone test", pattern: /\b(?:it|test|describe|suite|bench)(?:\.\w+)*\.(?:skip|only|todo)\b/ },
  { name: "note to do it later", pattern: /\b(?:TODO|FIXME|XXX)\b/ },
];
const found = [];

for (const file of ourFiles()) {
  // This file names what it looks for; fixtures are recordings of others.
  if (!source.test(file) || file === "scripts/check-tree.mjs" || file.startsWith("tests/fixtures/")) continue;
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  for (const [index, line] of lines.entries())
    for (const { name, pattern } of rules)
      if (pattern.test(line)) found.push(`${file}:${index + 1} ${name}: ${line.trim()}`);
}

const collected = new Set(collectedTests());
for (const file of ourFiles())
  if (/\.test\.\w+$/.test(file) && !collected.has(join(root, file)))
    found.push(`${file}: in no project of vitest.config.ts`);

const licence = readFileSync(join(root, "LICENSE"), "utf8");
for (const { dir, json } of publishedPackages())
  if (readIfThere(join(dir, "LICENSE")) !== licence)
    found.push(`${json.name}: LICENSE is not a copy of the one at the root`);

if (found.length > 0) {
  console.log(found.join("\n"));
  process.exitCode = 1;
} else console.log("no skipped, lone or uncollected test, no note to do it later, licences alike");

function collectedTests() {
  const list = execFileSync("npx", ["--no-install", "vitest", "list", "--filesOnly", "--json"], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(list).map(({ file }) => file);
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
