/**
 * Retries, the queue, failover, fallbacks, waits for a circuit and kept answers together, at random: callers leave in any
 * microtask, listeners send others away, operators and `configure` come in between. Nothing may be left of it, and each
 * request is counted once.
 */
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Breaker, ExecuteOptions, Recloser } from "./api.ts";
import type { GuardingBreaker } from "./breaker.ts";
import type { CallContext } from "./call.ts";
import { failover } from "./failover.ts";
import { failoverStream } from "./failover-stream.ts";
import { executeWhenClosed } from "./fallback/execute-when-closed.ts";
import { staleIfError } from "./fallback/stale-if-error.ts";
import { waitUntilClosed } from "./fallback/wait-until-closed.ts";
import { intakeOf } from "./intake.ts";
import type { Permit } from "./permit.ts";
import type { PolicyOptions } from "./policy.ts";
import { createRecloser } from "./recloser.ts";
import type { RetryOptions } from "./retry-options.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const ENDS = {
  ok: () => "answer",
  response: () => new Response("busy", { status: 503 }),
  overloaded: () => Promise.reject(Object.assign(new Error("busy"), { status: 503 })),
  limited: () => Promise.reject(Object.assign(new Error("slow"), { status: 429, headers: { "retry-after": "1" } })),
  bad: () => Promise.reject(Object.assign(new Error("what"), { status: 400 })),
  unsent: () => Promise.reject(Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" })),
} as const;
type End = keyof typeof ENDS | "throws" | "hang";
const FAILURES: ReadonlySet<End> = new Set(["response", "overloaded", "unsent", "throws"]);

const RETRIES = {
  no: false,
  idempotent: { on: "idempotent", initial: 20 },
  always: { on: () => true, attempts: 4, initial: 20 },
} as const satisfies Record<string, RetryOptions | false>;

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const WAYS = ["execute", "stream", "failover", "failoverStream", "when", "acquire", "wait", "stale"] as const;

/** @param ways through which calls come @param ends how their requests may end */
const callOf = (ways: readonly (typeof WAYS)[number][], ends: readonly End[]) =>
  fc.record({
    type: fc.constant("call" as const),
    way: some(...ways),
    script: fc.array(fc.record({ end: some(...ends), afterMs: some(0, 0, 5, 200, 3_000), microtasks: fc.nat(5) }), {
      minLength: 1,
      maxLength: 4,
    }),
    key: some("a", "b"),
    isBatch: fc.boolean(),
    timeoutMs: some(null, null, 50, 900),
    retry: some(...(Object.keys(RETRIES) as (keyof typeof RETRIES)[])),
    hasFallback: fc.boolean(),
    // After so many microtasks its caller leaves.
    leavesAfter: some(null, null, null, null, null, 0, 1, 2, 3, 5, 8),
  });
type CallOp = ReturnType<typeof callOf> extends fc.Arbitrary<infer T> ? T : never;

const op = fc.oneof(
  { weight: 10, arbitrary: callOf(WAYS, ["ok", "ok", ...(Object.keys(ENDS) as End[]), "throws", "hang"]) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("advance" as const), ms: some(0, 1, 5, 50, 500, 2_000) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("microtasks" as const), count: fc.nat(6) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("leave" as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("settle" as const), how: some("success", "ignore") }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: some("open" as const, "closed" as const, "reset" as const), key: some("a", "b") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("configure" as const),
      slots: some(1, 5),
      mode: some("enforce" as const, "observe" as const, "off" as const),
    }),
  },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

interface Caller {
  readonly way: string;
  readonly abort: AbortController;
  made: number;
  isSettled: boolean;
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

class Scene {
  readonly clock: ManualClock = manualClock();
  readonly recloser: Recloser;
  readonly callers: Caller[] = [];
  readonly permits: Permit[] = [];
  /** What must not have happened. */
  readonly faults: string[] = [];
  readonly counts: Record<string, { ok: number; failed: number }> = {
    a: { ok: 0, failed: 0 },
    b: { ok: 0, failed: 0 },
  };
  readonly #policy: PolicyOptions;
  readonly #answers: ReturnType<typeof staleIfError<string, unknown>>;

  constructor(policy: PolicyOptions, seed = 1) {
    this.#policy = policy;
    this.recloser = createRecloser({ clock: this.clock, random: seededRandom(seed), defaults: policy });
    this.#answers = staleIfError({ store: new Map(), ttl: "1h", clock: this.clock, freshFor: 10 });
  }

  get breakers(): GuardingBreaker[] {
    return ["a", "b"].map((key) => this.recloser.breaker(key) as GuardingBreaker);
  }

