// Puts the SQL of packages/recloser/src/store/postgres/sql into one committed TypeScript file.
//
//   node scripts/embed-sql.mjs --write   writes it
//   node scripts/embed-sql.mjs           fails if it is not what the sources make (CI)
//
// The files are put together in this order: a function in SQL must find what it calls.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

const VERSION = 1;
const HISTORY_VERSION = 1;
const ORDER = [
  ..."tables clock cooldown change clock-step trip report outcomes probes operators record operation reading policies".split(
    " ",
  ),
  ..."history-tables history-note history-reading".split(" "),
];
const folder = join(root, "packages/recloser/src/store/postgres/sql");
const target = join(root, "packages/recloser/src/store/postgres/sql.generated.ts");
const faults = [];

const found = readdirSync(folder).map((name) => name.replace(/\.sql$/, ""));
for (const name of found)
  if (!ORDER.includes(name)) faults.push(`${name}.sql is not in the order of scripts/embed-sql.mjs`);

const parts = ORDER.map((name) => {
  const text = readFileSync(join(folder, `${name}.sql`), "utf8");
  if (!text.startsWith("-- ")) faults.push(`${name}.sql does not say what it is for`);
  for (const [line] of text.matchAll(
    /^create (?!or replace function|(?:unlogged )?table if not exists|index if not exists).*$/gm,
  ))
    faults.push(`${name}.sql cannot be run twice: ${line}`);
  for (const [, named] of text.matchAll(/^create \S.*?(?:function|exists) ([\w@.]+)/gm))
    if (!named.startsWith("@schema@.") && !text.includes(`index if not exists ${named} `))
      faults.push(`${name}.sql makes ${named} outside the schema`);
  return text.trim();
});

const made = `// Made by scripts/embed-sql.mjs from sql/*.sql. Do not edit.

/** What a process and the schema must agree on. */
export const VERSION = ${VERSION};

/** The same of the history, which circuits do without. */
export const HISTORY_VERSION = ${HISTORY_VERSION};

export const SQL = ${JSON.stringify(parts.join("\n\n"))};
`;

if (process.argv.includes("--write")) writeFileSync(target, made);
else if (readFileSync(target, "utf8") !== made)
  faults.push("sql.generated.ts is not what the SQL files make: npm run embed");
if (faults.length > 0) {
  console.log(faults.join("\n"));
  process.exitCode = 1;
} else console.log(`${parts.length} files of SQL embedded`);
