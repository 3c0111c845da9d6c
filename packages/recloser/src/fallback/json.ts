/** Values as JSON: one text for equal values, and what of a value JSON would lose. */

/**
 * JSON with the fields of every object in order, so that equal values have one text.
 *
 * @throws TypeError for what JSON has no word for
 */
export function stableJson(value: unknown): string {
  const fault = lostInJson(value);
  if (fault !== null) throw new TypeError(fault);
  return JSON.stringify(value, (_name, part: unknown) => (isPlain(part) ? ordered(part) : part));
}

function ordered(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What JSON would lose or change of a value, as a sentence that names the place but not the value; null when it would come
 * back as it is. A field that is undefined may be missing afterwards: SDKs' answers are full of them.
 */
export function lostInJson(value: unknown): string | null {
  return lost(value, "value", []);
}

// Deeper than any answer: then it holds itself, or would be too deep for JSON.stringify too.
const DEEPEST = 200;
const LONGEST_NAME = 40;

function lost(value: unknown, at: string, within: readonly object[]): string | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number") return Number.isFinite(value) ? null : says(at, "NaN or an infinite number");
  if (typeof value !== "object") return says(at, value === undefined ? "undefined" : `a ${typeof value}`);
  if (within.length > DEEPEST || within.includes(value)) return says(at, "an object that holds itself");
  const around = [...within, value];
  if (Array.isArray(value)) return lostInList(value, at, around);
  if (!isPlain(value)) return says(at, `a ${nameOf(value)}`);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return says(at, "an object with toJSON");
  for (const [name, field] of Object.entries(value)) {
    const fault = field === undefined ? null : lost(field, `${at}.${name.slice(0, LONGEST_NAME)}`, around);
    if (fault !== null) return fault;
  }
  return null;
}

function lostInList(list: readonly unknown[], at: string, around: readonly object[]): string | null {
  for (const [i, item] of list.entries()) {
    const fault = lost(item, `${at}[${i}]`, around);
    if (fault !== null) return fault;
  }
  return null;
}

function says(at: string, found: string): string {
  return `${at}: expected what JSON can hold; found ${found}`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function nameOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name || "object without a class";
}
