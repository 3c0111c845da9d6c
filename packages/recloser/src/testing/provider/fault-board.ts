/** Which fault is in force now: one that was set, or the schedule's. */
import { createAlarm } from "../../clock.ts";
import type { Alarm, Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { coversModel } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { startSchedule } from "./schedule.ts";
import type { ScheduleRun, ScheduleStep } from "./schedule.ts";

interface Running {
  readonly schedule: ScheduleRun;
  readonly finish: () => void;
}

export class FaultBoard {
  readonly #clock: Clock;
  readonly #onChange: (fault: Fault | null) => void;
  readonly #alarm: Alarm;
  #random: Random;
  #fixed: Fault | null = null;
  #running: Running | null = null;
  #down = false;
  #closed = false;

  /** `onChange` is called when the listener must go down or come up, and whenever a fault is set. */
  constructor(clock: Clock, random: Random, onChange: (fault: Fault | null) => void) {
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
    this.#alarm = createAlarm(clock, () => this.#follow());
    // While the listener is down this timer may be all there is, and the schedule must still bring it back.
    this.#alarm.keepAlive(true);
  }

  get current(): Fault | null {
    if (this.#running === null) return this.#fixed;
    const { schedule } = this.#running;
    schedule.advance(this.#clock.now());
    if (schedule.done) this.#end(schedule.fault);
    return schedule.fault;
  }

  get scheduled(): boolean {
    return this.current !== undefined && this.#running !== null;
  }

  /** The fault that strikes a request which arrives now, null for none. Counts the request and draws the probability. */
  take(model: string | null): Fault | null {
    const standing = this.current;
    const fault = this.#running === null ? standing : this.#counted(this.#running.schedule, model);
    if (fault === null || fault.kind === "down" || !coversModel(fault, model)) return null;
    return fault.probability === undefined || this.#random() < fault.probability ? fault : null;
  }

  #counted(schedule: ScheduleRun, model: string | null): Fault | null {
    const byRequests = schedule.dueMs === null;
    const fault = schedule.take(model, this.#clock.now());
    // The last request of a counted step is answered before the provider goes down: `settle` sees to that. Any other
    // next step begins now; a timed step has its alarm already.
    if (byRequests && schedule.fault?.kind !== "down") this.#follow();
    return fault;
  }

  /** A request has ended: a `down` that its counted step led to may come now. */
  settle(): void {
    if (this.#running !== null) this.#follow();
  }

  /** Replaces fault and schedule. */
  set(fault: Fault | null): void {
    if (this.#closed) return;
    this.#end(fault);
    this.#announce(fault);
  }

  /** Replaces fault and schedule; resolves when the last step is over or the schedule was replaced. */
  run(steps: readonly ScheduleStep[]): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#end(null);
    return new Promise((resolve) => {
      this.#running = { schedule: startSchedule(steps, this.#clock.now()), finish: resolve };
      this.#announce(this.current);
      this.#follow();
    });
  }

  /** Draws from another source of randomness from now on. */
  reseed(random: Random): void {
    this.#random = random;
  }

  /** Nothing is in force any more, and nothing can be set. */
  close(): void {
    this.#closed = true;
    this.#end(null);
  }

  #follow(): void {
    const fault = this.current;
    const dueMs = this.#running?.schedule.dueMs ?? null;
    if (dueMs === null) this.#alarm.clear();
    else this.#alarm.set(dueMs - this.#clock.now());
    if ((fault?.kind === "down") !== this.#down) this.#announce(fault);
  }

  #announce(fault: Fault | null): void {
    this.#down = fault?.kind === "down";
    this.#onChange(fault);
  }

  #end(last: Fault | null): void {
    const ended = this.#running;
    this.#running = null;
    this.#fixed = last;
    this.#alarm.clear();
    ended?.finish();
  }
}
