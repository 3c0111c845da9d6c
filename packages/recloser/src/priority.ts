/** Who comes first where not all can be served. */
import type { Policy } from "./policy.ts";
import { oneOf } from "./validate.ts";

/**
 * `interactive`: somebody waits for the answer. `batch`: it can be made later; shed first, and served from what is left over.
 * Two words and no scale: what is in between is sorted differently by everybody, and two are enough to keep users served.
 */
export type Priority = "interactive" | "batch";

/** The default first: who says nothing is not put behind others. */
const PRIORITIES = ["interactive", "batch"] as const satisfies readonly Priority[];

/** @throws InvalidOptionError naming the field */
export function readPriority(value: unknown, option = "priority"): Priority {
  return oneOf(option, value, PRIORITIES);
}

/** What a share of a limit is for batch calls: whole places, at least one, or a small limit would shut them out for good. */
export function batchPart(limit: number, share: number): number {
  return Math.max(1, Math.floor(limit * share));
}

/** What share of a limit is for calls of a priority. */
export function shareOf({ batchShare }: Policy, priority: Priority): number {
  return priority === "batch" ? batchShare : 1;
}

/** How many calls may be in flight when one of a priority begins. */
export function limitFor(policy: Policy, priority: Priority): number {
  return priority === "batch" ? batchPart(policy.maxInFlight, policy.batchShare) : policy.maxInFlight;
}
