// What the checks need to know about the workspace: its published packages and their entries.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every package of the workspace that goes to the registry, as `{ dir, json }`. */
export function publishedPackages() {
  const folder = join(root, "packages");
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((dir) => existsSync(join(dir, "package.json")))
    .map((dir) => ({ dir, json: JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) }))
    .filter(({ json }) => json.private !== true);
}

/** The entries of a package that carry types, as `{ entry, types, module }` with absolute paths. */
export function entries({ dir, json }) {
  return Object.entries(json.exports ?? {})
    .filter(([, target]) => typeof target === "object" && target.types !== undefined)
    .map(([entry, target]) => ({ entry, types: join(dir, target.types), module: join(dir, target.default) }));
}

/** Paths of all files that are, or are about to be, in the repository; deleted ones and ignored ones are not. */
export function ourFiles() {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return [...new Set(list.split("\0"))].filter((name) => name !== "" && existsSync(join(root, name)));
}
