/** At the end nothing is outstanding: no slot, no lease, no deadline, no listener (verification.md, I10). */
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runChild } from "../../../tests/support/child.ts";
import type { Breaker, ExecuteOptions } from "./api.ts";
import type { GuardingBreaker } from "./breaker.ts";
import type { CallContext } from "./call.ts";
import type { Permit } from "./permit.ts";
import type { PolicyOptions } from "./policy.ts";
import { createRecloser } from "./recloser.ts";
import type { RetryOptions } from "./retry-options.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

const ERRORS = {
  plain: () => new Error("db down"),
  "503": () => Object.assign(new Error("no"), { status: 503 }),
  "429": () => Object.assign(new Error("slow down"), { status: 429, headers: { "retry-after": "2" } }),
  "401": () => Object.assign(new Error("who"), { status: 401 }),
  "400": () => Object.assign(new Error("what"), { status: 400 }),
  network: () => Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
  bug: () => new TypeError("x is not a function"),
} as const;

const kind = fc.constantFrom(...(Object.keys(ERRORS) as (keyof typeof ERRORS)[]));
const afterMs = fc.constantFrom(0, 10, 900, 7_000);
const guard = fc.record({
  aborts: fc.constantFrom(null, null, 5, 2_000),
  timeout: fc.constantFrom(null, null, 300),
  priority: fc.constantFrom("interactive" as const, "batch" as const),
  retry: fc.constantFrom<RetryOptions | false>(false, false, { on: () => true }, { on: "idempotent", hintMax: 1_000 }),
});
type Guard = typeof guard extends fc.Arbitrary<infer T> ? T : never;

const op = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("execute" as const),
      how: fc.constantFrom("return", "throw", "resolve", "reject", "hang", "late"),
      kind,
      afterMs,
      guard,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("stream" as const),
      chunks: fc.integer({ min: 0, max: 3 }),
      end: fc.constantFrom("finish", "error", "hang", "hang-on-return"),
      reader: fc.constantFrom("all", "break", "abandon", "return-while-pending"),
      kind,
      afterMs,
      guard,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom("acquire" as const, "try-acquire" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("settle" as const),
      which: fc.nat({ max: 9 }),
      how: fc.constantFrom("success", "failure", "ignore", "dispose", "renew"),
      kind,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      ms: fc.constantFrom(0, 10, 500, 1_100, 5_000, 12_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom("force-open" as const, "force-closed" as const, "reset" as const) }),
  },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

const common = { timeouts: { total: "60s" }, cooldown: { initial: 1_000, max: 4_000 }, silence: 5_000 } as const;
const policies = fc.constantFrom<PolicyOptions>(
  { ...common, failureThreshold: 2, ramp: { from: 1 } },
  { ...common, failureThreshold: 1, probe: { successes: 2, lease: 2_000 }, shed: { maxInFlight: 3 } },
  { ...common, failureThreshold: 2, ramp: { from: 1 }, shed: { maxInFlight: 2, queue: { size: 2, maxWait: 3_000 } } },
  { ...common, failureThreshold: 2, probe: { settleOn: "complete", timeout: 3_000 }, onTrip: "let-run" },
  { ...common, failureThreshold: 2, mode: "observe" },
  { ...common, mode: "off" },
);

class Run {
  readonly clock: ManualClock = manualClock();
  readonly breaker: Breaker;
  readonly permits: Permit[] = [];
  readonly signals: AbortSignal[] = [];
  readonly seen = new Set<string>();

  constructor(policy: PolicyOptions, structured: boolean) {
    const recloser = createRecloser({ clock: this.clock, random: seededRandom(1), defaults: policy });
    recloser.on("transition", ({ from, to }) => this.seen.add(`${from} to ${to}`));
    recloser.on("probe", ({ result }) => this.seen.add(`probe ${result}`));
    recloser.on("rejected", ({ inFlight, reason }) => this.seen.add(inFlight ? "given up" : reason));
    recloser.on("retry", ({ delayMs }) => this.seen.add(delayMs === null ? "budget spent" : "tried again"));
    recloser.on("wait", ({ result }) => this.seen.add(`waited, ${result}`));
    this.breaker = recloser.breaker(structured ? { provider: "p", model: "m", credential: "c" } : "plain");
  }

