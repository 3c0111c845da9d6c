/** A simulated process of an operating system: its clock, and what a pause or a crash does to all that it has scheduled. */
import type { Clock } from "../../clock.ts";
import type { Owner } from "./event-heap.ts";
import type { Scheduled, World } from "./world.ts";

/** How a process's clock is wrong. */
export interface ClockError {
  /** How far it is ahead of the world, in milliseconds; default 0. */
  readonly skewMs?: number;
  /** How much faster it runs: 0.0001 gains 0.1 ms a second; default 0. */
  readonly drift?: number;
}

/**
 * A process. Code belongs to it by what wakes it: its clock's sleeps, its {@link after}, and what is delivered to it.
 *
 * @example
 * const replica = new SimulatedProcess(world, "replica 1");
 * const recloser = createRecloser({ clock: replica.clock, random: world.random("replica 1"), replicaId: replica.name });
 */
export class SimulatedProcess implements Owner {
  readonly world: World;
  readonly name: string;
  /** For the library that runs in it. */
  readonly clock: Clock;
  #state: "running" | "paused" | "crashed" = "running";
  readonly #clock: ProcessClock;
  #held: (() => void)[] = [];
  readonly #onCrash: (() => void)[] = [];

  constructor(world: World, name: string, clock: ClockError = {}) {
    this.world = world;
    this.name = name;
    this.#clock = new ProcessClock(this, clock);
    this.clock = this.#clock;
  }

  get state(): "running" | "paused" | "crashed" {
    return this.#state;
  }

  /** How many sleeps of its clock are outstanding. */
  get sleeping(): number {
    return this.#clock.sleeping;
  }

  /** Runs `run` in this process after milliseconds of world time. */
  after(delayMs: number, run: () => void): Scheduled {
    return this.world.after(delayMs, run, this);
  }

  /** Something arrives from outside: it runs at once, when the process is resumed, or never, as the process is. */
  deliver(run: () => void): void {
    if (this.#state === "running") run();
    else if (this.#state === "paused") this.#held.push(run);
  }

  /** Stops it, like SIGSTOP: whatever comes due or arrives waits. */
  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  /** Goes on, like SIGCONT: all that waited runs at this instant, in the order in which it came. */
  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    // As events of their own: each with all that follows from it before the next.
    for (const run of held) this.world.after(0, run, this);
  }

  /** Ends it, like SIGKILL: nothing of it runs ever again. */
  crash(): void {
    if (this.#state === "crashed") return;
    this.#state = "crashed";
    this.#held = [];
    for (const listener of this.#onCrash.splice(0)) listener();
  }

  /** For what is at the other end of its connections. */
  onCrash(listener: () => void): void {
    this.#onCrash.push(listener);
  }
}

// Epoch milliseconds are exact to some 0.0002 in a double: a sleep must not end before its time by a rounding error.
const ROUNDING_MS = 0.001;

class ProcessClock implements Clock {
  sleeping = 0;
  readonly #process: SimulatedProcess;
  readonly #world: World;
  readonly #atStartMs: number;
  readonly #rate: number;

  constructor(process: SimulatedProcess, { skewMs = 0, drift = 0 }: ClockError) {
    if (!(drift > -1)) throw new RangeError(`SimulatedProcess: drift must be above -1, received ${drift}`);
    this.#process = process;
    this.#world = process.world;
    this.#atStartMs = process.world.epochMs + skewMs;
    this.#rate = 1 + drift;
  }

  now(): number {
    return this.#atStartMs + this.#world.nowMs * this.#rate;
  }

  sleep(ms: number, options?: { signal?: AbortSignal }): Promise<void> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        this.sleeping--;
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.sleeping--;
        event.cancel();
        reject(signal?.reason);
      };
      const event = this.#world.at(this.#dueMs(Math.max(0, ms)), wake, this.#process);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.sleeping++;
    });
  }

  #dueMs(ms: number): number {
    const dueMs = this.#world.nowMs + ms / this.#rate;
    const shown = this.#atStartMs + dueMs * this.#rate;
    return shown < this.now() + ms ? dueMs + ROUNDING_MS : dueMs;
  }
}
