/**
 * Time, as a parameter. This file and `random.ts` are the only ones that may touch the machine's clock, timers or
 * randomness (lint holds that); everything else asks a {@link Clock}.
 */

import { describe, warnOnce } from "./warn.ts";

/** A source of time. `now` must never run backwards; `sleep` rejects with the signal's reason when aborted. */
export interface Clock {
  /** Epoch milliseconds, monotonic. May be fractional. */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number, options?: { signal?: AbortSignal }): Promise<void>;
}

// The longest delay a JavaScript timer can hold; a longer one would fire at once (Node and browsers alike).
const LONGEST_DELAY_MS = 2_147_483_647;
// A timer that comes this late was held up by a blocked event loop; see `SystemAlarm`.
const LATE_MS = 100;
// Clocks round; a sleeper may wake this much before its time.
const EARLY_MS = 1;

// Wall time may be stepped by an operator or NTP; a step of an hour would age every window and silence every call in
// flight. So the wall is read once and the monotonic clock goes on from there.
const ORIGIN_MS: number = performance.timeOrigin;

/** The machine's own clock: epoch milliseconds at start, carried on by the monotonic clock. */
export const systemClock: Clock = {
  now: () => ORIGIN_MS + performance.now(),
  sleep: (ms, options) =>
    new Promise((resolve, reject) => {
      const signal = options?.signal;
      if (signal?.aborted === true) return reject(signal.reason);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(0, ms), LONGEST_DELAY_MS),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** The wall's time, steps included: only for an instant that is handed to somebody who compares it with a wall clock. */
export function wallNow(): number {
  return Date.now();
}

// Reading the clock is a quarter of what an admitted call costs, and on the closed path an instant that is a little old is
// as good. While calls are made, a timer keeps one for all; after a tick without any it stops.
const TICK_MS = 20;
// A tick that is later than this found the event loop blocked: what was said meanwhile was too early by that much.
const STALL_MS = 250;
const MOST_STALLS = 32;
let tickMs = 0;
let ticking: ReturnType<typeof setInterval> | null = null;
let asked = false;
const stalls: { readonly saidMs: number; readonly endedMs: number }[] = [];

function tick(): void {
  if (!asked) {
    if (ticking !== null) clearInterval(ticking);
    ticking = null;
    return;
  }
  asked = false;
  const nowMs = systemClock.now();
  if (nowMs - tickMs > STALL_MS && stalls.push({ saidMs: tickMs, endedMs: nowMs }) > MOST_STALLS) stalls.shift();
  tickMs = nowMs;
}

/**
 * The present instant, at most about 20 ms old (longer only by what the event loop is blocked, see {@link atLatest}), for
 * what needs no better. Any clock but the system's is asked itself.
 */
export function recently(clock: Clock): number {
  if (clock !== systemClock) return clock.now();
  if (ticking === null) {
    tickMs = systemClock.now();
    ticking = setInterval(tick, TICK_MS);
    ticking.unref?.();
  }
  asked = true;
  return tickMs;
}

/** The latest it can have been when {@link recently} said `saidMs`: the end of the stall, if it was said in one. */
export function atLatest(clock: Clock, saidMs: number, nowMs: number): number {
  if (clock !== systemClock) return saidMs;
  if (saidMs === tickMs && nowMs - tickMs > STALL_MS) return nowMs; // the stall's tick is still to come
  return stalls.find((stall) => stall.saidMs === saidMs)?.endedMs ?? saidMs;
}

/** One timer that can be moved: the whole library needs a handful of them, never one per breaker or call. */
export interface Alarm {
  /** Calls back once after `delayMs`; replaces what was set before. */
  set(delayMs: number): void;
  /** Whether a set alarm keeps the process alive. */
  keepAlive(yes: boolean): void;
  clear(): void;
}

/** An alarm on a clock. On the system clock it is one re-used timer, on any other a `sleep` that is aborted when moved. */
export function createAlarm(clock: Clock, onDue: () => void): Alarm {
  return clock === systemClock ? new SystemAlarm(onDue) : new SleepAlarm(clock, onDue);
}

class SystemAlarm implements Alarm {
  readonly #onDue: () => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #dueMs = 0;
  #keep = false;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  set(delayMs: number): void {
    this.clear();
    const delay = Math.min(Math.max(0, Math.ceil(delayMs)), LONGEST_DELAY_MS);
    this.#dueMs = performance.now() + delay;
    this.#timer = setTimeout(this.#fire, delay);
    if (!this.#keep) this.#timer.unref?.();
  }

  keepAlive(yes: boolean): void {
    if (this.#keep === yes) return;
    this.#keep = yes;
    if (yes) this.#timer?.ref?.();
    else this.#timer?.unref?.();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  // After the event loop was blocked, timers run before the sockets are read: answers that are already here would be
  // timed out. Late alarms therefore let one turn of I/O pass first.
  readonly #fire = (): void => {
    this.#timer = null;
    const late = performance.now() - this.#dueMs > LATE_MS;
    if (late && typeof setImmediate === "function") setImmediate(this.#onDue);
    else this.#onDue();
  };
}

class SleepAlarm implements Alarm {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #sleep: AbortController | null = null;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  set(delayMs: number): void {
    this.clear();
    const sleep = new AbortController();
    this.#sleep = sleep;
    const dueMs = this.#clock.now() + delayMs;
    const wake = (): void => {
      if (this.#sleep !== sleep) return;
      const leftMs = dueMs - this.#clock.now();
      // Woken early by a clock that does not keep its word: by the machine's own timer then, or this would never yield.
      if (leftMs > EARLY_MS) return this.#wait(leftMs, wake);
      this.#sleep = null;
      this.#onDue();
    };
    const failed = (error: unknown): void => {
      if (this.#sleep !== sleep) return;
      warnOnce(
        "RECLOSER_CLOCK_SLEEP",
        "clock",
        `the clock's sleep failed (${describe(error)}); the machine's timer stands in`,
      );
      this.#wait(delayMs, wake);
    };
    try {
      Promise.resolve(this.#clock.sleep(Math.max(0, delayMs), { signal: sleep.signal })).then(wake, failed);
    } catch (error) {
      failed(error);
    }
  }

  #wait(delayMs: number, wake: () => void): void {
    const timer = setTimeout(wake, Math.min(Math.max(1, delayMs), LONGEST_DELAY_MS));
    timer.unref?.();
  }

  keepAlive(): void {}

  clear(): void {
    this.#sleep?.abort();
    this.#sleep = null;
  }
}