  async play(next: Op): Promise<void> {
    switch (next.type) {
      case "advance":
        return this.clock.advance(next.ms);
      case "execute":
        return this.#quietly(this.breaker.execute((context) => this.#call(next, context), this.#options(next.guard)));
      case "stream":
        return this.#quietly(this.#read(next));
      case "acquire":
        return this.#quietly(this.breaker.acquire().then((permit) => this.permits.push(permit)));
      case "try-acquire": {
        const permit = this.breaker.tryAcquire();
        if (permit !== null) this.permits.push(permit);
        return;
      }
      case "settle":
        return this.#settle(next);
      case "force-open":
        return this.breaker.forceOpen({ by: "ops", reason: "drill", for: 2_000 });
      case "force-closed":
        return this.breaker.forceClosed({ by: "ops", reason: "drill", for: 2_000 });
      case "reset":
        return this.breaker.reset({ by: "ops" });
    }
  }

  #quietly(promise: Promise<unknown>): void {
    promise.catch(() => {});
  }

  #options({ aborts, timeout, retry, priority }: Guard): ExecuteOptions {
    const controller = new AbortController();
    this.signals.push(controller.signal);
    if (aborts !== null) this.#quietly(this.clock.sleep(aborts).then(() => controller.abort(new Error("bye"))));
    return { signal: controller.signal, retry, priority, ...(timeout === null ? {} : { timeout }) };
  }

  #call(next: Op & { type: "execute" }, { signal }: CallContext): unknown {
    switch (next.how) {
      case "return":
        return 1;
      case "throw":
        throw ERRORS[next.kind]();
      case "resolve":
        return this.clock.sleep(next.afterMs, { signal });
      case "late": // deaf to its signal
        return this.clock.sleep(next.afterMs);
      case "reject":
        return this.clock.sleep(next.afterMs).then(() => Promise.reject(ERRORS[next.kind]()));
      case "hang":
        return new Promise(() => {});
    }
  }

  async #read(next: Op & { type: "stream" }): Promise<void> {
    const options = { ...this.#options(next.guard), firstToken: 4_000, idle: 2_000 };
    const stream = this.breaker.stream(() => this.#source(next), options);
    if (next.reader === "all") for await (const _chunk of stream);
    else if (next.reader === "break") for await (const _chunk of stream) break;
    else {
      const reader = stream[Symbol.asyncIterator]();
      const pulled = reader.next();
      if (next.reader === "return-while-pending") await reader.return?.();
      await pulled;
    }
  }

  #source(next: Op & { type: "stream" }): AsyncIterable<number> {
    let at = 0;
    const forever = new Promise<never>(() => {});
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await this.clock.sleep(next.afterMs);
          if (at++ < next.chunks) return { done: false, value: at };
          if (next.end === "error") throw ERRORS[next.kind]();
          return next.end === "finish" ? { done: true, value: undefined } : forever;
        },
        return: () => (next.end === "hang-on-return" ? forever : Promise.resolve({ done: true, value: undefined })),
      }),
    };
  }

  async #settle(next: Op & { type: "settle" }): Promise<void> {
    const permit = this.permits[next.which % this.permits.length];
    if (permit === undefined) return;
    if (next.how === "success") permit.success();
    else if (next.how === "failure") permit.failure(ERRORS[next.kind]());
    else if (next.how === "ignore") permit.ignore();
    else if (next.how === "dispose") await permit[Symbol.asyncDispose]();
    else await permit.renew();
  }

  async outstanding(): Promise<object> {
    // Whoever waited for a slot has its permit only when another has been given back.
    for (let given = -1; given < this.permits.length;) {
      given = this.permits.length;
      for (const permit of this.permits) await permit[Symbol.asyncDispose]();
      await this.clock.advance(5_000);
    }
    await this.clock.advance(300_000);
    await this.clock.advance(300_000);
    const { machines } = this.breaker as GuardingBreaker;
    return {
      records: machines.map(({ name, inFlight, quiet, ramp, facts }) => ({
        name,
        inFlight,
        quiet: quiet.isEmpty && quiet.young === 0 && quiet.firstYoung === null,
        ramp: ramp?.inFlight ?? 0,
        lease: facts.circuit.is === "tripped" ? facts.circuit.lease : null,
      })),
      listeners: this.signals.reduce((all, signal) => all + getEventListeners(signal, "abort").length, 0),
      timers: this.clock.sleeping,
      waiting: this.breaker.snapshot().retries.waiting,
      inQueue: machines.some(({ waiting }) => waiting !== null),
    };
  }
}

