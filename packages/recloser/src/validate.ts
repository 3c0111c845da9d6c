/** Small checks for options: each returns the value in its own type or throws `InvalidOptionError` naming the field. */
import { InvalidOptionError } from "./errors.ts";

/** An object with no field but the allowed ones. */
export function fields(option: string, value: unknown, allowed: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InvalidOptionError(option, "an object", value);
  for (const name of Object.keys(value)) {
    if (!allowed.includes(name)) {
      const path = option === "options" ? name : `${option}.${name}`;
      throw new InvalidOptionError(
        path,
        `one of the options known here: ${allowed.join(", ")}`,
        (value as Record<string, unknown>)[name],
      );
    }
  }
  return value as Record<string, unknown>;
}

/** A nested object of options; undefined counts as empty. */
export function nested(option: string, value: unknown, allowed: readonly string[]): Record<string, unknown> {
  return value === undefined ? {} : fields(option, value, allowed);
}

/** The default for a value that was not given, else what `read` makes of it. */
export function exact<T, D>(value: unknown, missing: D, read: (value: unknown) => T): T | D {
  return value === undefined ? missing : read(value);
}

/** A rule that `false` switches off. */
export function offOr<T, D>(
  option: string,
  value: unknown,
  missing: D,
  read: (option: string, value: unknown) => T,
): T | D | false {
  if (value === undefined) return missing;
  return value === false ? false : read(option, value);
}

/** A whole number from 1 up to `most`. */
export function count(option: string, value: unknown, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  const bound = most === Number.MAX_SAFE_INTEGER ? "of at least 1" : `from 1 to ${most}`;
  throw new InvalidOptionError(option, `a whole number ${bound}`, value);
}

/** A share above 0 and up to 1. */
export function ratio(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw new InvalidOptionError(option, "a ratio above 0 and at most 1", value);
}

/** A number between bounds, both included. */
export function number(option: string, value: unknown, missing: number, least: number, most: number): number {
  if (value === undefined) return missing;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw new InvalidOptionError(option, `a number from ${least} to ${most}`, value);
}

/** The growth of a ladder: at least 1, finite. */
export function factor(option: string, value: unknown, missing: number): number {
  if (value === undefined) return missing;
  if (typeof value === "number" && value >= 1 && Number.isFinite(value)) return value;
  throw new InvalidOptionError(option, "a finite number of at least 1", value);
}

/** One of some words; the first is the default. */
export function oneOf<const T extends string>(option: string, value: unknown, words: readonly [T, ...T[]]): T {
  if (value === undefined) return words[0];
  if (words.includes(value as T)) return value as T;
  throw new InvalidOptionError(option, words.map((word) => `"${word}"`).join(" or "), value);
}

export function boolean(option: string, value: unknown, missing: boolean): boolean {
  if (value === undefined) return missing;
  if (typeof value === "boolean") return value;
  throw new InvalidOptionError(option, "true or false", value);
}

export function fn(option: string, value: unknown, expected = "a function"): (...args: never[]) => unknown {
  if (typeof value === "function") return value as (...args: never[]) => unknown;
  throw new InvalidOptionError(option, expected, value);
}

/** A text that is not blank. */
export function text(option: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new InvalidOptionError(option, "a text that is not empty", value);
}
