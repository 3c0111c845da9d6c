/** The scoreboard as the generated part of its page. */
import { readFileSync } from "node:fs";
import { REASONS } from "./differences.ts";
import { LIBRARIES, linesOf, type Scores } from "./scoreboard.ts";
import type { Verdict } from "./play.ts";

const BEGIN = "<!-- npm run scoreboard -- --write-docs -->";
const END = "<!-- end -->";
const PAGE = new URL("../../docs/reference/scoreboard.md", import.meta.url);

const SAID: Readonly<Record<Verdict["result"], string>> = { passes: "yes", differs: "**no**", "not claimed": "–" };

/** The page as it lies in the repository, and as these scores make it. */
export function pageOf(scores: Scores): { readonly path: URL; readonly is: string; readonly wanted: string } {
  const is = readFileSync(PAGE, "utf8");
  const from = is.indexOf(BEGIN) + BEGIN.length;
  return { path: PAGE, is, wanted: `${is.slice(0, from)}\n\n${markdown(scores)}\n\n${is.slice(is.indexOf(END))}` };
}

/** A page without what a formatter decides: the spaces and rules of its tables. */
export function unformatted(page: string): string {
  return page.replaceAll(/-{3,}:?/g, "-").replaceAll(/ +/g, " ");
}

function markdown(scores: Scores): string {
  const names = LIBRARIES.map(({ name, version }) => `${name} ${version}`);
  return [
    table(["", ...names], [countsOf(scores, "passes"), countsOf(scores, "differs"), countsOf(scores, "not claimed")]),
    ...scores.areas.flatMap(({ area, lines }) => [
      `## ${area.name}`,
      table(
        ["Scenario", ...LIBRARIES.map(({ name }) => name)],
        lines.map(({ scenario, verdicts }) => [
          scenario.claim,
          ...LIBRARIES.map(({ name }) => said(verdicts.get(name))),
        ]),
      ),
    ]),
    "## Why they differ",
    ...LIBRARIES.flatMap(({ name }) => reasonsOf(name, scores)),
  ].join("\n\n");
}

function countsOf(scores: Scores, result: Verdict["result"]): readonly string[] {
  const count = (library: string): number =>
    linesOf(scores).filter(({ verdicts }) => verdicts.get(library)?.result === result).length;
  return [result === "differs" ? "goes another way" : result, ...LIBRARIES.map(({ name }) => String(count(name)))];
}

const said = (verdict: Verdict | undefined): string => (verdict === undefined ? "" : SAID[verdict.result]);

function reasonsOf(library: string, scores: Scores): readonly string[] {
  const rows = linesOf(scores).flatMap(({ scenario, verdicts }) => {
    const verdict = verdicts.get(library);
    if (verdict?.result !== "differs") return [];
    return [[scenario.claim, verdict.seen, REASONS[library]?.[scenario.id] ?? ""]];
  });
  return rows.length === 0 ? [] : [`### ${library}`, table(["Scenario", "What was seen", "Why"], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