describe("whatever calls do, in whatever order", { timeout: 60_000 }, () => {
  it("no permit, slot, lease, deadline or listener is left over at the end", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        policies,
        fc.boolean(),
        fc.array(op, { maxLength: 30, size: "max" }),
        async (policy, tree, ops) => {
          const run = new Run(policy, tree);
          for (const next of ops) await run.play(next);
          const { machines } = run.breaker as GuardingBreaker;
          const nothing = { inFlight: 0, quiet: true, ramp: 0, lease: null };
          expect(await run.outstanding()).toEqual({
            records: machines.map(({ name }) => ({ name, ...nothing })),
            listeners: 0,
            timers: 0,
            waiting: 0,
            inQueue: false,
          });
          for (const what of run.seen) seen.add(what);
        },
      ),
      { numRuns: 1_500 },
    );
    // What the runs never came to would be proved by nothing.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...["closed to open", "open to half-open", "half-open to open", "half-open to closed", "given up"],
        ...["probe passed", "probe failed", "probe void", "probe lost"],
        ...["open", "probing", "ramping", "rate-limited", "auth", "override", "concurrency"],
        ...[
          "waited, admitted",
          "waited, rejected",
          "waited, deadline",
          "waited, aborted",
          "queue-full",
          "queue-expired",
        ],
        "tried again",
      ]),
    );
  });

  it("a call that cannot have the last of its records gives all the others back", async () => {
    const clock = manualClock();
    const recloser = createRecloser({
      clock,
      random: seededRandom(1),
      defaults: { failureThreshold: 2, cooldown: { jitter: 0 }, silence: false, window: "5m" },
    });
    const breaker = recloser.breaker({ provider: "p", model: "m" }) as GuardingBreaker;
    // The provider cannot be reached: both records trip, and health closes again by hand, so that only reachability probes.
    for (let i = 0; i < 2; i++) await breaker.execute(() => Promise.reject(ERRORS.network())).catch(() => {});
    const [health, reachability] = breaker.machines;
    health?.apply({ type: "reset" }, clock.now(), "ops");
    await clock.advance(5_000);
    for (let i = 0; i < 3; i++) {
      expect(breaker.tryAcquire()?.kind).toBe("probe");
      await clock.advance(10_000);
    }
    // The third lost lease is buried by this claim, which reopens the circuit instead of giving a fourth.
    expect(breaker.tryAcquire()).toBeNull();
    expect([health?.inFlight, reachability?.inFlight, health?.quiet.young]).toEqual([3, 3, 3]);
  });

  it("a process ends with its last call, though the deadlines it had lay far ahead", async () => {
    const child = await runChild(`
      import { createBreaker } from "./packages/recloser/src/index.ts";
      const breaker = createBreaker({ timeouts: { total: "60s" }, failureThreshold: 1, cooldown: { initial: 1 } });
      await breaker.execute(async () => 1);
      for await (const _ of breaker.stream(async function* () { yield 1; yield 2; }, { firstToken: "60s", idle: "60s" }));
      await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 5));
      await breaker.execute(({ probe }) => Promise.resolve(console.log("probe", probe)));`);
    expect(child).toEqual({ code: 0, out: ["probe true"] });
  });

  it("a process ends with its last call, though callers would have waited for much longer", async () => {
    const child = await runChild(`
      import { createBreaker } from "./packages/recloser/src/index.ts";
      const breaker = createBreaker({ shed: { maxInFlight: 1, queue: { maxWait: "60s" } } });
      const calls = [1, 2, 3].map((n) => breaker.execute(() => new Promise((resolve) => setTimeout(resolve, 5, n))));
      console.log(JSON.stringify(await Promise.all(calls)));`);
    expect(child).toEqual({ code: 0, out: ["[1,2,3]"] });
  });
});
