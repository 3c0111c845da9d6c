/** Whether what came of one policy is better than what came of another, and by how much: what advice is made of. */

/** A figure of which less, or more, is better. */
export interface Cost<T> {
  /** Less is better. */
  readonly value: (figures: T) => number;
  /** Differences below this are chance. */
  readonly leastDifference: number;
  readonly words: (by: number, from: number, to: number) => string;
}

export interface Comparison {
  readonly gains: readonly string[];
  readonly prices: readonly string[];
  /** The gains less the prices, each as a share of what it was. */
  readonly score: number;
}

export interface Judged extends Comparison {
  readonly name: string;
}

export interface Advice {
  readonly kind: "change" | "trade";
  /** `cooldown.max=30s` */
  readonly change: string;
  readonly gains: readonly string[];
  readonly prices: readonly string[];
}

const LEAST_SHARE = 0.1;
const WORSE_SHARE = 0.05;
const TOLD = 3;

export function compare<T>(costs: readonly Cost<T>[], before: T, after: T): Comparison {
  const gains: string[] = [];
  const prices: string[] = [];
  let score = 0;
  for (const { value, leastDifference, words } of costs) {
    const [from, to] = [value(before), value(after)];
    const by = to - from;
    const share = Math.abs(by) / Math.max(Math.abs(from), Math.abs(to), 1e-9);
    if (Math.abs(by) < leastDifference) continue;
    if (by < 0 && share >= LEAST_SHARE) gains.push(words(by, from, to));
    else if (by > 0 && share >= WORSE_SHARE) prices.push(words(by, from, to));
    else continue;
    score += by < 0 ? share : -share;
  }
  return { gains, prices, score };
}

/** The best few: first what costs nothing, then what is worth its price. */
export function adviceFrom(judged: readonly Judged[]): readonly Advice[] {
  const some = judged.filter(({ gains }) => gains.length > 0).toSorted((a, b) => b.score - a.score);
  const changes = some.filter(({ prices }) => prices.length === 0);
  const trades = some.filter(({ prices, score }) => prices.length > 0 && score > 0);
  const told = (kind: Advice["kind"], { name, gains, prices }: Judged): Advice => ({
    kind,
    change: name,
    gains,
    prices,
  });
  return [
    ...changes.slice(0, TOLD).map((one) => told("change", one)),
    ...trades.slice(0, Math.max(1, TOLD - changes.length)).map((one) => told("trade", one)),
  ].slice(0, TOLD);
}

export function adviceSentence({ kind, change, gains, prices }: Advice): string {
  return kind === "change"
    ? `Change ${change}: ${gains.join(", ")}; nothing here gets worse.`
    : `Or trade ${change}: ${gains.join(", ")}; at the price of ${prices.join(", ")}.`;
}
