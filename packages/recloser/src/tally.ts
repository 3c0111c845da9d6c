/** The evidence of one record: its window, its streak of failures, and whether they amount to a trip. */
import type { FailureKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { type Evidence, NO_STREAK, type Streak, type TripReason } from "./state.ts";
import { evidenceOf, tripReason } from "./trip.ts";
import { CountWindow, TimeWindow, type Window } from "./window.ts";

/** What calls that have shown nothing yet say about a trip. */
export interface QuietCalls {
  readonly young: number;
  /** Those of the young that began between the streak's first failed call and its latest. */
  readonly beside: number;
}

export class Tally {
  /** Failures among the calls that began after the latest begun that succeeded. */
  streak = 0;
  #streakSinceMs = 0;
  #streakMark = 0;
  #streakStartedMs = 0;
  /** How many calls had begun before the latest begun that succeeded. */
  succeeded = -1;
  // The same of the streak's earliest begun.
  #firstCall = 0;
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
    // An answer to a call from before the streak says nothing about the provider since.
    if (call > this.succeeded) this.succeeded = call;
    if (this.streak > 0 && call > this.#firstCall) this.streak = 0;
    return this.#windowOf(policy).addSuccesses(this.seenMs, 1, slow ? 1 : 0);
  }

  /** A stream whose content had counted broke after all: the call is a failure, not both. */
  retract(place: number): boolean {
    return this.#window?.retract(place) ?? false;
  }

  /** @param mark how many calls had begun by now @param call how many before this one @param startedMs when it began */
  failure(
    kind: FailureKind,
    slow: boolean,
    nowMs: number,
    mark: number,
    call: number,
    startedMs: number,
    policy: Policy,
  ): void {
    this.inStreak(nowMs, policy);
    this.#windowOf(policy).addFailure(nowMs, kind, slow, mark);
    if (call < this.succeeded) return; // one that began after it has succeeded
    if (this.streak === 0) {
      this.#streakSinceMs = nowMs;
      this.#streakMark = mark;
      this.#streakStartedMs = startedMs;
      this.#firstCall = call;
    } else {
      this.#firstCall = Math.min(this.#firstCall, call);
      this.#streakStartedMs = Math.min(this.#streakStartedMs, startedMs);
    }
    this.streak++;
  }

  /** Whether a failure at this instant would lengthen a streak. One whose failures have all left the window is over. */
  inStreak(nowMs: number, policy: Policy): boolean {
    if (this.streak > 0 && this.counts(nowMs, policy).failures === 0) this.streak = 0;
    return this.streak > 0;
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
    if (this.streak === 0) return NO_STREAK;
    const begun = this.streak + beside;
    return {
      failures: this.streak,
      sinceMs: this.#streakSinceMs,
      startedMs: this.#streakStartedMs,
      begun,
      from: null,
    };
  }

  tripReason(quiet: QuietCalls, policy: Policy, nowMs: number): TripReason | null {
    return tripReason(this.counts(nowMs, policy), quiet.young, this.streakNow(quiet), policy, nowMs);
  }

  evidence(reason: TripReason, quiet: QuietCalls, policy: Policy, nowMs: number): Evidence {
    const window = this.counts(nowMs, policy);
    const streak = this.streakNow(quiet);
    return evidenceOf(reason, window, quiet.young, streak, window.failuresByKind(), policy.windowMs);
  }

  /** The mark of the first failure of the evidence that tripped. */
  firstFailureMark(reason: TripReason): number {
    return reason === "consecutive-failures" ? this.#streakMark : (this.#window?.firstFailureMark() ?? Infinity);
  }

  /** A new round. @param mark how many calls had begun by now */
  clear(mark: number): void {
    this.#window?.clear();
    this.streak = 0;
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
