/**
 * What the scenario tests share: a breaker with the scenarios' own policy on a clock that stands still, and a
 * dependency that counts how often it was reached.
 */
import { CircuitOpenError, createBreaker, createRecloser } from "recloser";
import type { Breaker, CallContext, ExecuteOptions, PolicyOptions, Recloser, RecloserOptions } from "recloser";
import { manualClock } from "recloser/testing";
import { expect } from "vitest";

type ManualClock = ReturnType<typeof manualClock>;

/** The head of scenarios.md: count window 4, trip at ≥ 50 % with ≥ 4 calls, cooldown 10 s, one probe; all else off. */
export const scenarioPolicy: PolicyOptions = {
  window: { calls: 4 },
  minimumCalls: 4,
  failureRate: 0.5,
  failureThreshold: false,
  consecutiveFailures: false,
  slowCall: false,
  silence: false,
  cooldown: { initial: "10s", factor: 2, max: "60s", jitter: 0 },
  probe: { successes: 1, lease: "10s", timeout: "30s" },
  ramp: false,
};

/** The same with a plain count of failures, so that calls in flight and successes do not enter the sum. */
export const atFourFailures: PolicyOptions = {
  ...scenarioPolicy,
  window: "30s",
  failureRate: false,
  failureThreshold: 4,
};

export interface Watched<T> {
  readonly status: "pending" | "resolved" | "rejected";
  readonly value: T | undefined;
  readonly error: unknown;
}

/** A promise whose state can be looked at without waiting for it. */
export function watch<T>(promise: PromiseLike<T>): Watched<T> {
  const watched: { status: Watched<T>["status"]; value: T | undefined; error: unknown } = {
    status: "pending",
    value: undefined,
    error: undefined,
  };
  promise.then(
    (value) => {
      watched.status = "resolved";
      watched.value = value;
    },
    (error: unknown) => {
      watched.status = "rejected";
      watched.error = error;
    },
  );
  return watched;
}

/** A call under way, ended by the test. */
export interface InFlight {
  readonly result: Watched<unknown>;
  readonly context: CallContext | undefined;
  succeed(value?: unknown): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

export interface Rig {
  readonly clock: ManualClock;
  readonly breaker: Breaker;
  /** How often the dependency was reached. */
  readonly invocations: number;
  /** Makes `n` calls one after another, each answered with `value`; gives what callers got. */
  succeeds(n?: number, value?: unknown): Promise<unknown[]>;
  /** Makes `n` calls one after another, each failing with `error`; gives the errors callers got. */
  fails(n?: number, error?: unknown): Promise<unknown[]>;
  /** Plays `"S F S"`. */
  plays(script: string): Promise<void>;
  /** Starts a call that hangs until the test ends it. */
  starts(options?: ExecuteOptions): Promise<InFlight>;
  /** Makes one call that must be rejected by the breaker without reaching the dependency. */
  rejection(): Promise<CircuitOpenError>;
}

export function rigOf(policy: PolicyOptions & { name?: string } = {}, random: () => number = () => 0): Rig {
  const clock = manualClock();
  return rigAround(createBreaker({ ...scenarioPolicy, ...policy, clock, random }), clock);
}

/** A rig that has just tripped by four failures. */
export async function openRig(policy: PolicyOptions & { name?: string } = {}, random?: () => number): Promise<Rig> {
  const rig = rigOf(policy, random);
  await rig.fails(4);
  expect(rig.breaker.state).toBe("open");
  return rig;
}

/** A rig whose first cooldown of 10 s has just ended. */
export async function halfOpenRig(policy: PolicyOptions & { name?: string } = {}): Promise<Rig> {
  const rig = await openRig(policy);
  await rig.clock.advance(10_000);
  expect(rig.breaker.state).toBe("half-open");
  return rig;
}

export interface Fleet {
  readonly clock: ManualClock;
  readonly recloser: Recloser;
  rig(key: Parameters<Recloser["breaker"]>[0], options?: PolicyOptions): Rig;
}

/** A whole recloser in this process, with {@link atFourFailures} for every key. */
export function fleetOf(options: Partial<RecloserOptions> = {}, clock: ManualClock = manualClock()): Fleet {
  const recloser = createRecloser({
    random: () => 0,
    ...options,
    defaults: { ...atFourFailures, ...options.defaults },
    clock,
  });
  return { clock, recloser, rig: (key, policy) => rigAround(recloser.breaker(key, policy), clock) };
}

export function rigAround(breaker: Breaker, clock: ManualClock): Rig {
  let invocations = 0;

  const calls = async (n: number, call: () => unknown): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (let i = 0; i < n; i++) {
      seen.push(
        await breaker
          .execute(() => {
            invocations++;
            return call();
          })
          .catch((error: unknown) => error),
      );
    }
    return seen;
  };
  const fails = (n = 1, error: unknown = down()): Promise<unknown[]> =>
    calls(n, () => {
      throw error;
    });
  const succeeds = (n = 1, value: unknown = "ok"): Promise<unknown[]> => calls(n, () => value);

  return {
    clock,
    breaker,
    get invocations() {
      return invocations;
    },
    succeeds,
    fails,
    async plays(script) {
      for (const step of script.split(" ")) await (step === "F" ? fails() : succeeds());
    },
    async starts(options) {
      let context: CallContext | undefined;
      let end: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
      const result = watch(
        breaker.execute((c) => {
          invocations++;
          context = c;
          return new Promise((resolve, reject) => {
            end = { resolve, reject };
          });
        }, options),
      );
      await clock.advance(0);
      return {
        result,
        context,
        async succeed(value = "ok") {
          end?.resolve(value);
          await clock.advance(0);
        },
        async fail(error = down()) {
          end?.reject(error);
          await clock.advance(0);
        },
      };
    },
    async rejection() {
      const before = invocations;
      const [error] = await succeeds();
      expect(invocations, "the dependency was reached").toBe(before);
      expect(CircuitOpenError.is(error), `rejected by the breaker, got ${String(error)}`).toBe(true);
      return error as CircuitOpenError;
    },
  };
}

/** An SDK's error as they all look: a status, maybe headers. */
export function httpError(status: number, headers: Record<string, string> = {}, more: object = {}): Error {
  return Object.assign(new Error(`${status} from upstream`), { status, headers: new Headers(headers) }, more);
}

export const down = (): Error => httpError(500);

export const refused = (): Error =>
  Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED", syscall: "connect" });

/** Everything an event or error says, in one text. */
export function textOf(thing: object): string {
  return JSON.stringify(thing, Object.getOwnPropertyNames(thing)) + JSON.stringify(thing);
}
