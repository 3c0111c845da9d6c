// Which licences our dependencies are under, as the lock file says: what our packages bring with them, and what only works on
// them. A licence that is in neither list fails.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

/** May be passed on with no more than its notice. */
const PASSED_ON = new Set(["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"]);

/** For tools, which nobody gets from us. MPL-2.0 asks for the changed files of its own, and we change none;
 *  CC-BY-4.0 is on data that a tool reads. */
const USED_ONLY = new Set([
  ...PASSED_ON,
  "MPL-2.0",
  "CC-BY-4.0",
  "Python-2.0",
  "Unlicense",
  "(AFL-2.1 OR BSD-3-Clause)",
]);

/** Their package.json names no licence of the list. The file that lies beside it was read. */
const READ = new Map([["spawndamnit", "MIT"]]);

const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const counts = { "passed on": 0, "used only": 0 };
const found = [];
for (const [path, { license, dev, devOptional, link }] of Object.entries(packages)) {
  if (!path.includes("node_modules/") || link === true) continue;
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const isTool = dev === true || devOptional === true;
  const known = READ.get(name) ?? license;
  counts[isTool ? "used only" : "passed on"]++;
  if (!(isTool ? USED_ONLY : PASSED_ON).has(known)) found.push(`${name}: ${known ?? "no licence"}`);
}
if (found.length > 0) {
  console.log(`licences that nobody has looked at:\n${found.join("\n")}`);
  process.exitCode = 1;
} else
  console.log(
    `licences: ${counts["passed on"]} packages passed on, ${counts["used only"]} used only, all on the lists`,
  );
