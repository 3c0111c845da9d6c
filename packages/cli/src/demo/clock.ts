/**
 * Story time: a clock that runs `speed` times as fast as the wall's. The breaker, the providers, the deadlines and the
 * timeline all take it, so the library's defaults are shown as they are and only time is compressed.
 *
 * The demo's timers all live here.
 */
import { performance } from "node:perf_hooks";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Clock } from "recloser";

export interface StoryClock extends Clock {
  /** Forgets every sleeper, those still to come too, so that nothing keeps the process alive. None is woken. */
  close(): void;
}

// Callers, breaker and providers share one event loop. While a busy machine does not let it run, story time stands
// still, or calls would time out that nobody could answer: the beat shows how much of the time was ours.
const BEAT_MS = 10;
const MOST_BETWEEN_BEATS_MS = 30;

export function storyClock(speed: number, wall: () => number = () => performance.now()): StoryClock {
  const timers = new Set<NodeJS.Timeout>();
  let beatMs = wall();
  let storyMs = performance.timeOrigin + beatMs;
  let closed = false;

  const now = (): number => storyMs + Math.min(Math.max(0, wall() - beatMs), MOST_BETWEEN_BEATS_MS) * speed;
  const stopBeat = everyMs(BEAT_MS, () => {
    storyMs = now();
    beatMs = wall();
  });
  const sleep: Clock["sleep"] = (ms, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal;
      if (signal?.aborted === true) return reject(signal.reason);
      const dueMs = now() + ms;
      let timer: NodeJS.Timeout | undefined;
      const stop = (): void => {
        if (timer !== undefined) timers.delete(timer);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        stop();
        reject(signal?.reason);
      };
      // The wall's time can be up while the story's is not.
      const wait = (leftMs: number): void => {
        if (closed) return;
        timer = setTimeout(
          () => {
            timers.delete(timer as NodeJS.Timeout);
            const stillMs = dueMs - now();
            if (stillMs > 0) return wait(stillMs);
            stop();
            resolve();
          },
          Math.max(0, leftMs) / speed,
        );
        timers.add(timer);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      wait(ms);
    });
  const close = (): void => {
    closed = true;
    stopBeat();
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return { now, sleep, close };
}

/** Monotonic milliseconds since nobody knows when, the same in all processes of a machine: each one's epoch is a bit off. */
export const machineClock: Clock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (ms, options) => {
    try {
      await sleepFor(ms, undefined, options);
    } catch (error) {
      throw options?.signal?.aborted === true ? options.signal.reason : error;
    }
  },
};

/** The machine's time as the library's breakers have it: epoch milliseconds at start, carried on by the monotonic clock. */
export const wallClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, options) => machineClock.sleep(ms, options),
};

/** Calls back every so many real milliseconds, until stopped. */
export function everyMs(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  return () => clearInterval(timer);
}
