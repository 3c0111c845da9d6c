/** Virtual time: a heap of events, fired one after the other, each with all that follows from it before the next one. */
import type { Random } from "../../random.ts";
import { chooseDrain, type Drain, inMacrotask, turnDrain } from "./drain.ts";
import { EventHeap, type Owner, ScheduledEvent } from "./event-heap.ts";
import { type Failure, FailureWatch } from "./failure-watch.ts";
import { type RandomStreams, randomStreams } from "./random-streams.ts";
import { useLightSignals } from "./light-signals.ts";
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
  /**
   * While the world runs, `new AbortController` makes a light one, and simulating a call costs half; default false. They are
   * not for code that hands signals to `AbortSignal.any`, `fetch` or anything else of the platform.
   */
  readonly lightSignals?: boolean;
  /** Lets the event loop turn between events, as where Node's synchronous drain is missing: the same run, slower. Default false. */
  readonly byTurns?: boolean;
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
  readonly #lightSignals: boolean;
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
    this.#lightSignals = options.lightSignals ?? false;
    this.#drain = options.byTurns === true ? turnDrain : null;
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
      inMacrotask(() => {
        this.#start(untilMs, (failed) => {
          if (failed !== null) return reject(failed.error);
          this.#running = false;
          resolve();
        });
      });
    });
  }

  #start(untilMs: number, done: (failed: { readonly error: unknown } | null) => void): void {
    const restoreSignals = this.#lightSignals ? useLightSignals() : null;
    let ended = false;
    const end = (thrown: { readonly error: unknown } | null): void => {
      if (ended) return;
      ended = true;
      watch.stop();
      restoreSignals?.();
      done(thrown ?? (watch.failure === null ? null : { error: this.#uncaught(watch.failure) }));
    };
    const watch = new FailureWatch(() => inMacrotask(() => end(null)));
    const drain = (this.#drain ??= chooseDrain());
    if (drain.kind === "sync") {
      // What is thrown out of the drain itself (a tick's callback threw) must reach Node, which then mends its stack of
      // asynchronous contexts; it comes back through the watch.
      end(this.#pass(untilMs, drain, watch));
    } else {
      this.#passByTurns(untilMs, drain, watch).then(
        () => end(null),
        (error: unknown) => end({ error }),
      );
    }
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
    else owner.deliver(() => event.fire());
    return true;
  }

  #uncaught({ what, error }: Failure): Error {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new Error(`simulation: ${what} at ${this.#nowMs} ms: ${said}`, { cause: error });
  }
}
