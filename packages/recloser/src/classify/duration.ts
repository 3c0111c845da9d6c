/** Lengths of time as providers write them: `6m0s`, `1m30.002s`, `900.2ms`, `35 seconds`, protobuf's `34.07s`. */

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  mi: 60_000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PART =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|minutes?|mins?|m|seconds?|secs?|s|hours?|hrs?|h|days?|d)(?![a-z])[\s,]*/iy;

/** Whole milliseconds, rounded up so that nobody knocks early; the small step back keeps 179.56 s from becoming 179 561 ms. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms - 1e-6);
}

/** A duration at the very beginning of the text, in milliseconds; null when there is none. Zero is returned as zero. */
export function parseDuration(value: string): number | null {
  const source = value.trimStart();
  let ms = 0;
  let parts = 0;
  PART.lastIndex = 0;
  for (let m = PART.exec(source); m !== null && parts < 8; m = PART.exec(source), parts++) {
    const unit = (m[2] ?? "").toLowerCase();
    const short = unit === "ms" || unit.startsWith("milli") ? "ms" : unit.startsWith("mi") ? "mi" : unit.slice(0, 1);
    ms += Number(m[1]) * (UNIT_MS[short] ?? 0);
  }
  return parts === 0 ? null : ms;
}
