/** Numbers for people. */

/** A duration for people: `850 ms`, `4.2 s`, `12 min`. */
export function spoken(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  return `${Number((ms / 60_000).toFixed(1))} min`;
}
