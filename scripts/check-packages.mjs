// What a user would install: publint and are-the-types-wrong on the packed tarball of each published package, then the
// tarball in an empty project, each entry imported and required.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { entries, publishedPackages, root } from "./packages.mjs";

let failed = false;
for (const pkg of publishedPackages()) {
  const dir = relative(root, pkg.dir);
  run("npx", ["--no-install", "publint", "run", dir, "--strict", "--pack", "npm"]);
  // A package that is only a command has no types to be wrong.
  if (entries(pkg).length === 0) continue;
  // ESM only: require() of it works from Node 20.19, which attw does not know and loadInstalled proves.
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
  ]);
  if (Object.keys(pkg.json.dependencies ?? {}).length === 0) loadInstalled(pkg);
}
if (failed) process.exitCode = 1;

/** Installs the packed package into an empty project and loads every entry both ways. Nothing comes from a registry. */
function loadInstalled(pkg) {
  const project = mkdtempSync(join(tmpdir(), "recloser-install-"));
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  run("npm", ["pack", "--silent", "--pack-destination", project, pkg.dir]);
  const tarball = readdirSync(project).find((file) => file.endsWith(".tgz"));
  run("npm", ["install", "--silent", "--offline", "--no-audit", join(project, String(tarball))], project);
  for (const { entry } of entries(pkg)) {
    const name = JSON.stringify(join(pkg.json.name, entry));
    run("node", ["--input-type=module", "-e", `await import(${name})`], project);
    run("node", ["--input-type=commonjs", "-e", `require(${name})`], project);
  }
  rmSync(project, { recursive: true });
}

function run(command, args, cwd = root) {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) failed = true;
}
