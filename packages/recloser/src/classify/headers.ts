/** Response headers in whichever shape they come: `Headers`, a plain record in any case, node's `string | string[]`. */

import { get, isObject, items } from "./safe.ts";

const MAX_HEADERS = 200;
const MAX_VALUE_CHARS = 1024;

/** Lower-case names to values. */
export type HeaderMap = ReadonlyMap<string, string>;

export const NO_HEADERS: HeaderMap = new Map();

function add(map: Map<string, string>, name: unknown, value: unknown): void {
  if (typeof name !== "string" || map.size >= MAX_HEADERS) return;
  const whole = typeof value === "number" ? String(value) : typeof value === "string" ? value : items(value).join(", ");
  map.set(name.toLowerCase(), whole.slice(0, MAX_VALUE_CHARS));
}

export function readHeaders(headers: unknown): HeaderMap {
  if (!isObject(headers)) return NO_HEADERS;
  const map = new Map<string, string>();
  try {
    const each = get(headers, "forEach");
    if (typeof each === "function" && !Array.isArray(headers)) {
      each.call(headers, (value: unknown, name: unknown) => add(map, name, value));
    } else {
      for (const name of Object.keys(headers).slice(0, MAX_HEADERS)) add(map, name, get(headers, name));
    }
  } catch {
    // what was read so far stands
  }
  return map;
}

/** One header, without copying the rest: the way of every success. */
export function readHeader(headers: unknown, name: string): string {
  const lookup = get(headers, "get");
  if (typeof lookup !== "function") {
    const own = get(headers, name);
    return typeof own === "string" ? own.slice(0, MAX_VALUE_CHARS) : (readHeaders(headers).get(name) ?? "");
  }
  try {
    const value: unknown = lookup.call(headers, name);
    return typeof value === "string" ? value.slice(0, MAX_VALUE_CHARS) : "";
  } catch {
    return "";
  }
}
