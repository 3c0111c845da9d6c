// llms.txt: the documentation's pages for a program that reads them, from the table of docs/README.md. `--write` writes it;
// without, it must say the same, and every page must be in the table.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ourFiles, root } from "./packages.mjs";

const SECTIONS = { guide: "Guide", explanation: "Explanation", reference: "Reference", decisions: "Decisions" };
const file = join(root, "llms.txt");

const index = readFileSync(join(root, "docs/README.md"), "utf8");
const pages = [...index.matchAll(/^\| \[([^\]]+)\]\(([^)]+)\) +\| (.+?) +\|$/gm)].map(([, title, path, says]) => ({
  title,
  path,
  says,
}));
const { description } = JSON.parse(readFileSync(join(root, "packages/recloser/package.json"), "utf8"));

const text = `# Recloser

> ${description}

${Object.entries(SECTIONS).map(section).join("\n\n")}
`;

const listed = new Set(pages.map(({ path }) => `docs/${path}`));
const missing = ourFiles().filter(
  (name) => /^docs\/(guide|explanation|reference)\/.+\.md$/.test(name) && !listed.has(name),
);
if (missing.length > 0) fail(`docs/README.md does not list ${missing.join(", ")}`);
if (process.argv.includes("--write")) writeFileSync(file, text);
else if (readOr(file, "") !== text) fail("llms.txt says something else than docs/README.md: npm run llms");
else console.log(`llms.txt lists the ${pages.length} pages of docs/README.md`);

function section([folder, heading]) {
  const rows = pages.filter(({ path }) => path.startsWith(`${folder}/`));
  return `## ${heading}\n\n${rows.map(({ title, path, says }) => `- [${title}](docs/${path}): ${says}`).join("\n")}`;
}

function readOr(path, otherwise) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return otherwise;
  }
}

function fail(sentence) {
  console.log(sentence);
  process.exitCode = 1;
}
