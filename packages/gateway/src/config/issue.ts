/** What is wrong with a configuration, all of it at once. */
import { type Path, pathText } from "./path.ts";

/** Where a value came from. */
export type Place =
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string };

export interface ConfigIssue {
  readonly path: Path;
  readonly expected: string;
  /** What came, with secrets left out. */
  readonly received: string;
  /** Null where nothing was written: a rule that a default breaks. */
  readonly place: Place | null;
}

/** `recloser.yaml:12:5`, `RECLOSER_PORT`, `--port` */
export function placeText(place: Place): string {
  switch (place.kind) {
    case "file":
      return `${place.file}:${place.line}:${place.column}`;
    case "environment":
      return place.variable;
    case "flag":
      return place.flag;
  }
}

/** One line: place, path, expected, received. */
export function issueText({ path, expected, received, place }: ConfigIssue): string {
  const where = place === null ? "" : `${placeText(place)}  `;
  return printable(`${where}${pathText(path)}: expected ${expected}; received ${received}`);
}

/** The configuration is wrong; nothing was started or changed by it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "ERR_INVALID_CONFIG";
  /** In the order of the file. */
  readonly issues: readonly ConfigIssue[];
  /** How many more there are than `issues` holds. */
  readonly left: number;

  constructor(issues: readonly ConfigIssue[]) {
    const sorted = issues.toSorted(inOrder);
    const told = sorted.slice(0, MOST_TOLD);
    const left = sorted.length - told.length;
    super([...told.map(issueText), ...(left > 0 ? [`and ${left} more`] : [])].join("\n"));
    this.issues = told;
    this.left = left;
  }
}

// Past this nobody reads on, and the first ones are the cause of the others.
const MOST_TOLD = 100;

function inOrder({ place: a }: ConfigIssue, { place: b }: ConfigIssue): number {
  if (a?.kind !== "file" || b?.kind !== "file") return Number(a?.kind !== "file") - Number(b?.kind !== "file");
  return a.line - b.line || a.column - b.column;
}

/** A terminal obeys control characters; a key of the file may hold some. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
