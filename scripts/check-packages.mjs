// What a user would install: what each published package says of itself, publint and are-the-types-wrong on its tarball.
// scripts/try-packages.mjs installs them.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { entries, publishedPackages, root } from "./packages.mjs";

let failed = false;
for (const pkg of publishedPackages()) {
  const dir = relative(root, pkg.dir);
  describe(pkg);
  run("npx", ["--no-install", "publint", "run", dir, "--strict", "--pack", "npm"]);
  // A package that is only a command has no types to be wrong.
  if (entries(pkg).length === 0) continue;
  // ESM only: require() of it works from Node 20.19, which attw does not know and try-packages proves.
  run("npx", [
    "--no-install",
    "attw",
    "--pack",
    dir,
    "--profile",
    "esm-only",
    "--no-emoji",
    "--format",
    "table-flipped",
    ...dataOf(pkg).flatMap((entry) => ["--exclude-entrypoints", entry]),
  ]);
}
if (failed) process.exitCode = 1;

/** Entries that are read as files, and no compiler resolves. */
function dataOf({ json }) {
  return Object.entries(json.exports)
    .filter(([, target]) => typeof target === "string" && !target.endsWith(".json"))
    .map(([entry]) => entry.replace("./", ""));
}

/** What a registry shows of a package, and what a signed release needs. */
function describe({ dir, json }) {
  const expected = {
    license: "MIT",
    type: "module",
    engines: { node: ">=20.19" },
    publishConfig: { access: "public", provenance: true },
  };
  for (const [field, value] of Object.entries(expected))
    if (JSON.stringify(json[field]) !== JSON.stringify(value))
      complain(json, field, JSON.stringify(value), json[field]);
  for (const field of ["description", "keywords", "files"])
    if (!(json[field]?.length > 0)) complain(json, field, "something", json[field]);
  for (const file of ["README.md", "LICENSE"])
    if (!existsSync(join(dir, file))) complain(json, file, "a file", undefined);
  for (const [name, version] of Object.entries(json.dependencies ?? {}))
    if (!/^\d+\.\d+\.\d+$/.test(version)) complain(json, `dependencies.${name}`, "one version", version);
  if (json.name === "recloser" && json.dependencies !== undefined)
    complain(json, "dependencies", "none", Object.keys(json.dependencies));
}

function complain(json, field, expected, received) {
  console.log(`${json.name}: ${field}: expected ${expected}, received ${JSON.stringify(received)}`);
  failed = true;
}

function run(command, args, cwd = root) {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) {
    console.log(`ended with ${status}`);
    failed = true;
  }
}
