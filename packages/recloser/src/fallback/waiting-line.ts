/**
 * Those who wait for one breaker's circuit, in order. They are let go in steps: one when its cooldown or hold has ended (the
 * probe), then as many as the ramp admits, never more than twice as many as the time before. One timer serves all lines of
 * a clock; a line looks when an event says that something changed, when a deadline it knows of has come, and, while some may
 * go, every fiftieth of a second or so, since no event tells of a place that got free.
 */
import { offAbort, onAbort } from "../abort-listeners.ts";
import type { Breaker } from "../api.ts";
import type { Clock } from "../clock.ts";
import { Deadline, type Deadlines, deadlinesOf } from "../deadlines.ts";
import type { EventName } from "../events.ts";
import { clockOf, onClose, randomOf } from "../insides.ts";
import { LET_IN_AFTER_MS } from "../ramp.ts";
import type { CircuitOpenError } from "../errors.ts";
import type { Random } from "../random.ts";
import { rejectionAt, wayOf } from "./way.ts";

export interface Wait {
  readonly maxWaitMs: number;
  readonly maxWaiting: number;
  readonly signal: AbortSignal | undefined;
}

interface Waiter {
  readonly go: () => void;
  readonly reject: () => void;
}

const STEP_MS = 20;
// Without an event and without a deadline it still looks at times: a store that is away brings no events.
const LONGEST_LOOK_MS = 30_000;
// Replicas see the same deadline: they come back over a tenth of what they waited.
const SPREAD = 0.1;
const MOST_AT_ONCE = 1_024;
const MOST_SPREAD_MS = 1_000;
const TELLING: readonly EventName[] = ["transition", "hold", "override", "probe"];

export class WaitingLine {
  readonly #breaker: Breaker;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #deadlines: Deadlines;
  // Those who come back from a turn that somebody else took go before the others.
  readonly #returned = new Set<Waiter>();
  readonly #waiting = new Set<Waiter>();
  // It keeps no process alive: those who wait do.
  readonly #look: Deadline = new Deadline(() => this.#letGo(), false);
  #listeners: Disposable[] = [];
  #stopHearingOfClose: () => void = () => {};
  #step = 1;
  // Since when the ramp has had no place; null: it has.
  #fullSinceMs: number | null = null;

  constructor(breaker: Breaker) {
    this.#breaker = breaker;
    this.#clock = clockOf(breaker);
    this.#random = randomOf(breaker);
    this.#deadlines = deadlinesOf(this.#clock);
  }

  get size(): number {
    return this.#returned.size + this.#waiting.size;
  }

  /**
   * Resolves when it is this caller's turn. Rejects with `CircuitOpenError` when the line is full, the wait is over or the
   * recloser closes, and with the signal's reason when that aborts.
   *
   * @param rejection what its call was rejected with when it had its turn; null for its first
   */
  enter({ maxWaitMs, maxWaiting, signal }: Wait, rejection: CircuitOpenError | null): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (rejection === null && this.size >= maxWaiting) return Promise.reject(this.#rejection());
    return new Promise((resolve, reject) => {
      const ends = (how: () => void): void => {
        if (signal !== undefined) offAbort(signal, gone);
        this.#deadlines.clear(due);
        this.#leave(waiter);
        how();
      };
      const gone = (): void => ends(() => reject(signal?.reason));
      const turnedAway = (): void => ends(() => reject(this.#rejection()));
      const due = new Deadline(turnedAway);
      const waiter: Waiter = { go: () => ends(resolve), reject: turnedAway };
      if (signal !== undefined) onAbort(signal, gone);
      this.#deadlines.set(due, maxWaitMs, this.#clock.now());
      this.#join(waiter, rejection);
    });
  }

  #rejection(): CircuitOpenError {
    return rejectionAt(this.#breaker.snapshot());
  }

  #join(waiter: Waiter, rejection: CircuitOpenError | null): void {
    (rejection === null ? this.#waiting : this.#returned).add(waiter);
    const isFirst = this.#listeners.length === 0;
    if (isFirst) {
      this.#listeners = TELLING.map((event) => this.#breaker.on(event, () => this.#lookSoon()));
      this.#stopHearingOfClose = onClose(this.#breaker, () => this.#close());
      this.#step = 1;
    }
    // Somebody else probes, and has been given this long: before that only an event says more.
    if (rejection !== null) this.#lookIn(Math.max(STEP_MS, Math.min(LONGEST_LOOK_MS, rejection.retryAfterMs)));
    else if (isFirst) this.#lookSoon();
  }

  #leave(waiter: Waiter): void {
    this.#returned.delete(waiter);
    this.#waiting.delete(waiter);
    if (this.size > 0) return;
    for (const listener of this.#listeners.splice(0)) listener[Symbol.dispose]();
    this.#stopHearingOfClose();
    this.#deadlines.clear(this.#look);
  }

  // Nothing goes on by itself from now on, so nobody need wait for it.
  #close(): void {
    for (const waiter of [...this.#returned, ...this.#waiting]) waiter.reject();
  }

  #letGo(): void {
    const { room, againMs } = wayOf(this.#breaker.snapshot());
    if (room === 0 && againMs > 0) {
      this.#step = 1;
      this.#fullSinceMs = null;
      const spreadMs = Math.min(MOST_SPREAD_MS, againMs * SPREAD) * this.#random();
      return this.#lookIn(Math.min(LONGEST_LOOK_MS, againMs + spreadMs));
    }
    const many = Math.min(this.#placesIn(room), this.#step);
    for (const waiter of [...this.#returned, ...this.#waiting].slice(0, many)) waiter.go();
    if (many > 0) this.#step = Math.min(this.#step * 2, MOST_AT_ONCE);
    this.#lookSoon();
  }

  // A full ramp widens by itself when its calls take long (see Ramp), but only when somebody asks it to.
  #placesIn(room: number): number {
    const nowMs = this.#clock.now();
    if (room > 0) this.#fullSinceMs = null;
    else this.#fullSinceMs ??= nowMs;
    if (this.#fullSinceMs === null || nowMs - this.#fullSinceMs < LET_IN_AFTER_MS) return room;
    this.#fullSinceMs = nowMs;
    return 1;
  }

  #lookSoon(): void {
    this.#lookIn(STEP_MS * (0.5 + this.#random()));
  }

  #lookIn(delayMs: number): void {
    if (this.size > 0) this.#deadlines.set(this.#look, Math.ceil(delayMs), this.#clock.now());
  }
}
