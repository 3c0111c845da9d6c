/**
 * Story time: a clock that runs `speed` times as fast as the wall's. The breaker, the providers, the deadlines and the
 * timeline all take it, so the library's defaults are shown as they are and only time is compressed.
 *
 * The demo's timers all live here.
 */
import { performance } from "node:perf_hooks";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "node:timers";
import type { Clock } from "recloser";

export interface StoryClock extends Clock {
  /** Forgets every sleeper, those still to come too, so that nothing keeps the process alive. None is woken. */
  close(): void;
}

export function storyClock(speed: number): StoryClock {
  const startMs = performance.now();
  const epochMs = performance.timeOrigin + startMs;
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    now: () => epochMs + (performance.now() - startMs) * speed,
    sleep: (ms, options) =>
      new Promise((resolve, reject) => {
        const signal = options?.signal;
        if (signal?.aborted === true) return reject(signal.reason);
        if (closed) return;
        const onAbort = (): void => {
          stop();
          reject(signal?.reason);
        };
        const stop = (): void => {
          clearTimeout(timer);
          timers.delete(timer);
          signal?.removeEventListener("abort", onAbort);
        };
        const timer = setTimeout(() => (stop(), resolve()), Math.max(0, ms) / speed);
        timers.add(timer);
        signal?.addEventListener("abort", onAbort, { once: true });
      }),
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Calls back every so many real milliseconds, until stopped. */
export function everyMs(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  return () => clearInterval(timer);
}
