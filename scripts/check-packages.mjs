// What a user would install: publint and are-the-types-wrong on the packed tarball of each published package.
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { entries, publishedPackages, root } from "./packages.mjs";

let failed = false;
for (const pkg of publishedPackages()) {
  const dir = relative(root, pkg.dir);
  run("publint", ["run", dir, "--strict", "--pack", "npm"]);
  // A package that is only a command has no types to be wrong. ESM only: require() of it works from Node 20.19.
  if (entries(pkg).length > 0)
    run("attw", ["--pack", dir, "--profile", "esm-only", "--no-emoji", "--format", "table-flipped"]);
}
if (failed) process.exitCode = 1;

function run(command, args) {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status } = spawnSync("npx", ["--no-install", command, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) failed = true;
}
