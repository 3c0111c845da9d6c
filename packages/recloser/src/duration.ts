import { InvalidOptionError } from "./errors.ts";

/** A length of time: a number of milliseconds, or a number with its unit. `"20 seconds"` does not compile. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SHAPE = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/**
 * A duration in milliseconds.
 *
 * @param option the option's name, for the error
 * @param leastMs the smallest value allowed; by default anything above 0
 * @throws InvalidOptionError when it is not a duration, not finite, or too small
 */
export function durationMs(option: string, value: unknown, leastMs?: number): number {
  const ms = parse(value);
  const enough = ms !== null && (leastMs === undefined ? ms > 0 : ms >= leastMs);
  if (!enough) {
    const bound = leastMs === undefined ? "above 0" : `of at least ${leastMs} ms`;
    throw new InvalidOptionError(option, `a duration ${bound}: milliseconds, or "250ms", "20s", "5m", "2h"`, value);
  }
  return ms;
}

function parse(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const match = SHAPE.exec(value);
  if (match === null) return null;
  const ms = Number(match[1]) * (UNIT_MS[match[2] as string] as number);
  return Number.isFinite(ms) ? ms : null;
}
