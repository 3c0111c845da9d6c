/** Lengths of time as providers write them: `6m0s`, `1m30.002s`, `900.2ms`, `35 seconds`, protobuf's `34.07s`. */

/** By the unit's first letters; Go writes µs and ns too. */
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^m(?:s|illi)/, 1],
  [/^m/, 60_000],
  [/^[uµμ]/, 1e-3],
  [/^n/, 1e-6],
  [/^s/, 1000],
  [/^h/, 3_600_000],
  [/^d/, 86_400_000],
];
const PART =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|[uµμ]s|ns|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d)(?![a-z])[\s,]*/iy;

function unitMs(unit: string): number {
  return UNITS.find(([letters]) => letters.test(unit))?.[1] ?? 0;
}

/** Whole milliseconds, rounded up so that nobody knocks early; the small step back keeps 179.56 s from becoming 179 561 ms. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms - 1e-6);
}

/** `02:15:10`, as Azure API Management counts down a quota. */
const CLOCK = /^(\d{1,4}):([0-5]\d):([0-5]\d)(?!\d)/;

/** A duration at the very beginning of the text, in milliseconds; null when there is none. Zero is returned as zero. */
export function parseDuration(value: string): number | null {
  const source = value.trimStart();
  const clock = CLOCK.exec(source);
  if (clock) return (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000;
  let ms = 0;
  let parts = 0;
  PART.lastIndex = 0;
  for (let m = PART.exec(source); m !== null && parts < 8; m = PART.exec(source), parts++) {
    ms += Number(m[1]) * unitMs((m[2] ?? "").toLowerCase());
  }
  return parts === 0 ? null : ms;
}
