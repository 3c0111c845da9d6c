import { createRequire } from "node:module";
import {
  bulkhead,
  type CircuitBreakerPolicy,
  circuitBreaker,
  CircuitState,
  ConstantBackoff,
  ExponentialBackoff,
  fallback,
  handleAll,
  handleWhen,
  type IDisposable,
  noop,
  noJitterGenerator,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import { Calls, fallbackAnswer, type Guarded, isCallerError } from "../calls.ts";
import type { Answer, Contender, Control, Library, Setup, State } from "../contender.ts";
import { type PatchedTime, patchedTime } from "../patched-time.ts";

const { version } = createRequire(import.meta.url)("cockatiel/package.json") as { readonly version: string };

export const cockatiel: Library = {
  name: "cockatiel",
  version,
  lacks: ["retry hints", "known statuses", "slow calls", "successes in a row", "shared state", "streams"],
  open: () => new Cockatiel(),
};

class Cockatiel implements Contender, Disposable {
  readonly #time: PatchedTime = patchedTime();
  readonly #calls = new Calls();
  #breaker: CircuitBreakerPolicy | null = null;
  #execute: ((guarded: Guarded) => Promise<string>) | null = null;
  #held: IDisposable | null = null;

  create(setup: Setup): void {
    const handled = setup.declaresCallerErrors === true ? handleWhen((error) => !isCallerError(error)) : handleAll;
    this.#breaker = circuitBreaker(handled, {
      halfOpenAfter: backoffOf(setup),
      breaker: new SamplingBreaker({
        threshold: setup.failureRate,
        duration: setup.windowMs,
        // Its minimum is a rate of calls; this is the same number of calls in the window.
        minimumRps: setup.minimumCalls / (setup.windowMs / 1_000),
      }),
    });
    // Outermost first. The room is outside the breaker, so that what is refused for want of it is no failure.
    const policy = wrap(
      setup.hasFallback === true ? fallback(handled, fallbackAnswer) : noop,
      setup.capacity === undefined ? noop : bulkhead(setup.capacity),
      this.#breaker,
      setup.timeoutMs === undefined ? noop : timeout(setup.timeoutMs, TimeoutStrategy.Aggressive),
    );
    this.#execute = ({ act, signal }) => policy.execute(act, signal);
  }

  async admit(call: string): Promise<Answer> {
    const execute = this.#execute;
    if (execute === null) throw new Error("create() comes first");
    this.#calls.begin(call, execute);
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
    return { state: stateOf(this.#breaker?.state), answers: this.#calls.answers() };
  }

  control(action: Control): Promise<void> {
    if (action === "hold open") this.#held = this.#breaker?.isolate() ?? null;
    else if (action === "release") this.#held?.dispose();
    else return Promise.reject(new Error("cockatiel has no store"));
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.#time[Symbol.dispose]();
  }
}

function backoffOf({ cooldownMs, cooldownFactor = 1 }: Setup): ConstantBackoff | ExponentialBackoff<unknown> {
  if (cooldownFactor === 1) return new ConstantBackoff(cooldownMs);
  return new ExponentialBackoff({
    generator: noJitterGenerator,
    initialDelay: cooldownMs,
    exponent: cooldownFactor,
    maxDelay: 60_000,
  });
}

function stateOf(state: CircuitState | undefined): State {
  if (state === CircuitState.Closed) return "closed";
  return state === CircuitState.HalfOpen ? "half-open" : "open";
}
