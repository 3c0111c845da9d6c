// Puts the Lua of packages/recloser/src/store/redis/lua into one committed TypeScript file, and checks it on the way.
//
//   node scripts/embed.mjs --write   writes it
//   node scripts/embed.mjs           fails if it is not what the sources make (CI)
//
// Each script is a file; `-- @include name` brings lib/name.lua, once. Its header must name every key, argument and code that
// it uses: what a header promises is what a reader believes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

const folder = join(root, "packages/recloser/src/store/redis/lua");
const target = join(root, "packages/recloser/src/store/redis/scripts.generated.ts");
const faults = [];

function included(file, seen) {
  const text = readFileSync(join(folder, file), "utf8");
  const parts = [];
  for (const [, name] of text.matchAll(/^-- @include ([\w-]+)$/gm)) {
    if (seen.has(name)) continue;
    seen.add(name);
    parts.push(...included(`lib/${name}.lua`, seen));
  }
  return [...parts, { file, text }];
}

function headerOf(text) {
  return text
    .split("\n")
    .filter((line, at, all) => all.slice(0, at + 1).every((one) => one.startsWith("--")))
    .join("\n");
}

function check(name, parts) {
  const code = parts.map(({ text }) => text.replace(/^\s*--.*$/gm, "")).join("\n");
  const headers = parts.map(({ text }) => headerOf(text)).join("\n");
  for (const [used] of code.matchAll(/\b(?:KEYS|ARGV)\[\d+\]/g))
    if (!headers.includes(used)) faults.push(`${name}.lua uses ${used}, which no header names`);
  const own = parts.at(-1).text;
  if (!/^-- (?:Codes|Returns)\b/m.test(headerOf(own)))
    faults.push(`${name}.lua has no line "Codes" or "Returns" in its header`);
  if (!code.includes("return operate(")) return;
  const told = /^-- Codes: (.*)$/m
    .exec(own)?.[1]
    .replace(/\(.*?\)/g, "")
    .split(".")[0];
  const codes = new Set(told?.split(",").map((one) => one.trim()));
  const body = own.replace(/^\s*--.*$/gm, "");
  const given = new Set([...body.matchAll(/return "([\w-]+)"/g)].map(([, one]) => one));
  if (/return changed\(/.test(body)) given.add("changed");
  for (const one of given)
    if (!codes.has(one)) faults.push(`${name}.lua answers "${one}", which its header does not say`);
  for (const one of codes)
    if (!given.has(one)) faults.push(`${name}.lua never answers "${one}", which its header says`);
}

// Comments and indents would cross the network with each first use.
const slim = (text) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("--"))
    .join("\n");

const names = readdirSync(folder)
  .filter((name) => name.endsWith(".lua"))
  .map((name) => name.slice(0, -4))
  .toSorted();
const libraries = new Map();
const entries = names.map((name) => {
  const parts = included(`${name}.lua`, new Set());
  check(name, parts);
  const lua = parts.map(({ text }) => slim(text)).join("\n");
  const sha = createHash("sha1").update(lua).digest("hex");
  const shared = parts.slice(0, -1).map(({ file, text }) => {
    const library = file.slice("lib/".length, -".lua".length);
    libraries.set(library, slim(text));
    return `L[${JSON.stringify(library)}]`;
  });
  const pieces = [...shared, JSON.stringify(slim(parts.at(-1).text))];
  return `  ${JSON.stringify(name)}: script("${sha}", ${pieces.join(", ")}),`;
});

const made = `// Made by scripts/embed.mjs from lua/*.lua. Do not edit.
import type { Script } from "./port.ts";

const L = {
${[...libraries].map(([name, lua]) => `  ${JSON.stringify(name)}: ${JSON.stringify(lua)},`).join("\n")}
} as const;

function script(sha: string, ...pieces: readonly string[]): Script {
  return { sha, lua: pieces.join("\\n") };
}

export const SCRIPTS: Readonly<Record<${names.map((name) => JSON.stringify(name)).join(" | ")}, Script>> = {
${entries.join("\n")}
};
`;

if (process.argv.includes("--write")) writeFileSync(target, made);
else if (readFileSync(target, "utf8") !== made)
  faults.push("scripts.generated.ts is not what the Lua files make: npm run embed");
if (faults.length > 0) {
  console.log(faults.join("\n"));
  process.exitCode = 1;
} else console.log(`${names.length} scripts embedded`);
