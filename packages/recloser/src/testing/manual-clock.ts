import type { Clock } from "../clock.ts";

/** A clock that stands still until told to move. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward by `ms`, waking each sleeper at its own instant, in order, and letting all promise reactions
   * settle in between. `advance(0)` only lets reactions settle.
   */
  advance(ms: number): Promise<void>;
  /** How many sleepers wait: 0 when nothing is outstanding. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

// A multiple of every usual bucket width (1 s, 3 s, 6 s, 60 s …), so that windows start on a bucket's edge.
const START_MS = 1_800_000_000_000;

// Taken when the module loads, so that a test runner's fake timers do not stop our own turn of the event loop.
const nextTurn: (callback: () => void) => unknown = setImmediate;

/**
 * A clock for tests: nothing sleeps for real.
 *
 * @param options `startMs`: the first instant in epoch milliseconds, default 1 800 000 000 000 (2027-01-15T08:00:00Z).
 * @example
 * const clock = manualClock();
 * const breaker = createBreaker({ clock });
 * await clock.advance(5_000); // five seconds later
 */
export function manualClock(options: { startMs?: number } = {}): ManualClock {
  let nowMs = options.startMs ?? START_MS;
  let order = 0;
  const sleepers = new Set<Sleeper>();

  const settle = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));
  const earliest = (untilMs: number): Sleeper | null => {
    let first: Sleeper | null = null;
    for (const sleeper of sleepers) {
      if (sleeper.dueMs > untilMs) continue;
      if (
        first === null ||
        sleeper.dueMs < first.dueMs ||
        (sleeper.dueMs === first.dueMs && sleeper.order < first.order)
      ) {
        first = sleeper;
      }
    }
    return first;
  };

  return {
    now: () => nowMs,
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          dueMs: nowMs + Math.max(0, ms),
          order: order++,
          wake: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(ms) {
      if (!(ms >= 0) || ms === Infinity)
        throw new RangeError(`manualClock.advance: expected milliseconds ≥ 0, received ${ms}`);
      const targetMs = nowMs + ms;
      await settle();
      for (let next = earliest(targetMs); next !== null; next = earliest(targetMs)) {
        sleepers.delete(next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.wake();
        await settle();
      }
      nowMs = targetMs;
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}
