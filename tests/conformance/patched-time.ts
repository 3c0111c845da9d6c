/** Virtual time for libraries that read the process's clock: `Date` and the timers are replaced while it is open. */
import { mock } from "node:test";

// Buckets and time limits fall due in between, each with the promises that hang on it.
const STEP_MS = 50;
const START_MS = 1_800_000_000_000;

export interface PatchedTime extends Disposable {
  advance(ms: number): Promise<void>;
}

/** One at a time in a process. */
export function patchedTime(): PatchedTime {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: START_MS });
  return {
    async advance(ms) {
      await settled();
      for (let left = ms; left > 0; left -= STEP_MS) {
        mock.timers.tick(Math.min(left, STEP_MS));
        await settled();
      }
    },
    [Symbol.dispose]: () => mock.timers.reset(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
