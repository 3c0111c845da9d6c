/** docs/reference/errors.md, made into what `recloser explain` says. */
import { plain, type Section, sectionsOf } from "../docs/page.ts";
import type { Explanation } from "../../packages/cli/src/explain/explanation.ts";

// The fields are for programs that catch it; whoever asks for a code has a line of a log.
const WORDS = ["reason", "phase"];

export function explanationsModule(): string {
  const explanations = sectionsOf("reference/errors.md")
    .filter(({ heading }) => /^(ERR|RECLOSER)_[A-Z_]+$/.test(heading))
    .map(explanationOf);
  return `// Made from docs/reference/errors.md by npm run cli:reference. Do not edit.
import type { Explanation } from "./explanation.ts";

export const EXPLANATIONS: readonly Explanation[] = [
${explanations.map((explanation) => `  ${JSON.stringify(explanation)},`).join("\n")}
];
`;
}

function explanationOf({ heading, text, tables }: Section): Explanation {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "" && !paragraph.startsWith("|") && !paragraph.startsWith("#"))
    .map((paragraph) => plain(paragraph.replaceAll(/\s+/g, " ")));
  const words = tables.flatMap((rows) => {
    const column = WORDS.find((name) => rows[0] !== undefined && name in rows[0]);
    if (column === undefined) return [];
    return rows.map((row): [string, string] => {
      const [, meaning = ""] = Object.values(row);
      return [plain(row[column] ?? ""), plain(meaning)];
    });
  });
  return { code: heading, paragraphs, words };
}
