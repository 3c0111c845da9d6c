import { createRequire } from "node:module";
import CircuitBreaker from "opossum";
import { Calls, fallbackAnswer, isCallerError } from "../calls.ts";
import type { Answer, Contender, Control, Library, Setup, State } from "../contender.ts";
import { type PatchedTime, patchedTime } from "../patched-time.ts";

const { version } = createRequire(import.meta.url)("opossum/package.json") as { readonly version: string };

export const opossum: Library = {
  name: "opossum",
  version,
  lacks: [
    "growing cooldown",
    "retry hints",
    "known statuses",
    "slow calls",
    "successes in a row",
    "manual hold",
    "shared state",
    "streams",
  ],
  open: () => new Opossum(),
};

type Action = () => Promise<string>;

class Opossum implements Contender, Disposable {
  readonly #time: PatchedTime = patchedTime();
  readonly #calls = new Calls();
  #breaker: CircuitBreaker<string, [Action]> | null = null;

  create(setup: Setup): void {
    const breaker = new CircuitBreaker<string, [Action]>((action) => action(), {
      timeout: setup.timeoutMs ?? false,
      rollingCountTimeout: setup.windowMs,
      rollingCountBuckets: 10,
      volumeThreshold: setup.minimumCalls,
      errorThresholdPercentage: setup.failureRate * 100,
      resetTimeout: setup.cooldownMs,
      ...(setup.capacity === undefined ? {} : { capacity: setup.capacity }),
      ...(setup.declaresCallerErrors === true ? { errorFilter: isCallerError } : {}),
    });
    if (setup.hasFallback === true) breaker.fallback(fallbackAnswer);
    this.#breaker = breaker;
  }

  async admit(call: string): Promise<Answer> {
    this.#calls.begin(call, ({ act }) => this.#made().fire(act));
    await this.#time.advance(0);
    return this.#calls.answerOf(call);
  }

  async settle(...[call, end]: Parameters<Contender["settle"]>): Promise<Answer> {
    this.#calls.end(call, end);
    await this.#time.advance(0);
    return this.#calls.answerOf(call);
  }

  advance(ms: number): Promise<void> {
    return this.#time.advance(ms);
  }

  inspect(): ReturnType<Contender["inspect"]> {
    const breaker = this.#made();
    const open: State = breaker.halfOpen ? "half-open" : "open";
    return { state: breaker.closed ? "closed" : open, answers: this.#calls.answers() };
  }

  control(action: Control): Promise<void> {
    return Promise.reject(new Error(`opossum has nothing to ${action}`));
  }

  [Symbol.dispose](): void {
    this.#breaker?.shutdown();
    this.#time[Symbol.dispose]();
  }

  #made(): CircuitBreaker<string, [Action]> {
    if (this.#breaker === null) throw new Error("create() comes first");
    return this.#breaker;
  }
}
