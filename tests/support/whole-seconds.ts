import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "recloser";

/** A clock with no other instants than headers can tell: by it a wait until one of them comes out exactly. */
export const wholeSeconds: Clock = {
  now: () => Math.floor(Date.now() / 1_000) * 1_000,
  sleep: (ms, options) => sleep(ms, undefined, options),
};
