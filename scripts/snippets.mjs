// Every ```ts block of the README, the docs and the packages' READMEs must compile, strictly and against the source, and
// then run: each in a process of its own, where a failed console.assert, a rejection or a hang is a failure.
//
// In HTML comments right before a block:
//   <!-- snippet no-run: why -->     it is only compiled
//   <!-- snippet before: code -->    stands before it: what the reader has already, such as a provider to ask
//   <!-- snippet after: code -->     stands after it: shows that it worked, and cleans up
//   <!-- snippet file: path -->      it is that file of ours, word for word, which is compiled and run by its own test
//
// `node scripts/snippets.mjs some.md …` checks these files only.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ourFiles, root } from "./packages.mjs";

const DOCUMENT = /^(README\.md|docs\/.+\.md|packages\/[^/]+\/README\.md)$/;
// A comment, or a fenced block: indent, fence, info string, body.
const PIECE = /<!--([^]*?)-->|^( *)(```+|~~~+)([^\n]*)\n([^]*?)^ *\3 *$/gm;
const LONGEST_RUN_MS = 30_000;
// How Node ends a module whose top-level await cannot go on.
const NEVER_SETTLES = 13;
const folder = join(root, ".cache", "snippets");
const started = promisify(execFile);

const files = process.argv.length > 2 ? process.argv.slice(2) : ourFiles().filter((name) => DOCUMENT.test(name));
const blocks = files.flatMap((file) => snippetsIn(file));
const quoted = blocks.filter(({ quotes }) => quotes !== null);
const snippets = blocks.filter(({ quotes }) => quotes === null);
const toRun = snippets.filter(({ whyNot }) => whyNot === null);
const faults = blocks.length === 0 ? ["no ts block was found"] : [];

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { path, code } of snippets) writeFileSync(path, code);
faults.push(...snippets.filter(({ whyNot }) => whyNot === "").map(({ place }) => `${place} no-run needs a reason`));
faults.push(...quoted.flatMap((each) => misquoted(each)));
if (snippets.length > 0) faults.push(...(await compile()));
if (faults.length === 0) faults.push(...(await runAll(toRun))); // what does not compile need not run

if (faults.length > 0) {
  console.log(faults.join("\n"));
  process.exitCode = 1;
} else
  console.log(
    `${snippets.length} snippets compile, ${toRun.length} of them run; ${quoted.length} are files of their own`,
  );

function snippetsIn(file) {
  const text = readFileSync(join(root, file), "utf8");
  const found = [];
  let comments = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const [whole, comment, indent, , info, body] = match;
    if (text.slice(end, match.index).trim() !== "") comments = [];
    end = match.index + whole.length;
    if (comment !== undefined) {
      comments.push(comment.trim());
      continue;
    }
    if (/^(ts|typescript)\b/.test(info.trim())) {
      const line = text.slice(0, match.index).split("\n").length + 1;
      const code = body.replaceAll(new RegExp(`^ {0,${indent.length}}`, "gm"), "");
      found.push(snippet(file, line, code, comments, info));
    }
    comments = [];
  }
  return found;
}

function snippet(file, line, shown, comments, info) {
  const said = (word) => comments.map((text) => new RegExp(`^snippet ${word}:([^]*)$`).exec(text)?.[1].trim());
  const all = (word) => said(word).filter((text) => text !== undefined);
  const [whyNot = /\bno-run\b/.test(info) ? "" : null] = all("no-run");
  const [quotes = null] = all("file");
  const before = all("before").join(" ").replaceAll("\n", " ");
  // Every line keeps its number, so that what the compiler or a stack says is true of the page. `export {}` makes it a module.
  const lines = [`${"\n".repeat(line - 2)}${before}`, shown, ...all("after"), "export {};", ""];
  const name = `${file.replace(/\.md$/, "").replaceAll(/[^A-Za-z0-9]+/g, "-")}-${line}.ts`;
  const code = lines.join("\n");
  return { place: `${file}:${line}`, file, path: join(folder, name), name, whyNot, code, quotes, body: shown };
}

function misquoted({ place, quotes, body }) {
  const path = join(root, quotes);
  if (!ourFiles().includes(quotes)) return [`${place} is said to be ${quotes}, which is no file of ours`];
  if (readFileSync(path, "utf8").trim() === body.trim()) return [];
  return [`${place} differs from ${quotes}`];
}

async function compile() {
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.base.json",
      compilerOptions: {
        // A snippet shows; it need not use all it shows, nor spell out types for a reader of declarations.
        noUnusedLocals: false,
        noUnusedParameters: false,
        isolatedDeclarations: false,
        composite: false,
        declaration: false,
        declarationMap: false,
        sourceMap: false,
        noEmit: true,
        types: ["node"],
      },
      include: ["*.ts"],
    }),
  );
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { failed, output } = await attempt(process.execPath, [tsc, "-p", folder, "--pretty", "false"]);
  return failed ? [onThePage(output)] : [];
}

async function runAll(list) {
  const found = [];
  const queue = [...list];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) found.push(...(await execute(next)));
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return found;
}

async function execute({ place, path }) {
  // console.assert only prints by itself.
  const strict =
    "console.assert = (is, ...said) => { if (!is) throw new Error(`assertion failed: ${said.join(' ')}`); };";
  const preload = `data:text/javascript,${encodeURIComponent(strict)}`;
  const args = ["--conditions=recloser-source", "--import", "tsx", "--import", preload, path];
  const { failed, output } = await attempt(process.execPath, args);
  return failed ? [`${place} does not run:\n${onThePage(output).replaceAll(/^/gm, "    ")}`] : [];
}

async function attempt(command, args) {
  try {
    await started(command, args, { cwd: root, timeout: LONGEST_RUN_MS, killSignal: "SIGKILL" });
    return { failed: false, output: "" };
  } catch (error) {
    const late = error.killed === true ? `it took more than ${LONGEST_RUN_MS / 1_000} s\n` : "";
    const stuck = error.code === NEVER_SETTLES ? "it waits for a promise that nothing settles\n" : "";
    const output = `${late}${stuck}${error.stdout ?? ""}${error.stderr ?? ""}`.trim();
    return { failed: true, output: output || `it ended with ${error.code}` };
  }
}

/** Names the page where the output names our copy of its snippet; the line numbers are the same. */
function onThePage(output) {
  return snippets.reduce(
    (text, { name, file }) => text.replaceAll(new RegExp(`(file://)?[^\\s"'(]*${name.replace(".", "\\.")}`, "g"), file),
    output,
  );
}
