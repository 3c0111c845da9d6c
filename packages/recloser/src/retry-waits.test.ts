import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runChild } from "../../../tests/support/child.ts";
import { caught, Failure, failing, neverTrips, RetryRig, twice } from "../../../tests/support/retry-rig.ts";
import type { Breaker, Recloser } from "./api.ts";
import { CallTimeoutError, CircuitOpenError } from "./errors.ts";
import type { FallbackInfo } from "./fallback.ts";
import { createRecloser } from "./recloser.ts";
import type { RetryOptions } from "./retry-options.ts";
import { manualClock } from "./testing/manual-clock.ts";
import { seededRandom } from "./testing/seeded-random.ts";

describe("how long it waits", () => {
  it("a random part of a time that doubles, up to its maximum", async () => {
    const rig = new RetryRig(neverTrips, () => 0.999_999);
    const made = rig.execute([failing()], { retry: { ...twice, attempts: 6, max: "5s" } });
    await rig.clock.advance(60_000);
    await caught(made);
    expect(rig.events.map(({ delayMs }) => Math.round(delayMs ?? -1))).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it("as long as the provider asks, and the random time on top: callers do not come back together", async () => {
    const rig = new RetryRig({ ...neverTrips, pace: false });
    const made = rig.execute([new Failure("rate-limited", 2_000), "answer"]);
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
    expect(rig.atMs).toEqual([0, 2_500]);
  });

  it("as long as the hold that a refusal without a hint makes", async () => {
    const rig = new RetryRig({ ...neverTrips, pace: false, hold: { initial: "4s" } });
    const made = rig.execute([new Failure("rate-limited"), "answer"]);
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
    expect(rig.atMs).toEqual([0, 4_500]);
  });

  it("a hint of a failure of the window too", async () => {
    const rig = new RetryRig();
    const made = rig.execute([new Failure("overloaded", 3_000), "answer"]);
    await rig.clock.advance(60_000);
    await made;
    expect(rig.atMs).toEqual([0, 3_500]);
  });

  it("not at all for a hint that is too long: the error is given at once", async () => {
    const rig = new RetryRig();
    const error = new Failure("overloaded", 31_000);
    expect(await caught(rig.execute([error]))).toBe(error);
    expect(rig.events).toEqual([]);
    const made = rig.execute([error, "answer"], { retry: { ...twice, hintMax: "1m" } });
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
  });

  it("longer, when the hold has become longer meanwhile, but no longer than a hint may be", async () => {
    const rig = new RetryRig({ ...neverTrips, pace: false });
    const made = rig.execute([new Failure("rate-limited", 2_000), "answer"]);
    const stays = rig.execute([new Failure("rate-limited", 2_000), "answer"], { retry: { ...twice, hintMax: "3s" } });
    await rig.clock.advance(1_000);
    await rig.breaker.forceClosed({ by: "test", reason: "one more refusal", for: 1 });
    await caught(rig.breaker.execute(() => Promise.reject(new Failure("rate-limited", 6_000))));
    await rig.clock.advance(60_000);
    expect(await made).toBe("answer");
    const rejection = await caught(stays);
    expect(rejection).toBeInstanceOf(CircuitOpenError);
    expect(rejection).toMatchObject({ reason: "rate-limited" });
    expect(rig.atMs.at(-1)).toBe(7_000);
  });

  it("always within its bounds, whatever the dice say", async () => {
    const of = fc.record({
      seed: fc.nat(),
      initial: fc.integer({ min: 1, max: 2_000 }),
      factor: fc.double({ min: 1, max: 4, noNaN: true }),
      more: fc.integer({ min: 0, max: 10_000 }),
      hint: fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: null }),
    });
    await fc.assert(
      fc.asyncProperty(of, async ({ seed, initial, factor, more, hint }) => {
        const rig = new RetryRig(neverTrips, seededRandom(seed));
        const retry: RetryOptions = {
          on: "idempotent",
          attempts: 6,
          initial,
          factor,
          max: initial + more,
          budget: false,
        };
        const made = rig.execute([new Failure("overloaded", hint)], { retry });
        await rig.clock.advance(1_000_000);
        await caught(made);
        expect(rig.tries).toHaveLength((hint ?? 0) > 30_000 ? 1 : 6);
        for (const [index, { delayMs }] of rig.events.entries()) {
          const backoffMs = Math.min(initial + more, initial * factor ** index);
          expect(delayMs).toBeGreaterThanOrEqual(hint ?? 0);
          expect(delayMs).toBeLessThanOrEqual((hint ?? 0) + backoffMs);
          const waitedMs = (rig.atMs[index + 1] ?? 0) - (rig.atMs[index] ?? 0);
          expect(waitedMs).toBeCloseTo(delayMs ?? -1, 3);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the time of a call", () => {
  it("is the time of all its tries: the deadline falls where it would have without retries", async () => {
    const rig = new RetryRig();
    const hangs = rig.breaker.execute(
      async ({ attempt }) => {
        if (attempt === 1) throw failing();
        return new Promise(() => {});
      },
      { retry: twice, timeout: "3s" },
    );
    const seen = caught(hangs);
    await rig.clock.advance(2_999);
    expect(rig.breaker.snapshot().inFlight).toBe(1);
    await rig.clock.advance(1);
    expect(await seen).toBeInstanceOf(CallTimeoutError);
    expect(await seen).toMatchObject({ phase: "total", afterMs: 3_000 });
    expect(rig.events).toHaveLength(1);
  });

  it("is not waited away: a wait that would pass it is not begun", async () => {
    const rig = new RetryRig(neverTrips, () => 0.999);
    const error = failing();
    expect(await caught(rig.execute([error], { retry: twice, timeout: 900 }))).toBe(error);
    expect(
      await caught(rig.execute([new Failure("overloaded", 5_000)], { retry: twice, timeout: "5s" })),
    ).toMatchObject({
      kind: "overloaded",
    });
    expect(rig.events).toEqual([]);
  });

  it("is the policy's where the call names none", async () => {
    const rig = new RetryRig({ ...neverTrips, timeouts: { total: 900 } }, () => 0.999);
    await caught(rig.execute([failing()]));
    expect(rig.tries).toHaveLength(1);
  });

  it("is never passed, whatever the tries take", async () => {
    const of = fc.record({
      seed: fc.nat(),
      takes: fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 6 }),
      timeout: fc.integer({ min: 1, max: 8_000 }),
    });
    await fc.assert(
      fc.asyncProperty(of, async ({ seed, takes, timeout }) => {
        const rig = new RetryRig(neverTrips, seededRandom(seed));
        let endedMs = -1;
        const made = rig.breaker.execute(
          async ({ attempt }) => {
            await rig.clock.sleep(takes.at((attempt - 1) % takes.length) ?? 0);
            throw failing();
          },
          { retry: { ...twice, attempts: 10 }, timeout },
        );
        void caught(made).then(() => (endedMs = rig.nowMs));
        await rig.clock.advance(timeout);
        expect(endedMs).toBeGreaterThanOrEqual(0);
        expect(endedMs).toBeLessThanOrEqual(timeout);
        expect(rig.breaker.snapshot()).toMatchObject({ inFlight: 0, retries: { waiting: 0 } });
      }),
      { numRuns: 200 },
    );
  });
});

describe("giving up while waiting", () => {
  it("ends with the caller's reason at once, and leaves no timer and no listener", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const made = caught(rig.execute([failing()], { retry: twice, signal: controller.signal, fallback: () => "never" }));
    await rig.clock.advance(100);
    expect(rig.breaker.snapshot().retries.waiting).toBe(1);
    const reason = new Error("user left");
    controller.abort(reason);
    expect(await made).toBe(reason);
    expect(rig.breaker.snapshot().retries.waiting).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    await rig.clock.advance(60_000);
    expect([rig.tries.length, rig.clock.sleeping]).toEqual([1, 0]);
  });

  it("is a timeout where the reason is one, and then a fallback answers", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const options = {
      retry: twice,
      signal: controller.signal,
      fallback: (_: unknown, { outcome }: FallbackInfo) => outcome?.kind,
    };
    const made = rig.execute([failing()], options);
    await rig.clock.advance(100);
    controller.abort(new DOMException("too slow", "TimeoutError"));
    expect(await made).toBe("timeout");
  });

  it("ends it at once also where the question whether to try again does it", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const reason = new Error("enough");
    const on = (): boolean => {
      controller.abort(reason);
      return true;
    };
    const end = caught(rig.execute([failing()], { retry: { ...twice, on }, signal: controller.signal }));
    expect(await end).toBe(reason);
    await rig.clock.advance(60_000);
    expect([rig.tries.length, rig.clock.sleeping]).toEqual([1, 0]);
    expect(rig.breaker.snapshot().retries).toEqual({ waiting: 0, made: 0, overBudget: 0 });
  });

  it("during a try ends the call there", async () => {
    const rig = new RetryRig();
    const controller = new AbortController();
    const made = caught(
      rig.breaker.execute(() => new Promise(() => {}), { retry: { on: () => true }, signal: controller.signal }),
    );
    controller.abort("gone");
    expect(await made).toBe("gone");
    expect(rig.events).toEqual([]);
  });
});

// A wait ends, and before its call has heard of that, the hold is lengthened and the caller is gone: then nobody may wait
// for the longer hold. What does both is the abort listener of a call whose deadline falls in the same turn.
describe("whoever gives up in the very turn in which a wait ends", () => {
  const refusal = (seconds: number): Error =>
    Object.assign(new Error("slow down"), { status: 429, headers: { "retry-after": String(seconds) } });
  const refused = (): never => {
    throw refusal(2);
  };

  interface Turn {
    readonly clock: ReturnType<typeof manualClock>;
    readonly recloser: Recloser;
    readonly breaker: Breaker;
    /** Calls `gone` in that turn, when the hold has become longer. */
    readonly inThatTurn: (gone: () => void) => Promise<void>;
  }

  function turn(): Turn {
    const clock = manualClock();
    const recloser = createRecloser({ clock, random: () => 0.5, defaults: { ...neverTrips, pace: false } });
    const breaker = recloser.breaker("a");
    const permit = breaker.tryAcquire();
    return {
      clock,
      recloser,
      breaker,
      async inThatTurn(gone) {
        const other = recloser.breaker("b").execute(
          ({ signal }) => {
            signal.addEventListener("abort", () => {
              permit?.failure(refusal(9));
              gone();
            });
            return new Promise(() => {});
          },
          { timeout: 2_500 },
        );
        other.catch(() => {});
        expect(breaker.snapshot().retries.waiting).toBe(1);
        await clock.advance(2_500);
        expect(breaker.snapshot()).toMatchObject({ holds: [{ remainingMs: 9_000 }], retries: { waiting: 0 } });
      },
    };
  }

  it("by the signal has its reason", async () => {
    const { breaker, inThatTurn } = turn();
    const controller = new AbortController();
    const made = caught(breaker.execute(refused, { retry: twice, signal: controller.signal }));
    await inThatTurn(() => controller.abort("gone"));
    expect(await made).toBe("gone");
  });

  it("by closing the recloser has its last error", async () => {
    const { breaker, recloser, inThatTurn } = turn();
    const made = caught(breaker.execute(refused, { retry: twice }));
    await inThatTurn(() => void recloser.close());
    expect(await made).toMatchObject({ status: 429 });
  });

  it("by leaving the stream has its end", async () => {
    const { breaker, clock, inThatTurn } = turn();
    const reader = breaker.stream<string>(refused, { retry: twice })[Symbol.asyncIterator]();
    const pulled = reader.next();
    // The stream is begun a reaction later: the other call must be the one behind it.
    await clock.advance(0);
    await inThatTurn(() => void reader.return?.());
    expect(await pulled).toEqual({ done: true, value: undefined });
  });
});

describe("closing the recloser", () => {
  it("gives those who wait what their last try came to, and nobody waits from then on", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, random: () => 0.5, defaults: neverTrips });
    const breaker = recloser.breaker("a");
    const error = Object.assign(new Error("no"), { status: 500 });
    let calls = 0;
    const call = (): never => {
      calls++;
      throw error;
    };
    const waiting = caught(breaker.execute(call, { retry: twice }));
    const reading = caught(
      (async () => {
        for await (const _ of breaker.stream(call, { retry: twice }));
      })(),
    );
    await clock.advance(0);
    expect(breaker.snapshot().retries.waiting).toBe(2);
    await recloser.close();
    expect(await waiting).toBe(error);
    expect(await reading).toBe(error);
    expect(await caught(breaker.execute(call, { retry: twice }))).toBe(error);
    await clock.advance(60_000);
    expect([calls, clock.sleeping]).toEqual([3, 0]);
  });
});

describe("a process", () => {
  it("ends with its last call, whether that had waited, was waiting or gave up waiting", async () => {
    const child = await runChild(`
      import { createBreaker, createRecloser } from "./packages/recloser/src/index.ts";
      const failing = () => Promise.reject(Object.assign(new Error("down"), { status: 500 }));
      const breaker = createBreaker();
      let left = 1;
      const answer = await breaker.execute(() => (left-- > 0 ? failing() : Promise.resolve("answer")), { retry: { on: "idempotent", initial: 5 } });
      const abort = new AbortController();
      const gone = breaker.execute(failing, { retry: { on: "idempotent", initial: "1h", max: "1h" }, signal: abort.signal }).catch((error) => error.name);
      const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
      await turn();
      console.log(breaker.snapshot().retries.waiting);
      abort.abort();
      const recloser = createRecloser();
      const closed = recloser.breaker("a").execute(failing, { retry: { on: "idempotent", initial: "1h", max: "1h" } }).catch((error) => error.message);
      await turn();
      await recloser.close();
      console.log(answer, await gone, await closed);`);
    expect(child).toEqual({ code: 0, out: ["1", "answer AbortError down"] });
  });
});