  async play(next: Op): Promise<void> {
    switch (next.type) {
      case "call":
        return this.#call(next);
      case "advance":
        return this.clock.advance(next.ms);
      case "microtasks":
        return microtasks(next.count);
      case "leave":
        return this.callers[next.which]?.abort.abort(new Error("left"));
      case "settle":
        return this.permits.shift()?.[next.how as "success" | "ignore"]();
      case "open":
        return this.recloser.breaker(next.key).forceOpen({ by: "t", reason: "t", for: 1_500 });
      case "closed":
        return this.recloser.breaker(next.key).forceClosed({ by: "t", reason: "t", for: 1_500 });
      case "reset":
        return this.recloser.breaker(next.key).reset({ by: "t" });
      case "configure":
        return this.recloser.configure({
          defaults: { ...this.#policy, mode: next.mode, shed: { ...this.#policy.shed, maxInFlight: next.slots } },
        });
    }
  }

  #call(next: CallOp): void {
    const caller: Caller = { way: next.way, abort: new AbortController(), made: 0, isSettled: false };
    this.callers.push(caller);
    const settles = (): void => void (caller.isSettled = true);
    this.#asked(next, caller).then(settles, settles);
    if (next.leavesAfter !== null)
      void microtasks(next.leavesAfter).then(() => caller.abort.abort(new Error("left at once")));
  }

  #asked(next: CallOp, caller: Caller): Promise<unknown> {
    const [breaker, other] = next.key === "a" ? this.breakers : this.breakers.toReversed();
    if (breaker === undefined || other === undefined) throw new Error("two breakers");
    const { signal } = caller.abort;
    const retry = RETRIES[next.retry];
    const run = (at: Breaker) => (context: CallContext) => this.#request(next, caller, at, context);
    const chunks = (at: Breaker) =>
      async function* (this: void, context: CallContext) {
        const first = await run(at)(context);
        yield first;
        yield "more";
      };
    const common = { signal, priority: next.isBatch ? ("batch" as const) : ("interactive" as const) };
    const fallback = next.hasFallback ? { fallback: () => ["instead"] } : {};
    const timeout = next.timeoutMs === null ? {} : { timeout: next.timeoutMs };
    const limit = next.timeoutMs === null ? undefined : 400;
    const options: ExecuteOptions = { ...common, ...timeout, ...fallback, retry };
    const routes = [
      { breaker, retry },
      { breaker: other, ramp: { from: 1 } },
    ];
    switch (next.way) {
      case "execute":
        return breaker.execute(run(breaker), options);
      case "stream":
        return read(breaker.stream(chunks(breaker), options), next.isBatch);
      case "failover": {
        const asked = routes.map((route) => ({ ...route, run: run(route.breaker) }));
        return failover(asked, { ...common, ...timeout, ...fallback, routeTimeout: limit });
      }
      case "failoverStream": {
        const asked = routes.map((route) => ({ ...route, run: chunks(route.breaker) }));
        return read(failoverStream(asked, { ...common, ...timeout, ...fallback, firstToken: limit }), next.isBatch);
      }
      case "when": {
        const wait = { maxWait: 3_000, maxWaiting: 3, idempotent: next.isBatch };
        return executeWhenClosed(breaker, run(breaker), { ...options, ...wait });
      }
      case "acquire":
        return breaker.acquire(common).then((permit) => this.permits.push(permit));
      case "wait":
        return waitUntilClosed(breaker, { signal, maxWait: 3_000 });
      case "stale":
        return this.#answers.execute(breaker, next.key, run(breaker), options);
    }
  }

