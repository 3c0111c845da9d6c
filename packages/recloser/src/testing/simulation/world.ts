/** Virtual time: a heap of events, fired one after the other, each with all that follows from it before the next one. */
import type { Random } from "../../random.ts";
import { chooseDrain, type Drain, inMacrotask } from "./drain.ts";
import { EventHeap, type Owner, ScheduledEvent } from "./event-heap.ts";
import { FailureWatch } from "./failure-watch.ts";
import { type RandomStreams, randomStreams } from "./random-streams.ts";
import { RunawayGuard } from "./runaway.ts";

export interface WorldOptions {
  /** Everything random in the world comes from it: the same seed gives the same run, byte by byte. */
  readonly seed: number;
  /** What a right clock shows at the beginning, in epoch milliseconds; default 1 800 000 000 000, as `manualClock`. */
  readonly epochMs?: number;
  /** Events of one instant come in an order drawn from the seed, to explore orders; default: as they were scheduled. */
  readonly shuffleTies?: boolean;
  /** How many events one virtual millisecond may have before the run fails as a runaway; default 100 000. */
  readonly maxEventsPerMs?: number;
  /** How the code under test is brought to rest between events; by default the fastest that works here. @internal */
  readonly drain?: Drain;
}

/** An event that was scheduled. */
export interface Scheduled {
  /** In world time. */
  readonly dueMs: number;
  /** Takes it back; nothing happens if it has fired. */
  cancel(): void;
}

// A multiple of every usual bucket width, so that windows start on a bucket's edge.
const EPOCH_MS = 1_800_000_000_000;

/**
 * A world of virtual time. World time begins at 0 and is in milliseconds.
 *
 * @example
 * const world = new World({ seed: 1 });
 * world.after(1_000, () => console.log(world.nowMs)); // 1000
 * await world.run(60_000);
 */
export class World {
  readonly seed: number;
  readonly epochMs: number;
  /** A stream of randomness of its own for each label. */
  readonly random: RandomStreams;
  readonly #heap = new EventHeap();
  readonly #ties: Random | null;
  readonly #guard: RunawayGuard;
  #drain: Drain | null;
  #nowMs = 0;
  #scheduled = 0;
  #fired = 0;
  #running = false;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.epochMs = options.epochMs ?? EPOCH_MS;
    this.random = randomStreams(options.seed);
    this.#ties = options.shuffleTies === true ? this.random("ties") : null;
    this.#guard = new RunawayGuard(options.maxEventsPerMs ?? 100_000);
    this.#drain = options.drain ?? null;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events that wait and were not taken back. */
  get pending(): number {
    return this.#heap.size;
  }

  /** Events that have fired. */
  get fired(): number {
    return this.#fired;
  }

  /** Runs `run` at a time of the world, at once if that is past. With an owner it waits while that is paused, and is dropped when it crashed. */
  at(atMs: number, run: () => void, owner: Owner | null = null): Scheduled {
    if (!Number.isFinite(atMs)) throw new RangeError(`World.at: expected finite milliseconds, received ${atMs}`);
    const order = this.#ties === null ? this.#scheduled++ : this.#ties();
    const event = new ScheduledEvent(this.#heap, atMs > this.#nowMs ? atMs : this.#nowMs, order, run, owner);
    this.#heap.push(event);
    return event;
  }

  after(delayMs: number, run: () => void, owner: Owner | null = null): Scheduled {
    return this.at(this.#nowMs + delayMs, run, owner);
  }

  /**
   * Lets time pass until `untilMs`. Rejects with what an event threw, or when simulated code left a rejection unhandled
   * or threw where nobody catches; the world can still be looked at then, but not run again.
   */
  run(untilMs: number): Promise<void> {
    if (this.#running) return Promise.reject(new Error("World.run: it runs already, or an earlier run failed"));
    if (!(untilMs >= this.#nowMs && untilMs < Infinity)) {
      return Promise.reject(new RangeError(`World.run: expected a time ≥ ${this.#nowMs} ms, received ${untilMs}`));
    }
    this.#running = true;
    return new Promise((resolve, reject) => {
      // What is thrown out of the drain itself (a tick's callback threw) must reach Node, which then mends its stack of
      // asynchronous contexts; it comes back through the watch.
      const watch = new FailureWatch(() => inMacrotask(() => settle()));
      let settled = false;
      const settle = (thrown?: { readonly error: unknown }): void => {
        if (settled) return;
        settled = true;
        watch.stop();
        if (thrown !== undefined) return reject(thrown.error);
        if (watch.failure !== null) return reject(this.#failed(watch.failure));
        this.#running = false;
        resolve();
      };
      inMacrotask(() => this.#start(untilMs, watch, settle));
    });
  }

  #start(untilMs: number, watch: FailureWatch, settle: (thrown?: { readonly error: unknown }) => void): void {
    const drain = (this.#drain ??= chooseDrain());
    if (drain.kind === "async") {
      this.#passByTurns(untilMs, drain, watch).then(
        () => settle(),
        (error: unknown) => settle({ error }),
      );
      return;
    }
    const thrown = this.#pass(untilMs, drain, watch);
    settle(thrown ?? undefined);
  }

  #pass(untilMs: number, drain: Drain & { kind: "sync" }, watch: FailureWatch): { readonly error: unknown } | null {
    drain.run();
    while (watch.failure === null) {
      try {
        if (!this.#step(untilMs)) break;
      } catch (error) {
        return { error };
      }
      drain.run();
    }
    return null;
  }

  async #passByTurns(untilMs: number, drain: Drain & { kind: "async" }, watch: FailureWatch): Promise<void> {
    await drain.run();
    while (watch.failure === null && this.#step(untilMs)) await drain.run();
  }

  /** Fires the next event; false when none is left until `untilMs`, and then it is that late. */
  #step(untilMs: number): boolean {
    const event = this.#heap.pop(untilMs);
    if (event === null) {
      this.#nowMs = untilMs;
      return false;
    }
    this.#nowMs = event.dueMs;
    this.#fired++;
    this.#guard.count(event, event.dueMs);
    const { owner } = event;
    if (owner === null || owner.state === "running") event.fire();
    else if (owner.state === "paused") owner.hold(event);
    return true;
  }

  #failed({ what, error }: NonNullable<FailureWatch["failure"]>): Error {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new Error(`simulation: ${what} at ${this.#nowMs} ms: ${said}`, { cause: error });
  }
}
