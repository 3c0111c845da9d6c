/** Whether one policy's figures are better than another's, and by how much: what advice is made of. */
import { lengthText } from "../terminal/time-text.ts";
import { counted } from "./columns.ts";
import type { Figures } from "./figures.ts";

interface Cost {
  /** Less is better. @param forMs stands for never */
  readonly value: (figures: Figures, forMs: number) => number;
  /** Differences below this are chance. */
  readonly leastDifference: number;
  readonly words: (by: number, from: number, to: number) => string;
}

const LEAST_SHARE = 0.1;
const WORSE_SHARE = 0.05;

const count =
  (what: string) =>
  (by: number, from: number, to: number): string =>
    `${counted(Math.abs(by))} ${by < 0 ? "fewer" : "more"} ${what} (${counted(from)} → ${counted(to)})`;

const COSTS: readonly Cost[] = [
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
    value: ({ tripMs }, forMs) => tripMs ?? forMs,
    leastDifference: 500,
    words: (by, from, to) => `trips ${lengthText(Math.abs(by))} ${by < 0 ? "sooner" : "later"} ${span(from, to)}`,
  },
  {
    value: ({ recoveryMs }, forMs) => recoveryMs ?? forMs,
    leastDifference: 1_000,
    words: (by, from, to) =>
      `well again ${lengthText(Math.abs(by))} ${by < 0 ? "sooner" : "later"} after it ${span(from, to)}`,
  },
];

function span(from: number, to: number): string {
  return `(${lengthText(from)} → ${lengthText(to)})`;
}

export interface Comparison {
  readonly gains: readonly string[];
  readonly prices: readonly string[];
  /** The gains less the prices, each as a share of what it was. */
  readonly score: number;
}

export function compare(before: Figures, after: Figures, forMs: number): Comparison {
  const gains: string[] = [];
  const prices: string[] = [];
  let score = 0;
  for (const { value, leastDifference, words } of COSTS) {
    const [from, to] = [value(before, forMs), value(after, forMs)];
    const by = to - from;
    const share = Math.abs(by) / Math.max(from, to, 1e-9);
    if (Math.abs(by) < leastDifference) continue;
    if (by < 0 && share >= LEAST_SHARE) gains.push(words(by, from, to));
    else if (by > 0 && share >= WORSE_SHARE) prices.push(words(by, from, to));
    else continue;
    score += by < 0 ? share : -share;
  }
  return { gains, prices, score };
}
