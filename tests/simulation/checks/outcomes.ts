/** What calls count for, from what their callers and the provider saw: the oracle that evidence is compared with. */
import type { CallRecord, History } from "../history.ts";
import { EPSILON_MS, hasRunMs } from "./violation.ts";

/** One thing that a call counts for. */
export interface Counted {
  readonly call: CallRecord;
  readonly what: "success" | "failure";
  /** When it counts at the earliest, and at the latest. */
  readonly atMs: number;
  readonly latestMs: number;
  /** False where it may have come too late to count: an answer between a silence and the sweep that looks for it. */
  readonly isSure: boolean;
  /** Until when: a stream whose content had counted may break after all. */
  readonly untilMs: number;
}

/** A silent call is noticed by a sweep, at most that much later, while its process runs. */
const SWEEP_MS = 1_050;

/** The record that takes every outcome of a plan's calls. */
export function healthOf({ plan }: History): string {
  return plan.key === "plain" ? "llm" : "openai:gpt";
}

/**
 * Everything that calls count for in a record. Its probes count for nothing there, they settle; and in the record of
 * whether the provider can be reached every answer is one.
 *
 * A call counts as silent at the instant at which the sweep comes by, and a process that is paused sweeps only when it goes
 * on: the silence of a call from before the pause is evidence of after it, and stands in the window from then on.
 */
export function countedOf(history: History, record: string, takesAll: boolean): readonly Counted[] {
  const { calls, policy } = history;
  return calls.flatMap((call) => {
    const { admittedMs, endMs, shownMs, end, probe } = call;
    if (admittedMs === null || (probe && call.leases.some((lease) => lease.record === record))) return [];
    const failure = takesAll || call.failure === "network" ? call.failure : null;
    const counted: Counted[] = [];
    const firstSignMs = shownMs ?? endMs ?? Infinity;
    if (policy.silenceMs !== false && firstSignMs - admittedMs >= policy.silenceMs - EPSILON_MS) {
      const atMs = admittedMs + policy.silenceMs;
      const sweptMs = policy.silenceStretches ? Infinity : hasRunMs(history, call.replica, atMs, SWEEP_MS);
      const latestMs = Math.min(sweptMs, firstSignMs);
      counted.push({ call, what: "failure", atMs, latestMs, isSure: latestMs < firstSignMs, untilMs: Infinity });
    }
    const isFailure = failure !== null && endMs !== null;
    const successMs = shownMs ?? (end === "answered" ? endMs : null);
    if (successMs !== null)
      counted.push({
        ...{ call, what: "success", atMs: successMs, latestMs: successMs, isSure: true },
        untilMs: isFailure ? endMs : Infinity,
      });
    if (isFailure)
      counted.push({ call, what: "failure", atMs: endMs, latestMs: endMs, isSure: true, untilMs: Infinity });
    return counted;
  });
}
