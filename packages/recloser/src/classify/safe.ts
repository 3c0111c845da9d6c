/**
 * Reading what strangers throw and answer: a getter may throw, a Proxy may lie, a string may be ten megabytes.
 * Nothing here throws, and everything is bounded.
 */

/** Bodies longer than this are judged by status alone: no provider's error body comes near it. */
const MAX_JSON_CHARS = 256 * 1024;
/** Of a message only the beginning is searched for words. */
export const MAX_TEXT_CHARS = 4096;

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && (typeof value === "object" || typeof value === "function");
}

/** A property, or undefined when there is none or reading it throws. */
export function get(value: unknown, key: string | number): unknown {
  if (!isObject(value)) return undefined;
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

/** A string, cut to what we are ready to search; anything else is the empty string. */
export function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_TEXT_CHARS) : "";
}

/** The first elements of an array (or none), read without trusting it. */
export function items(value: unknown, most = 8): unknown[] {
  const found: unknown[] = [];
  try {
    if (Array.isArray(value)) for (let i = 0; i < value.length && i < most; i++) found.push(get(value, i));
  } catch {
    // a revoked Proxy: Array.isArray itself throws
  }
  return found;
}

/** The value of a JSON text, undefined when it is not JSON, does not look like it, or is too long to be an error. */
export function parseJson(source: unknown): unknown {
  if (typeof source !== "string" || source.length > MAX_JSON_CHARS || !/^\s*[{["]/.test(source)) return undefined;
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

/** True when {@link parseJson} would look at a text of this length. */
export function isWithinJsonLimit(source: string): boolean {
  return source.length <= MAX_JSON_CHARS;
}

/** A number, or a string that is nothing but one. */
export function numeric(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.length > 32 || !/^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** An HTTP status that reports a failure, from a number or its decimal string. */
export function failureStatus(value: unknown): number | null {
  const status = numeric(value);
  return status !== null && Number.isInteger(status) && status >= 400 && status <= 599 ? status : null;
}
