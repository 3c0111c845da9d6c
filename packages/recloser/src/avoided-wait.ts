/**
 * How long callers did not wait because their calls were rejected: for each call that an open circuit rejected, what a call took
 * that failed, less what its fallback took. Where a provider fails at once there is hardly anything to avoid, and it shows.
 *
 * It is an upper bound: of the calls that are rejected in the last cooldown some would have been answered.
 */
import type { Breaker, Recloser } from "./api.ts";
import type { CallEvent, RejectedEvent } from "./events.ts";
import { trackOf } from "./outcome.ts";

/** Of one breaker, since it is watched. */
export interface AvoidedWait {
  /** Calls that were rejected by an open circuit. */
  readonly calls: number;
  /** What a failed call took, the middle one of the last ten, milliseconds; null: none was seen. */
  readonly failureMs: number | null;
  /** Of all those calls, milliseconds. */
  readonly totalMs: number;
}

// As many as it takes to trip by rate: older ones are of another outage.
const FAILURES = 10;

class Sum implements AvoidedWait {
  calls = 0;
  totalMs = 0;
  failureMs: number | null = null;
  /** The last call was rejected by an open circuit: a fallback that stands for a call that was not made stands for it. */
  isRejecting = false;
  /** Calls that were given up because they hung, and whose end is not told yet: it looks like a cancellation. */
  givenUp = 0;
  #lastMs: number[] = [];

  failed(durationMs: number): void {
    this.#lastMs = [...this.#lastMs.slice(1 - FAILURES), durationMs];
    const sorted = this.#lastMs.toSorted((a, b) => a - b);
    this.failureMs = sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  }

  rejected(): void {
    this.calls++;
    this.totalMs += this.failureMs ?? 0;
  }

  fellBack(durationMs: number): void {
    this.totalMs -= Math.min(this.failureMs ?? 0, durationMs);
  }
}

/** Adds up what is avoided, by breaker. */
export class AvoidedWaits implements Disposable {
  readonly #sums = new Map<string, Sum>();
  readonly #listening: readonly Disposable[];

  /** While it watches, admissions read the exact time. */
  constructor(source: Pick<Recloser | Breaker, "on">) {
    this.#listening = [
      source.on("call", (event) => this.#ended(event)),
      source.on("rejected", (event) => this.#rejected(event)),
      source.on("fallback", ({ key, outcome, durationMs }) => {
        const sum = this.#sums.get(key);
        if (outcome === null && sum?.isRejecting === true) sum.fellBack(durationMs);
      }),
    ];
  }

  /** Null: no call of it was rejected by an open circuit. */
  of(breaker: string): AvoidedWait | null {
    const sum = this.#sums.get(breaker);
    return sum === undefined || sum.calls === 0
      ? null
      : { calls: sum.calls, failureMs: sum.failureMs, totalMs: sum.totalMs };
  }

  get breakers(): Iterable<string> {
    return this.#sums.keys();
  }

  forget(breaker: string): void {
    this.#sums.delete(breaker);
  }

  [Symbol.dispose](): void {
    for (const one of this.#listening) one[Symbol.dispose]();
  }

  // A probe says what the provider does now, and no caller would have waited for another one.
  #ended({ key, outcome, probe, durationMs }: CallEvent): void {
    if (probe) return;
    const isFailure = outcome !== null && outcome !== "success" && trackOf(outcome) === "window";
    if (isFailure) this.#of(key).failed(durationMs);
    const sum = this.#sums.get(key);
    if (sum === undefined) return;
    sum.isRejecting = false;
    if (outcome !== "cancelled" || sum.givenUp === 0) return;
    sum.givenUp--;
    sum.failed(durationMs);
  }

  // One that was given up in flight has waited, as long as the failures took; a hold, a ramp or an operator rejects what may well be answered.
  #rejected({ key, reason, inFlight }: RejectedEvent): void {
    const isOpen = (reason === "open" || reason === "probing") && !inFlight;
    if (isOpen) this.#of(key).rejected();
    const sum = this.#sums.get(key);
    if (sum !== undefined) sum.isRejecting = isOpen;
    if (inFlight) this.#of(key).givenUp++;
  }

  #of(key: string): Sum {
    let sum = this.#sums.get(key);
    if (sum === undefined) {
      sum = new Sum();
      this.#sums.set(key, sum);
    }
    return sum;
  }
}
