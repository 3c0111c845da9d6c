/** Failures in a row, among calls in the order they began. */
import type { Streak } from "./state.ts";

/** When a failure came, and of which call. */
export interface Failed {
  readonly atMs: number;
  /** How many calls had begun by then. */
  readonly mark: number;
  /** How many had begun before the failed one. */
  readonly call: number;
  /** When the failed one had begun. */
  readonly startedAtMs: number;
}

export function failedOf(
  { mark: call, startedAtMs }: { readonly mark: number; readonly startedAtMs: number },
  mark: number,
  atMs: number,
): Failed {
  return { atMs, mark, call, startedAtMs };
}

export class FailureRun {
  /** What is of an earlier round than the list is forgotten. */
  readonly round: number;
  failures = 1;
  /** When the first of them came, and how many calls had begun by then. */
  sinceMs: number;
  mark: number;
  /** The earliest begun of the failed calls: how many had begun before it, and when it did. */
  firstCall: number;
  startedMs: number;

  constructor({ atMs, mark, call, startedAtMs }: Failed, round = 0) {
    this.round = round;
    this.sinceMs = atMs;
    this.mark = mark;
    this.firstCall = call;
    this.startedMs = startedAtMs;
  }

  /** One more, no earlier than those before. */
  add({ call, startedAtMs }: Failed): void {
    this.failures++;
    this.firstCall = Math.min(this.firstCall, call);
    this.startedMs = Math.min(this.startedMs, startedAtMs);
  }

  /** Another run that nothing stands between any more. */
  join(other: FailureRun): void {
    this.failures += other.failures;
    this.sinceMs = Math.min(this.sinceMs, other.sinceMs);
    this.mark = Math.min(this.mark, other.mark);
    this.firstCall = Math.min(this.firstCall, other.firstCall);
    this.startedMs = Math.min(this.startedMs, other.startedMs);
  }

  /** As a streak, beside so many calls that may yet succeed. */
  beside(calls: number): Streak {
    const { failures, sinceMs, startedMs } = this;
    return { failures, sinceMs, startedMs, begun: failures + calls, from: null };
  }
}
