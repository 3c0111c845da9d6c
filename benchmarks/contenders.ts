/**
 * The three libraries, each set up for the same job: a window of 30 s, no timeout, a cooldown no benchmark outlives.
 * Rules that trip are armed but out of reach, so that each failure is judged and none opens the circuit.
 */
import CircuitBreaker from "opossum";
import { type CircuitBreakerPolicy, circuitBreaker, handleAll, SamplingBreaker } from "cockatiel";
import type { Contender } from "./measure.ts";
import { type Breaker, type BreakerKey, createRecloser, type PolicyOptions } from "recloser";

export const OURS = "recloser";
export const COCKATIEL = "cockatiel";
export const OPOSSUM = "opossum";
export const BARE = "bare call";

export const answer = async (): Promise<number> => 1;

// One error object: making one costs more than any breaker, and is the provider's doing.
const failure = new Error("the provider is down");
export const fail = async (): Promise<number> => {
  throw failure;
};

/** Every operation is made here, so that each contender's goes through the same calls. */
export function contender<B>(
  name: string,
  create: () => B | Promise<B>,
  call: (built: B) => unknown,
  dispose?: (built: B) => void,
): Contender {
  return {
    name,
    prepare: async () => {
      const built = await create();
      return { op: () => call(built), dispose: () => dispose?.(built) };
    },
  };
}

const LONG_MS = 3_600_000;
const UNREACHABLE = 1_000_000_000;

export function recloserBreaker(options: PolicyOptions = {}, key: string | BreakerKey = "openai"): Breaker {
  return createRecloser({ defaults: { cooldown: { initial: LONG_MS, max: LONG_MS }, ...options } }).breaker(key);
}

/** Judged by the rate (never all calls fail), a threshold and a streak that nothing reaches; and no call is shed unmade. */
export const OUT_OF_REACH: PolicyOptions = {
  failureRate: 1,
  failureThreshold: UNREACHABLE,
  consecutiveFailures: UNREACHABLE,
  shed: { adaptive: false },
};

export function cockatielBreaker(threshold = 0.5, minimumRps?: number): CircuitBreakerPolicy {
  const breaker = new SamplingBreaker({
    threshold,
    duration: 30_000,
    ...(minimumRps === undefined ? {} : { minimumRps }),
  });
  return circuitBreaker(handleAll, { halfOpenAfter: LONG_MS, breaker });
}

export function opossumBreaker(
  action: () => Promise<number>,
  options: { readonly timeout?: number | false; readonly errorThresholdPercentage?: number } = {},
): CircuitBreaker<number> {
  return new CircuitBreaker(action, {
    timeout: false,
    resetTimeout: LONG_MS,
    rollingCountTimeout: 30_000,
    rollingCountBuckets: 10,
    ...options,
  });
}

/** Ends its interval timers. */
export function shutDown(breaker: CircuitBreaker<number>): void {
  breaker.shutdown();
}
