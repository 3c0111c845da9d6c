/** Writes what a command found: raw results, a page of the docs, its charts. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Chart, svg } from "./chart.ts";

// Seen from benchmarks/.
const ROOT = new URL("../", import.meta.url);

export interface Publication {
  /** Under benchmarks/results, without the ending. */
  readonly results: Readonly<Record<string, unknown>>;
  /** By path in the repository. */
  readonly pages: Readonly<Record<string, string>>;
  /** Under docs/reference/charts, without the ending. */
  readonly charts: Readonly<Record<string, Chart>>;
}

/** Returns the paths that were written. */
export async function publish({ results, pages, charts }: Publication): Promise<string[]> {
  const files = [
    ...Object.entries(results).map(([name, value]) => [`benchmarks/results/${name}.json`, compactJson(value)] as const),
    ...Object.entries(pages),
    ...Object.entries(charts).map(([name, chart]) => [`docs/reference/charts/${name}.svg`, svg(chart)] as const),
  ];
  for (const [path, text] of files) {
    const url = new URL(path, ROOT);
    await mkdir(new URL(".", url), { recursive: true });
    await writeFile(url, text);
  }
  const formatted = files.map(([path]) => path).filter((path) => /\.(md|json)$/.test(path));
  await promisify(execFile)("npx", ["--no-install", "oxfmt", ...formatted], { cwd: fileURLToPath(ROOT) });
  return files.map(([path]) => path);
}

/** Numbers with three decimals; what is finer is noise. */
export function compactJson(value: unknown): string {
  const rounded = (_key: string, inner: unknown): unknown =>
    typeof inner === "number" ? Math.round(inner * 1_000) / 1_000 : inner;
  return `${JSON.stringify(value, rounded)}\n`;
}
