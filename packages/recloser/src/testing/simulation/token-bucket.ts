/** A rate that may grow with time, with room for bursts. */
import type { Growing } from "./provider-mode.ts";

export class TokenBucket {
  readonly #from: number;
  readonly #growth: number;
  readonly #burst: number | null;
  readonly #startMs: number;
  #level: number;
  #atMs: number;

  /** @param burst tokens at most; null: one second's worth, at least one */
  constructor(perSecond: Growing, burst: number | null, startMs: number) {
    this.#from = typeof perSecond === "number" ? perSecond : perSecond.from;
    this.#growth = typeof perSecond === "number" ? 0 : perSecond.perSecond;
    this.#burst = burst;
    this.#startMs = startMs;
    this.#atMs = startMs;
    this.#level = this.#size(startMs);
  }

  /** Takes a token; false when there is none. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#level < 1) return false;
    this.#level--;
    return true;
  }

  /** How long until there is room for one. */
  nextMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#level >= 1 ? 0 : ((1 - this.#level) / this.#rate(nowMs)) * 1_000;
  }

  /** How long until it is full. */
  fullMs(nowMs: number): number {
    this.#fill(nowMs);
    return ((this.#size(nowMs) - this.#level) / this.#rate(nowMs)) * 1_000;
  }

  #fill(nowMs: number): void {
    const grown = ((nowMs - this.#atMs) / 1_000) * this.#rate((this.#atMs + nowMs) / 2);
    this.#level = Math.min(this.#size(nowMs), this.#level + grown);
    this.#atMs = nowMs;
  }

  #rate(atMs: number): number {
    return this.#from + (this.#growth * (atMs - this.#startMs)) / 1_000;
  }

  #size(atMs: number): number {
    return this.#burst ?? Math.max(1, this.#rate(atMs));
  }
}

/** The value of something that grows, at a time. */
export function grownTo(value: Growing, startMs: number, nowMs: number): number {
  return typeof value === "number" ? value : value.from + (value.perSecond * (nowMs - startMs)) / 1_000;
}
