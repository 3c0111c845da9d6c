/** What a policy of the simulation is judged by. */
import { lengthText } from "../terminal/time-text.ts";
import type { Cost } from "../tuning/comparison.ts";
import { counted } from "./columns.ts";
import type { Figures } from "./figures.ts";

const count =
  (what: string) =>
  (by: number, from: number, to: number): string =>
    `${counted(Math.abs(by))} ${by < 0 ? "fewer" : "more"} ${what} (${counted(from)} → ${counted(to)})`;

/** @param forMs stands for never */
export function costsOf(forMs: number): readonly Cost<Figures>[] {
  return [
    { value: ({ wasted }) => wasted, leastDifference: 2, words: count("wasted calls") },
    { value: ({ wrong }) => wrong, leastDifference: 2, words: count("turned away while the provider was well") },
    { value: ({ calls, good }) => calls - good, leastDifference: 3, words: count("callers without a good answer") },
    {
      value: ({ waitedMs }) => waitedMs,
      leastDifference: 5_000,
      words: (by, from, to) =>
        `${lengthText(Math.abs(by))} ${by < 0 ? "less" : "more"} waiting (${lengthText(from)} → ${lengthText(to)})`,
    },
    {
      value: ({ tripMs }) => tripMs ?? forMs,
      leastDifference: 500,
      words: (by, from, to) => `trips ${lengthText(Math.abs(by))} ${by < 0 ? "sooner" : "later"} ${span(from, to)}`,
    },
    {
      value: ({ recoveryMs }) => recoveryMs ?? forMs,
      leastDifference: 1_000,
      words: (by, from, to) =>
        `well again ${lengthText(Math.abs(by))} ${by < 0 ? "sooner" : "later"} after it ${span(from, to)}`,
    },
  ];
}

function span(from: number, to: number): string {
  return `(${lengthText(from)} → ${lengthText(to)})`;
}
