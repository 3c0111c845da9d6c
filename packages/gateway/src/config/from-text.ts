/** Variables and flags are texts; a number or a truth value is made of one where the schema has no text. */
import { schemasAt } from "./json-schema.ts";
import type { Path } from "./path.ts";

const PLAIN: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** The value that a text stands for at a path. What fits no form stays a text, and the check says what was expected. */
export function fromText(text: string, path: Path): unknown {
  const forms = schemasAt(path);
  const trimmed = text.trim();
  if (isNumber(trimmed) && forms.some(({ type }) => type === "number" || type === "integer")) return Number(trimmed);
  // Where a number or a name may stand too, 1 and no are one.
  const isTruth = forms.every(({ type }) => type === "boolean");
  const truth = isTruth ? WORDS.get(trimmed.toLowerCase()) : PLAIN.get(trimmed);
  const isTaken = forms.some((form) => form.type === "boolean" && (form.const ?? truth) === truth);
  return truth !== undefined && isTaken ? truth : text;
}

// Number("") is 0, and Number("0x10") is 16: neither is what somebody meant.
function isNumber(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}
