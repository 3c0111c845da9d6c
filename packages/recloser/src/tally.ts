/** The evidence of one record: its window, its streak of failures, and whether they amount to a trip. */
import { type Failed, FailureRun } from "./failure-run.ts";
import type { FailureKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { type Evidence, NO_STREAK, type Streak, type TripReason } from "./state.ts";
import { evidenceOf, isOutage, tripReason } from "./trip.ts";
import { CountWindow, TimeWindow, type Window } from "./window.ts";

/** What calls that have shown nothing yet say about a trip. */
export interface QuietCalls {
  readonly young: number;
  /** Those of the young that began between the streak's first failed call and its latest. */
  readonly beside: number;
  /** The failures around the latest one, of calls with no young one between; null when a success came since. */
  readonly run: FailureRun | null;
}

export class Tally {
  // Failures among the calls that began after the latest begun that succeeded.
  #streak: FailureRun | null = null;
  /** How many calls had begun before the latest begun that succeeded. */
  succeeded = -1;
  #window: Window | null = null;
  // The latest instant anybody has read. A success is counted at this one instead of reading the clock, which would be a
  // fifth of what a call on the closed path may cost; admissions and the sweep keep it at most a second old.
  seenMs = 0;

  /** The clock was read. */
  seen(nowMs: number): void {
    if (nowMs > this.seenMs) this.seenMs = nowMs;
  }

  /** @param call how many calls had begun before this one. Returns a place to `retract` it from. */
  success(slow: boolean, call: number, policy: Policy): number {
    if (call > this.succeeded) this.succeeded = call;
    // An answer to a call from before the streak says nothing about the provider since.
    if (this.#streak !== null && call >= this.#streak.firstCall) this.#streak = null;
    return this.#windowOf(policy).addSuccesses(this.seenMs, 1, slow ? 1 : 0);
  }

  /** A stream whose content had counted broke after all: the call is a failure, not both. */
  retract(place: number): boolean {
    return this.#window?.retract(place) ?? false;
  }

  failure(kind: FailureKind, slow: boolean, failure: Failed, policy: Policy): void {
    const { atMs, mark, call } = failure;
    if (this.isForgotten(atMs, policy)) this.#streak = null;
    this.#windowOf(policy).addFailure(atMs, kind, slow, mark);
    if (call < this.succeeded) return; // one that began after it has succeeded
    if (this.#streak === null) this.#streak = new FailureRun(failure);
    else this.#streak.add(failure);
  }

  /** Whether all failures have left the window: a streak is evidence inside it, and begins anew. */
  isForgotten(nowMs: number, policy: Policy): boolean {
    return this.counts(nowMs, policy).failures === 0;
  }

  get streak(): number {
    return this.#streak?.failures ?? 0;
  }

  /** Whether the window may hold anything against the provider; exact once it was read. */
  get hasEvidence(): boolean {
    return this.#window !== null && (this.#window.failures > 0 || this.#window.slow > 0);
  }

  /** The window's counts as of now. */
  counts(nowMs: number, policy: Policy): Window {
    this.seen(nowMs);
    const window = this.#windowOf(policy);
    window.advance(nowMs);
    return window;
  }

  /** The streak as it is now, beside the calls that may yet succeed. */
  streakNow({ beside }: QuietCalls): Streak {
    return this.#streak?.beside(beside) ?? NO_STREAK;
  }

  tripReason(quiet: QuietCalls, policy: Policy, nowMs: number): TripReason | null {
    const { streak } = this.#judged(quiet, policy, nowMs);
    return tripReason(this.counts(nowMs, policy), quiet.young, streak, policy, nowMs);
  }

  /** What a trip rests on, and how many calls had begun when its first failure came. */
  evidence(
    reason: TripReason,
    quiet: QuietCalls,
    policy: Policy,
    nowMs: number,
  ): { evidence: Evidence; firstFailureMark: number } {
    const window = this.counts(nowMs, policy);
    const { streak, mark } = this.#judged(quiet, policy, nowMs);
    const evidence = evidenceOf(reason, window, quiet.young, streak, window.failuresByKind(), policy.windowMs);
    return { evidence, firstFailureMark: reason === "consecutive-failures" ? mark : this.firstFailureMark() };
  }

  /** The mark of the first failure in the window. */
  firstFailureMark(): number {
    return this.#window?.firstFailureMark() ?? Infinity;
  }

  /** The mark of the first of the failures that go on: those of before are none of their streak, wherever it is counted. */
  failingMark({ run }: QuietCalls): number {
    return run?.mark ?? this.#streak?.mark ?? Infinity;
  }

  // A run of failures is an outage however many calls from before it may yet succeed. Where failures come too late to be
  // without young calls between, all since the latest success must outweigh them.
  #judged(quiet: QuietCalls, policy: Policy, nowMs: number): { streak: Streak; mark: number } {
    const { run } = quiet;
    const isRun = run !== null && isOutage(run.beside(0), policy, nowMs);
    return isRun
      ? { streak: run.beside(0), mark: run.mark }
      : { streak: this.streakNow(quiet), mark: this.#streak?.mark ?? Infinity };
  }

  /** A new round. @param mark how many calls had begun by now */
  clear(mark: number): void {
    this.#window?.clear();
    this.#streak = null;
    this.succeeded = mark - 1;
  }

  /** Carries the evidence over into a window of another length. */
  configure(before: Policy, after: Policy, nowMs: number): void {
    if (before.windowMs === after.windowMs && before.windowCalls === after.windowCalls) return;
    if (this.#window === null) return;
    const window = createWindow(after);
    this.counts(nowMs, before).replay(window, nowMs);
    this.#window = window;
  }

  #windowOf(policy: Policy): Window {
    this.#window ??= createWindow(policy);
    return this.#window;
  }
}

function createWindow(policy: Policy): Window {
  return policy.windowMs === null ? new CountWindow(policy.windowCalls as number) : new TimeWindow(policy.windowMs);
}
