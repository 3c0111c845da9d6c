/** What a process holds: whether something grows, seen from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export interface Held {
  readonly heapMb: number;
  /** Timers that keep the process. */
  readonly timers: number;
}

/** After collections. Of some looks the one that saw least: what comes and goes with each call is not held. */
export async function held(): Promise<Held> {
  let [heapMb, timers] = [Infinity, Infinity];
  for (let look = 0; look < 8; look++) {
    await sleep(20);
    collect();
    heapMb = Math.min(heapMb, process.memoryUsage().heapUsed / 2 ** 20);
    timers = Math.min(timers, process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length);
  }
  return { heapMb, timers };
}
