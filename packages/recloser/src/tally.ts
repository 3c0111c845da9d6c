/** The evidence of one record: its window, its streak of failures, and whether they amount to a trip. */
import type { FailureKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import type { Evidence, Streak, TripReason } from "./state.ts";
import { evidenceOf, tripReason } from "./trip.ts";
import { CountWindow, TimeWindow, type Window } from "./window.ts";

export class Tally {
  /** Failures since the last success. */
  streak = 0;
  #streakSinceMs = 0;
  #streakMark = 0;
  // The streak among calls in the order they began: how many had begun by the last success, the latest that failed since,
  // and how many since then ended without a verdict.
  #successMark = 0;
  #lastCall = 0;
  #unsaid = 0;
  #window: Window | null = null;
  // The latest instant anybody has read. A success is counted at this one instead of reading the clock, which would be a
  // fifth of what a call on the closed path may cost; admissions and the sweep keep it at most a second old.
  seenMs = 0;

  /** The clock was read. */
  seen(nowMs: number): void {
    if (nowMs > this.seenMs) this.seenMs = nowMs;
  }

  /** @param mark how many calls had begun by now. Returns a place to `retract` it from. */
  success(slow: boolean, mark: number, policy: Policy): number {
    this.streak = 0;
    this.#successMark = mark;
    this.#unsaid = 0;
    return this.#windowOf(policy).addSuccesses(this.seenMs, 1, slow ? 1 : 0);
  }

  /** A stream whose content had counted broke after all: the call is a failure, not both. */
  retract(place: number): boolean {
    return this.#window?.retract(place) ?? false;
  }

  /** @param mark how many calls had begun by now @param call how many had begun before the one that failed */
  failure(kind: FailureKind, slow: boolean, nowMs: number, mark: number, call: number, policy: Policy): void {
    // A streak is evidence inside the window: one whose failures have all left it begins anew.
    if (this.counts(nowMs, policy).failures === 0) this.streak = 0;
    this.#windowOf(policy).addFailure(nowMs, kind, slow, mark);
    if (this.streak === 0 || call > this.#lastCall) this.#lastCall = call;
    if (this.streak++ > 0) return;
    this.#streakSinceMs = nowMs;
    this.#streakMark = mark;
  }

  /** A call ended without a verdict: it stands in no streak. */
  ignored(call: number): void {
    if (call >= this.#successMark) this.#unsaid++;
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

  get streakNow(): Streak {
    // What had begun before the last success stands beside calls that succeeded: only those since are asked about.
    const begun = Math.max(this.streak, this.#lastCall - this.#successMark + 1 - this.#unsaid);
    return { failures: this.streak, sinceMs: this.#streakSinceMs, begun: this.streak === 0 ? 0 : begun };
  }

  tripReason(young: number, policy: Policy, nowMs: number): TripReason | null {
    return tripReason(this.counts(nowMs, policy), young, this.streakNow, policy, nowMs);
  }

  evidence(reason: TripReason, young: number, policy: Policy, nowMs: number): Evidence {
    const window = this.counts(nowMs, policy);
    return evidenceOf(reason, window, young, this.streakNow, window.failuresByKind(), policy.windowMs);
  }

  /** The mark of the first failure of the evidence that tripped. */
  firstFailureMark(reason: TripReason): number {
    return reason === "consecutive-failures" ? this.#streakMark : (this.#window?.firstFailureMark() ?? Infinity);
  }

  /** A new round. @param mark how many calls had begun by now */
  clear(mark: number): void {
    this.#window?.clear();
    this.streak = this.#unsaid = 0;
    this.#successMark = mark;
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
