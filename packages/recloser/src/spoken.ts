/** Numbers for people. */

/** A duration for people: `850 ms`, `4.2 s`, `12 min`. */
export function spoken(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  if (ms < 120_000) return `${tenths(ms / 1_000)} s`;
  return `${tenths(ms / 60_000)} min`;
}

// Not toFixed: every rejection says when to come back, and toFixed would be a tenth of its cost.
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
