/** What a breaker's callers ask of this process: how many are served, how many wait, and who was shed. */
import type { ShedReason } from "./errors.ts";
import type { Machine } from "./machine.ts";
import type { Policy } from "./policy.ts";
import { limitFor, type Priority } from "./priority.ts";

/** How many calls were shed, by reason; one that is not there: none. */
export type ShedCounts = Readonly<Partial<Record<ShedReason, number>>>;

export interface LoadSnapshot {
  /** Calls in flight on the health record in this process: of this breaker and of any other that shares the record. */
  readonly inFlight: number;
  /** How many may be, of any priority; null: no limit. */
  readonly limit: number | null;
  /** How many may be when a batch call begins; null: no limit. */
  readonly batchLimit: number | null;
  /** Callers in the queue, by priority. */
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Calls of this breaker that were shed since it was made, by reason. */
  readonly shed: ShedCounts;
}

export function loadSnapshot({ inFlight, waiting }: Machine, policy: Policy, shed: ShedCounts): LoadSnapshot {
  const orNull = (limit: number): number | null => (limit === Infinity ? null : limit);
  return {
    inFlight,
    limit: orNull(policy.maxInFlight),
    batchLimit: orNull(limitFor(policy, "batch")),
    waiting: { interactive: waiting?.count("interactive") ?? 0, batch: waiting?.count("batch") ?? 0 },
    shed: { ...shed },
  };
}
