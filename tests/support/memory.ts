/** What a process holds: whether something grows, seen from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export interface Held {
  readonly heapMb: number;
  /** Sockets, timers and the like that keep the process, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** After a collection, and a moment for what is being closed. */
export async function held(): Promise<Held> {
  for (let i = 0; i < 3; i++) {
    await sleep(20);
    collect();
  }
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heapMb: process.memoryUsage().heapUsed / 2 ** 20, resources };
}
