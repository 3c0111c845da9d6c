// What a user has after `npm install`: all published packages, packed, in an empty project.
//   npm run packages:try                     on this Node: every entry imported and required, types by TypeScript 5.4 and 7,
//                                            the core bundled by esbuild and Vite
//   RECLOSER_PACKAGES=all npm run packages:try   also on Node 22 and 24, fetched as packages of the registry, and the types as a
//                                            bundler's resolution finds them
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { entries, publishedPackages, root } from "./packages.mjs";

// The same as in .ci/run.
const OTHER_NODES = ["22.23.3", "24.21.0"];
// The oldest TypeScript that is promised; the newest is the workspace's own.
const OLD_TYPESCRIPT = "5.4.5";

const isWhole = process.env["RECLOSER_PACKAGES"] === "all";
const packages = publishedPackages();
const project = mkdtempSync(join(tmpdir(), "recloser-try-"));
const began = performance.now();
try {
  install();
  loadEntries(process.execPath);
  if (isWhole) for (const version of OTHER_NODES) loadEntries(nodeOf(version));
  compile("node_modules/typescript/bin/tsc");
  compile(join(root, "node_modules/typescript/bin/tsc"));
  await bundle();
} finally {
  rmSync(project, { recursive: true });
}

function install() {
  const dependencies = { typescript: OLD_TYPESCRIPT };
  for (const { dir, json } of packages) {
    run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", project, dir], root);
    const tarball = `${json.name.replace("@", "").replace("/", "-")}-${json.version}.tgz`;
    dependencies[json.name] = `file:${tarball}`;
  }
  write("package.json", { private: true, dependencies });
  run("npm", ["install", "--silent", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"]);
  said(`installed ${packages.length} packages into an empty project`);
}

/** Each entry both ways: `require()` of an ES module works from Node 20.19. */
function loadEntries(node) {
  const names = packages.flatMap((pkg) => entries(pkg).map(({ entry }) => join(pkg.json.name, entry)));
  const list = JSON.stringify(names);
  run(node, ["--input-type=module", "-e", `for (const name of ${list}) await import(name);`]);
  run(node, ["--input-type=commonjs", "-e", `for (const name of ${list}) require(name);`]);
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  run(node, ["node_modules/@recloser/cli/dist/bin.js", "--version"]);
  said(`${names.length} entries imported and required, and the command run, on Node ${version}`);
}

function nodeOf(version) {
  const folder = join(root, ".cache", `node-${version}`);
  const node = join(folder, "node_modules/node/bin/node");
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const name = `node@npm:node-linux-${process.arch}@${version}`;
  run("npm", ["install", "--no-save", "--no-package-lock", "--ignore-scripts", name], folder);
  return node;
}

/** With the declarations checked too: nothing is skipped, and no types of Node are there. */
function compile(tsc) {
  const library = packages.find(({ json }) => json.name === "recloser");
  const names = entries(library).map(({ entry }) => join("recloser", entry));
  const imports = names.map((name, index) => `import * as entry${index} from "${name}";`);
  const used = names.map((_, index) => `entry${index}`).join(", ");
  const text = `${imports.join("\n")}
const breaker = entry0.createBreaker({ cooldown: { initial: "5s" } });
export const answer: Promise<string | number> = breaker.execute(async () => "an answer", { fallback: () => 1 });
// @ts-expect-error: not a duration
entry0.createBreaker({ window: "20 seconds" });
export const all = [${used}];
`;
  const resolutions = [["nodenext", "nodenext"], ...(isWhole ? [["esnext", "bundler"]] : [])];
  for (const [module, moduleResolution] of resolutions) {
    write("consumer.mts", text);
    write("tsconfig.json", {
      compilerOptions: {
        module,
        moduleResolution,
        target: "es2022",
        lib: ["es2022", "dom", "esnext.disposable"],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        types: [],
      },
      files: ["consumer.mts"],
    });
    run(process.execPath, [tsc, "-p", "."]);
  }
  const { stdout } = spawnSync(process.execPath, [tsc, "--version"], { cwd: project, encoding: "utf8" });
  said(`the types of ${names.length} entries compile with TypeScript ${stdout.trim().replace("Version ", "")}`);
}

/** For a browser: whatever reaches for Node fails to bundle, or is still to be seen in the bundle. */
async function bundle() {
  const entry = write("page.js", `import { createBreaker } from "recloser";\nconsole.log(createBreaker().state);\n`);
  const outfile = join(project, "esbuild.mjs");
  await esbuild({ entryPoints: [entry], outfile, bundle: true, format: "esm", platform: "browser", minify: true });
  await vite({
    root: project,
    configFile: false,
    logLevel: "warn",
    build: { outDir: "vite", lib: { entry, formats: ["es"], fileName: () => "vite.mjs" } },
  });
  for (const file of [outfile, join(project, "vite", "vite.mjs")]) {
    const text = readFileSync(file, "utf8");
    const reached = /(?:from|import\(|require\()\s*["'](?:node:[^"']+|fs|net|crypto|async_hooks)["']/.exec(text);
    if (reached !== null) throw new Error(`the bundle of the core reaches for ${reached[0]}`);
    run(process.execPath, [file]);
  }
  said(`the core is bundled by esbuild and Vite for a browser, and the bundles run`);
}

function write(name, content) {
  const path = join(project, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function run(command, args, cwd = project) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(" ").slice(0, 200)} ended with ${status}\n${stdout}${stderr}`);
}

function said(sentence) {
  console.log(`[${((performance.now() - began) / 1000).toFixed(1)} s] ${sentence}`);
}
