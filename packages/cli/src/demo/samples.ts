/** What the ribbons are drawn from: how things stood, a few times a second. */
import type { Display } from "../terminal/display.ts";

export interface Sample {
  readonly atMs: number;
  readonly shows: Display;
  /** Callers without an answer yet, in flight or in line. */
  readonly pending: { readonly without: number; readonly with: number };
}

/** The samples that fall into each of `columns` equal slices of time; none for slices that have not come. */
export function byColumn(samples: readonly Sample[], columns: number, lastsMs: number): Sample[][] {
  const slices: Sample[][] = Array.from({ length: columns }, () => []);
  for (const sample of samples) {
    const column = Math.min(columns - 1, Math.floor((sample.atMs / lastsMs) * columns));
    slices[column]?.push(sample);
  }
  return slices;
}
