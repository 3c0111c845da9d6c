/** What became of every caller of one arm, and how long each waited for it. */

/**
 * `rejected`: answered at once by the breaker; `released`: had waited, in line or in flight, when the breaker opened and
 * answered it; `fallback`: given something else in place of a call that was not made.
 */
export type Ending = "good" | "failed" | "rejected" | "released" | "fallback";

export interface Caller {
  readonly askedMs: number;
  endedMs: number | null;
  ending: Ending | null;
}

export class Ledger {
  callers: Caller[] = [];
  readonly counts: Record<Ending, number> = { good: 0, failed: 0, rejected: 0, released: 0, fallback: 0 };
  // In the order of their ends, for the recent waits.
  #ended: Caller[] = [];

  ask(atMs: number): Caller {
    const caller: Caller = { askedMs: atMs, endedMs: null, ending: null };
    this.callers.push(caller);
    return caller;
  }

  answer(caller: Caller, ending: Ending, atMs: number): void {
    caller.endedMs = atMs;
    caller.ending = ending;
    this.counts[ending]++;
    this.#ended.push(caller);
  }

  /** Those who were answered since `sinceMs`, the last first. */
  endedSince(sinceMs: number): Caller[] {
    const ended: Caller[] = [];
    for (let i = this.#ended.length - 1; i >= 0; i--) {
      const caller = this.#ended[i] as Caller;
      if ((caller.endedMs ?? 0) < sinceMs) break;
      ended.push(caller);
    }
    return ended;
  }

  /** For what goes on for ever: lets go of those who were answered before. Counts stay. */
  forgetBefore(ms: number): void {
    this.#ended = this.#ended.filter(({ endedMs }) => (endedMs ?? 0) >= ms);
    this.callers = this.callers.filter(({ endedMs }) => endedMs === null || endedMs >= ms);
  }

  /** How long those waited who were answered since `sinceMs`. */
  waitsSince(sinceMs: number): number[] {
    return this.endedSince(sinceMs).map(({ askedMs, endedMs }) => (endedMs ?? askedMs) - askedMs);
  }
}

/** The value that the share `p` of the values does not exceed (nearest rank); null without values. */
export function percentile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? null;
}
