/** Who asks when: the same callers, to the millisecond, for both arms and for every run with the same seed. */
import type { Clock } from "recloser";
import { seededRandom } from "recloser/testing";

/** Gaps between callers in milliseconds, without end: uneven, but never a burst, so that the pictures stay readable. */
export function* gapsMs(rps: number, seed: number): Generator<number, never> {
  const random = seededRandom(seed);
  for (;;) yield (0.5 + random()) * (1_000 / rps);
}

export interface Traffic {
  readonly clock: Clock;
  readonly rps: number;
  readonly seed: number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** Sends callers until `untilMs`. A late timer sends those it missed at once, so that none is lost. */
export async function sendTraffic({ clock, rps, seed, untilMs, signal }: Traffic, ask: () => void): Promise<void> {
  let dueMs = clock.now();
  for (const gapMs of gapsMs(rps, seed)) {
    dueMs += gapMs;
    if (dueMs >= untilMs) return;
    const waitMs = dueMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, { signal });
    signal.throwIfAborted();
    ask();
  }
}
