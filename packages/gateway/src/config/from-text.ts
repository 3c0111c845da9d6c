/** Variables and flags are texts; a number or a truth value is made of one where the schema has no text. */
import { schemasAt } from "./json-schema.ts";
import type { Path } from "./path.ts";

/** The value that a text stands for at a path. What fits no form stays a text, and the check says what was expected. */
export function fromText(text: string, path: Path): unknown {
  const forms = schemasAt(path);
  const trimmed = text.trim();
  if (isNumber(trimmed) && forms.some(({ type }) => type === "number" || type === "integer")) return Number(trimmed);
  for (const truth of [true, false])
    if (trimmed === String(truth) && forms.some((form) => form.type === "boolean" && (form.const ?? truth) === truth))
      return truth;
  return text;
}

// Number("") is 0, and Number("0x10") is 16: neither is what somebody meant.
function isNumber(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}