  #request(next: CallOp, caller: Caller, at: Breaker, { signal }: CallContext): unknown {
    const isShared = next.way === "stale";
    if (caller.isSettled && !isShared) this.faults.push(`a request for a settled ${next.way}`);
    if (caller.abort.signal.aborted && !isShared) this.faults.push(`a request for a ${next.way} that was given up`);
    const {
      end,
      afterMs,
      microtasks: ticks,
    } = next.script[Math.min(caller.made++, next.script.length - 1)] ?? {
      ...{ end: "ok" as const, afterMs: 0, microtasks: 0 },
    };
    const count = this.counts[at.name];
    if (count !== undefined && end === "ok") count.ok++;
    if (count !== undefined && FAILURES.has(end)) count.failed++;
    if (end === "throws") throw Object.assign(new Error("at once"), { status: 503 });
    return (async () => {
      await microtasks(ticks);
      if (afterMs > 0) await this.clock.sleep(afterMs);
      if (end !== "hang") return ENDS[end]();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    })();
  }

  /** Long enough for every limit of time; nobody keeps a permit. */
  async end(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await this.clock.advance(30_000);
      for (const permit of this.permits.splice(0)) permit.ignore();
    }
  }

  /** What is left at the end; see `NOTHING`. */
  get leftovers(): typeof NOTHING {
    const machines = this.breakers.flatMap((breaker) => breaker.machines);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
    return {
      faults: this.faults,
      callers: this.callers.filter(({ isSettled }) => !isSettled).map(({ way }) => way),
      listeners: sum(this.callers.map(({ abort }) => getEventListeners(abort.signal, "abort").length)),
      inFlight: sum(machines.map(({ inFlight, ramp }) => inFlight + (ramp?.inFlight ?? 0))),
      waiting: sum(machines.map(({ waiting }) => waiting?.size ?? 0)),
      retries: sum(this.breakers.map((breaker) => breaker.snapshot().retries.waiting)),
      intake: sum(this.breakers.map((breaker) => intakeOf(breaker).inFlight)),
    };
  }
}

const NOTHING = {
  ...{ faults: [] as string[], callers: [] as string[] },
  ...{ listeners: 0, inFlight: 0, waiting: 0, retries: 0, intake: 0 },
};

async function read(stream: AsyncIterable<unknown>, leavesEarly: boolean): Promise<void> {
  let chunks = 0;
  for await (const _ of stream) if (++chunks === 2 && leavesEarly) break;
}

const ops = (of: fc.Arbitrary<Op>): fc.Arbitrary<Op[]> => fc.array(of, { maxLength: 40, size: "max" });

describe("everything together", { timeout: 120_000 }, () => {
  it("leaves nothing behind: no caller, request, place, listener or timer", async () => {
    const play = async (
      steps: readonly Op[],
      [slots, size]: readonly [number, number],
      sender: "wait" | "rejected" | "transition" | "retry" | "hold" | null,
      closes: boolean,
    ): Promise<void> => {
      const scene = new Scene({
        ...{
          failureThreshold: 3,
          cooldown: { initial: 1_000, max: 4_000 },
          silence: 5_000,
          timeouts: { total: "60s" },
        },
        shed: { maxInFlight: slots, queue: { size, maxWait: 2_000 } },
      });
      let sent = 0;
      if (sender !== null) scene.recloser.on(sender, () => scene.callers[sent++]?.abort.abort(new Error("sent away")));
      for (const step of steps) await scene.play(step);
      if (closes) await scene.recloser.close();
      await scene.end();
      expect(scene.leftovers).toEqual(NOTHING);
      expect(scene.clock.sleeping).toBe(0);
    };
    const limits = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
    const sender = some(null, null, "wait" as const, "rejected" as const, "transition" as const, "retry" as const);
    await fc.assert(fc.asyncProperty(ops(op), limits, sender, fc.boolean(), play), { numRuns: 150 });
  });

  it("counts each request once, in the breaker that it was made through", async () => {
    const ways = ["execute", "stream", "failover", "failoverStream", "when"] as const;
    const calls = callOf(ways, ["ok", "ok", "overloaded", "bad", "unsent", "throws"]).map((call) => ({
      ...{ ...call, timeoutMs: null, leavesAfter: null, isBatch: false },
      script: call.script.map((step) => ({ ...step, afterMs: Math.min(step.afterMs, 200) })),
    }));
    const pauses = fc.record({ type: fc.constant("advance" as const), ms: some(0, 5, 200) });
    const limits = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));
    let counted = 0;
    const play = async (steps: readonly Op[], [slots, size]: readonly [number, number]): Promise<void> => {
      const scene = new Scene({
        ...{ window: "20m", failureRate: false, consecutiveFailures: false, silence: false },
        shed: { maxInFlight: slots, adaptive: false, queue: { size, maxWait: 1_000 } },
      });
      for (const step of steps) await scene.play(step);
      await scene.end();
      expect(scene.leftovers).toEqual(NOTHING);
      for (const breaker of scene.breakers) {
        const { successes: ok, failures: failed } = breaker.snapshot().window;
        expect({ ok, failed }).toEqual(scene.counts[breaker.name]);
        counted += ok + failed;
      }
    };
    const steps = ops(fc.oneof({ weight: 3, arbitrary: calls }, { weight: 1, arbitrary: pauses }));
    await fc.assert(fc.asyncProperty(steps, limits, play), { numRuns: 60 });
    expect(counted).toBeGreaterThan(500);
  });
});
