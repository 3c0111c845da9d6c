// Pins the public API: one file per entry with every declaration a user can reach from it, comments stripped.
//   node scripts/api.mjs           compares packages/*/api with the built declarations, prints a diff, exits 1
//   node scripts/api.mjs --write   writes packages/*/api
// Reads dist, so build first.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { publicDeclarations } from "./declarations.mjs";
import { entries, publishedPackages, root } from "./packages.mjs";

const write = process.argv.includes("--write");
let differences = 0;
let pinnedEntries = 0;

for (const pkg of publishedPackages()) {
  const pinned = new Map();
  for (const { entry, types } of entries(pkg)) {
    if (!existsSync(types)) {
      differences += 1;
      console.log(
        `${join(pkg.json.name, entry)}: ${relative(root, types)} is missing; npm run build, or drop the entry`,
      );
      continue;
    }
    const name = entry === "." ? "index" : entry.slice(2).replaceAll("/", "-");
    const title = join(pkg.json.name, entry);
    pinned.set(
      `${name}.d.ts`,
      `// Public API of "${title}", made by \`npm run api\` and compared in CI.\n\n${publicDeclarations(types)}`,
    );
  }
  const folder = join(pkg.dir, "api");
  const present = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".d.ts")) : [];
  pinnedEntries += pinned.size;
  for (const file of new Set([...pinned.keys(), ...present])) settle(join(folder, file), pinned.get(file));
}

function settle(path, text) {
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (before === text) return;
  if (write) {
    mkdirSync(join(path, ".."), { recursive: true });
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
    console.log(`wrote ${relative(root, path)}`);
    return;
  }
  differences += 1;
  console.log(
    `${relative(root, path)} ${before === undefined ? "is not pinned" : "differs from the built declarations"}`,
  );
  console.log(unifiedDiff(before ?? "", text ?? ""));
}

function unifiedDiff(before, after) {
  const folder = join(tmpdir(), `recloser-api-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pinned"), before);
  writeFileSync(join(folder, "built"), after);
  try {
    execFileSync("git", ["diff", "--no-index", "--no-color", "pinned", "built"], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return error.stdout; // git exits 1 when the files differ
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (differences > 0) {
  console.log("The public API changed. If that is meant: npm run api, and say it in a changeset.");
  process.exitCode = 1;
} else if (!write) console.log(`public API of ${pinnedEntries} entries as pinned`);
