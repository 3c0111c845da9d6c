/**
 * How many retries a breaker can afford: a share of its recent calls, and a few a second whatever there was. Without it
 * a provider that fails gets every call three times at the very moment when it can carry the least.
 *
 * Two numbers that fade, so there is nothing to sweep. Between two instants `retries ≤ ratio × calls + floorPerSecond ×
 * (seconds + 10)` holds exactly: both fade alike, so what is forgotten on one side is on the other.
 */

/** How fast it forgets: after so long a call weighs a third. */
export const BUDGET_MEMORY_MS = 10_000;

export interface BudgetLimits {
  readonly ratio: number;
  readonly floorPerSecond: number;
}

export class RetryBudget {
  #calls = 0;
  #retries = 0;
  #fadedAtMs = 0;

  /** A call was made for the first time. */
  called(nowMs: number): void {
    this.#fade(nowMs);
    this.#calls++;
  }

  /** Takes one retry; false when there is none left. Each call brings its own limits, and all draw on one account. */
  take({ ratio, floorPerSecond }: BudgetLimits, nowMs: number): boolean {
    this.#fade(nowMs);
    if (this.#retries + 1 > ratio * this.#calls + (floorPerSecond * BUDGET_MEMORY_MS) / 1_000) return false;
    this.#retries++;
    return true;
  }

  #fade(nowMs: number): void {
    if (nowMs <= this.#fadedAtMs) return;
    const left = Math.exp((this.#fadedAtMs - nowMs) / BUDGET_MEMORY_MS);
    this.#fadedAtMs = nowMs;
    this.#calls *= left;
    this.#retries *= left;
  }
}
