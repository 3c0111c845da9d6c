/** What a check finds. */
import type { History } from "../history.ts";

export interface Finding {
  readonly atMs: number;
  readonly what: string;
}

/** Looks at a whole run; nothing found means that the promise held, or was not made for this plan. */
export type Check = (history: History) => readonly Finding[];

/** Allows for the rounding of instants that lie far from zero. */
export const EPSILON_MS = 0.01;

/** How much of a span a replica was paused. */
export function pausedMs({ pauses }: History, replica: number, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const pause of pauses) {
    if (pause.replica !== replica) continue;
    sum += Math.max(0, Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs));
  }
  return sum;
}

/** When a replica will have run for so long since an instant, its pauses left out. */
export function hasRunMs({ pauses }: History, replica: number, fromMs: number, forMs: number): number {
  let untilMs = fromMs + forMs;
  // A replica's pauses are in the order of time, and none in another.
  for (const pause of pauses) {
    if (pause.replica !== replica || pause.toMs <= fromMs || pause.fromMs > untilMs) continue;
    untilMs += pause.toMs - Math.max(pause.fromMs, fromMs);
  }
  return untilMs;
}
