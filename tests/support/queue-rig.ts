/** Calls that wait for their turn, by hand. */
import type {
  Breaker,
  ExecuteOptions,
  PolicyOptions,
  RejectedEvent,
  WaitEvent,
} from "../../packages/recloser/src/index.ts";
// Of the same copy as what stands beside it: the built library is another one.
import { createBreaker } from "../../packages/recloser/src/index.ts";
import { type ManualClock, manualClock } from "../../packages/recloser/src/testing/manual-clock.ts";

/** A call whose end the test decides. */
export interface Made {
  readonly promise: Promise<string>;
  answer(): void;
  fail(error: unknown): void;
}

/** A breaker with a queue, and the calls made through it. */
export class Rig {
  readonly clock: ManualClock = manualClock();
  readonly breaker: Breaker;
  /** The names of calls in the order they were made. */
  readonly made: string[] = [];
  readonly rejected: RejectedEvent[] = [];
  readonly waits: WaitEvent[] = [];

  constructor(policy: PolicyOptions = {}, slots = 1) {
    const { shed, ...more } = policy;
    this.breaker = createBreaker({
      ...more,
      name: "llm",
      clock: this.clock,
      shed: { maxInFlight: slots, queue: { size: 3, maxWait: "5s" }, ...shed },
    });
    this.breaker.on("rejected", (event) => this.rejected.push(event));
    this.breaker.on("wait", (event) => this.waits.push(event));
  }

  call(name: string, options?: ExecuteOptions, breaker: Breaker = this.breaker): Made {
    let [answer, fail]: [(value: string) => void, (error: unknown) => void] = [() => {}, () => {}];
    const work = new Promise<string>((resolve, reject) => ([answer, fail] = [resolve, reject]));
    const promise: Promise<string> = breaker.execute<string>(() => {
      this.made.push(name);
      return work;
    }, options);
    promise.catch(() => {});
    return { promise, answer: () => answer(name), fail };
  }

  get waiting(): { interactive: number; batch: number } {
    return this.breaker.snapshot().load.waiting;
  }

  settle(): Promise<void> {
    return this.clock.advance(0);
  }
}

/** What a call came to: its answer, or its error. */
export const endOf = (made: Made): Promise<unknown> => made.promise.catch((error: unknown) => error);
