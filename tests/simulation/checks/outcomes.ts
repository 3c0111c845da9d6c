/** What calls count for, from what their callers and the provider saw: the oracle that evidence is compared with. */
import type { CallRecord, History } from "../history.ts";

/** One thing that a call counts for. */
export interface Counted {
  readonly call: CallRecord;
  readonly what: "success" | "failure";
  /** When it counts at the earliest, and at the latest. */
  readonly atMs: number;
  readonly latestMs: number;
  /** Until when: a stream whose content had counted may break after all. */
  readonly untilMs: number;
}

/** A silent call is noticed by a sweep, at most that much later. */
const SWEEP_MS = 1_050;

/** Everything that calls count for in the record that takes all of it; probes count for nothing, they settle. */
export function countedOf({ calls, policy }: History): readonly Counted[] {
  return calls.flatMap((call) => {
    const { admittedMs, endMs, shownMs, end, failure, probe } = call;
    if (admittedMs === null || probe) return [];
    const counted: Counted[] = [];
    const firstSignMs = shownMs ?? endMs ?? Infinity;
    if (policy.silenceMs !== false && firstSignMs - admittedMs >= policy.silenceMs) {
      const atMs = admittedMs + policy.silenceMs;
      counted.push({ call, what: "failure", atMs, latestMs: Math.min(atMs + SWEEP_MS, firstSignMs), untilMs: Infinity });
    }
    const isFailure = failure !== null && endMs !== null;
    const successMs = shownMs ?? (end === "answered" ? endMs : null);
    if (successMs !== null)
      counted.push({
        ...{ call, what: "success", atMs: successMs, latestMs: successMs },
        untilMs: isFailure ? endMs : Infinity,
      });
    if (isFailure) counted.push({ call, what: "failure", atMs: endMs, latestMs: endMs, untilMs: Infinity });
    return counted;
  });
}
