/** What PostgreSQL can keep: text without NUL and without half of a surrogate pair, which JavaScript's may have. */

// As they are in JSON; a backslash before them means another thing, and costs no more than a second look.
const UNKEPT = /\\u(?:0000|d[89a-f])/i;
const NUL = /\0/g;
const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** JSON that it takes: what it cannot keep is the sign for that. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  return UNKEPT.test(text)
    ? JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "string" ? keepable(inner) : inner))
    : text;
}

/** A name that it takes. Two names stay two, but where they differ in half a pair only. */
export function keptName(name: string): string {
  if (!name.includes("\0") && !name.includes("\\")) return name.replace(LONE, "\uFFFD");
  return name.replaceAll("\\", "\\\\").replace(NUL, "\\0").replace(LONE, "\uFFFD");
}

/** The name that was kept. */
export function nameOf(kept: string): string {
  return kept.includes("\\") ? kept.replace(/\\(.)/g, (_all, one: string) => (one === "0" ? "\0" : one)) : kept;
}

function keepable(text: string): string {
  return text.replace(NUL, "\uFFFD").replace(LONE, "\uFFFD");
}
