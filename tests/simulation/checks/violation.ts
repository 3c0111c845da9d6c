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
