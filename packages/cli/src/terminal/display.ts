/** How a breaker shows itself: a word and a shape, so that colour is never the only difference. */
import type { BreakerSnapshot } from "recloser";

export type Display = "closed" | "half-open" | "open" | "held";

export const SHAPE: Readonly<Record<Display, string>> = { closed: "●", "half-open": "◐", open: "✖", held: "⚑" };

export function displayOf({ state, holds }: Pick<BreakerSnapshot, "state" | "holds">): Display {
  return state === "closed" && holds.length > 0 ? "held" : state;
}

/** A length of time for people: `0.6 s`, `12 s`. */
export function seconds(ms: number): string {
  const s = ms / 1_000;
  return `${s < 9.95 ? s.toFixed(1) : Math.round(s)} s`;
}

/** A short one: `2.4 ms`, `31 ms`. */
export function milliseconds(ms: number): string {
  return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
