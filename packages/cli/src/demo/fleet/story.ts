/** What happens when, in milliseconds since the start: real time, since the processes and Redis have no other. */
import type { Fault } from "recloser/testing";

export type Deed = "fail" | "heal" | "stop-redis" | "continue-redis";

export interface Turn {
  readonly atMs: number;
  readonly does: Deed;
}

export interface Story {
  readonly turns: readonly Turn[];
  readonly lastsMs: number;
}

export interface FleetSettings {
  /** Of the user's server; null: one is started. */
  readonly redisUrl: string | null;
  /** Callers per second of each replica. */
  readonly rps: number;
  readonly seed: number;
  readonly story: Story;
}

export const FAILURE: Fault = { kind: "status", status: 503 };

const FAILS_AT_MS = 4_000;
const HEALS_AT_MS = 14_000;
const LASTS_MS = 30_000;
// From the last turn on: until Redis is shared again, and a second round of probes would have been.
const LEAST_AFTERWARDS_MS = 10_000;

export function storyOf(stopRedisAtMs: number | null, continueRedisAtMs: number | null): Story {
  const turns: Turn[] = [
    { atMs: FAILS_AT_MS, does: "fail" },
    { atMs: HEALS_AT_MS, does: "heal" },
  ];
  if (stopRedisAtMs !== null) turns.push({ atMs: stopRedisAtMs, does: "stop-redis" });
  if (continueRedisAtMs !== null) turns.push({ atMs: continueRedisAtMs, does: "continue-redis" });
  turns.sort((a, b) => a.atMs - b.atMs);
  return { turns, lastsMs: Math.max(LASTS_MS, (turns.at(-1)?.atMs ?? 0) + LEAST_AFTERWARDS_MS) };
}
