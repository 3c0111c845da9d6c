/** What a policy is judged by on recorded calls. */
import { lengthText } from "../terminal/time-text.ts";
import type { Cost } from "../tuning/comparison.ts";
import type { Tally } from "./candidate.ts";

export function falseOnes({ falselyRejected, falselyGivenUp }: Tally): number {
  return falselyRejected + falselyGivenUp;
}

export function savedMs(tally: Tally): number {
  return tally.savedMs + tally.givenUpMs;
}

export const COSTS: readonly Cost<Tally>[] = [
  {
    value: (tally) => -tally.saved,
    leastDifference: 2,
    words: (by, from, to) => `${Math.abs(by)} ${by < 0 ? "more" : "fewer"} failed calls saved (${-from} → ${-to})`,
  },
  {
    value: (tally) => -savedMs(tally),
    leastDifference: 1_000,
    words: (by, from, to) =>
      `${lengthText(Math.abs(by))} ${by < 0 ? "more" : "less"} waiting saved (${lengthText(-from)} → ${lengthText(-to)})`,
  },
  {
    value: falseOnes,
    leastDifference: 2,
    words: (by, from, to) => `${Math.abs(by)} ${by < 0 ? "fewer" : "more"} good answers lost (${from} → ${to})`,
  },
];
