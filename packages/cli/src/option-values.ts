/** Reads the values of options, which arrive as text; a bad one says what would have been right. */
import { UsageError } from "./usage-error.ts";

type Read<T> = (text: string) => T;

export function numberBetween(option: string, least: number, most: number): Read<number> {
  return (text) => {
    const value = asNumber(text);
    if (!(value >= least && value <= most)) throw new UsageError(option, `a number from ${least} to ${most}`, text);
    return value;
  };
}

export function wholeNumberBetween(option: string, least: number, most: number): Read<number> {
  return (text) => {
    const value = asNumber(text);
    if (!(Number.isInteger(value) && value >= least && value <= most))
      throw new UsageError(option, `a whole number from ${least} to ${most}`, text);
    return value;
  };
}

export function oneOf<T extends string>(option: string, choices: readonly T[]): Read<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new UsageError(option, `one of ${choices.join(", ")}`, text);
    return found;
  };
}

// Number("") is 0 and Number("0x10") is 16: neither is what somebody typed for a number.
function asNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time with its unit, `500ms`, `6s`, `1m`, `2h` or `7d`, in milliseconds. @param least none is shorter */
export function durationUpTo(option: string, most: string, least = "0s"): Read<number> {
  const [leastMs, mostMs] = [durationMs(least), durationMs(most)];
  return (text) => {
    const value = durationMs(text.trim());
    const bounds = leastMs === 0 ? `up to ${most}` : `from ${least} to ${most}`;
    if (!(value >= leastMs && value <= mostMs))
      throw new UsageError(option, `a duration with its unit, such as 6s, ${bounds}`, text);
    return value;
  };
}

function durationMs(text: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return asNumber(number) * (UNITS_MS[unit] ?? Number.NaN);
}
