// Every relative link and anchor in the Markdown files must lead somewhere.
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ourFiles, root } from "./packages.mjs";

const anchorsOf = new Map();
const broken = [];
let checked = 0;

for (const file of ourFiles().filter((name) => name.endsWith(".md"))) {
  const path = join(root, file);
  for (const { target, line } of links(readFileSync(path, "utf8"))) {
    if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) continue; // other sites are not ours to check
    checked += 1;
    const [place, anchor] = target.split("#");
    const goal = place === "" ? path : resolve(place.startsWith("/") ? root : dirname(path), `./${decodeURI(place)}`);
    if (!existsSync(goal)) broken.push(`${file}:${line} ${target}: no such file`);
    else if (anchor && goal.endsWith(".md") && statSync(goal).isFile() && !anchors(goal).has(anchor.toLowerCase()))
      broken.push(`${file}:${line} ${target}: no such heading`);
  }
}

if (broken.length > 0) {
  console.log(broken.join("\n"));
  process.exitCode = 1;
} else console.log(`${checked} relative links lead somewhere`);

function links(text) {
  const found = [];
  for (const [index, line] of withoutCode(text).entries()) {
    const patterns = [
      /\]\(\s*<?([^)\s>]+)>?[^)]*\)/g,
      /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(\s|$)/g,
      /\b(?:href|src)="([^"]+)"/g,
    ];
    for (const pattern of patterns)
      for (const match of line.matchAll(pattern)) found.push({ target: match[1], line: index + 1 });
  }
  return found;
}

/** The lines, with fenced blocks and inline code blanked: an example's brackets are no link. */
function withoutCode(text) {
  let fence = null;
  return text.split("\n").map((line) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === null || line.trim().startsWith(fence))) {
      fence = fence === null ? mark : null;
      return "";
    }
    return fence === null ? line.replace(/`[^`]*`/g, "") : "";
  });
}

function anchors(path) {
  if (!anchorsOf.has(path)) {
    const seen = new Map();
    const slugs = new Set();
    const text = readFileSync(path, "utf8");
    for (const line of text.replace(/^(```+|~~~+)[^]*?^\1/gm, "").split("\n")) {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
      if (heading === undefined) continue;
      const slug = heading
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replace(/\s/g, "-");
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      slugs.add(times === 0 ? slug : `${slug}-${times}`);
    }
    for (const [, id] of text.matchAll(/\b(?:id|name)="([^"]+)"/g)) slugs.add(id.toLowerCase());
    anchorsOf.set(path, slugs);
  }
  return anchorsOf.get(path);
}
