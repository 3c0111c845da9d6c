/**
 * One sweep for all records of a process: it looks for calls that have gone silent. It runs only while some record has
 * calls in flight that have shown nothing, and does not keep the process alive.
 */
import { type Alarm, type Clock, createAlarm } from "./clock.ts";

export interface Swept {
  /** How often it wants to be looked at, in milliseconds. */
  readonly sweepEveryMs: number;
  /** Looks; false when there is nothing left to look at, until it is added again. */
  sweep(nowMs: number): boolean;
}

export class Sweeper {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #swept = new Set<Swept>();
  #everyMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#alarm = createAlarm(clock, () => this.#run());
  }

  add(swept: Swept): void {
    this.#swept.add(swept);
    if (swept.sweepEveryMs >= this.#everyMs) return;
    this.#everyMs = swept.sweepEveryMs;
    this.#alarm.set(this.#everyMs);
  }

  #run(): void {
    const nowMs = this.#clock.now();
    let everyMs = Infinity;
    for (const swept of this.#swept) {
      if (swept.sweep(nowMs)) everyMs = Math.min(everyMs, swept.sweepEveryMs);
      else this.#swept.delete(swept);
    }
    this.#everyMs = everyMs;
    if (everyMs !== Infinity) this.#alarm.set(everyMs);
  }
}

const byClock = new WeakMap<Clock, Sweeper>();

/** The sweeper of a clock. */
export function sweeperOf(clock: Clock): Sweeper {
  let sweeper = byClock.get(clock);
  if (sweeper === undefined) {
    sweeper = new Sweeper(clock);
    byClock.set(clock, sweeper);
  }
  return sweeper;
}
