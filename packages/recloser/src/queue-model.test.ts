/** The queue, played at random beside one that is written a second time: everybody gets what that one says, and at the end nothing is left. */
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type QueueRules, ReferenceQueue } from "../../../tests/support/reference-queue.ts";
import type { Breaker } from "./api.ts";
import { CallTimeoutError, CircuitOpenError, ShedError } from "./errors.ts";
import { createBreaker } from "./recloser.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";

// Callers come at whole tens of milliseconds, and each time limit ends on a last digit of its own: no two ends are due at once.
const STEP_MS = 10;
const LIMITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("come" as const),
      isBatch: fc.boolean(),
      limit: fc.constantFrom(null, 40, 90, 300, 900),
      by: fc.constantFrom("execute" as const, "stream" as const),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("end" as const),
      which: fc.nat(9),
      how: fc.constantFrom("answered" as const, "failed" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("abort" as const), which: fc.nat(30) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("wait" as const), steps: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("open" as const, "close" as const) }) },
);
const rules = fc.record({
  slots: fc.integer({ min: 1, max: 5 }),
  batchShare: fc.constantFrom(0.2, 0.5, 0.8, 1),
  size: fc.integer({ min: 1, max: 6 }),
  maxWaitMs: fc.constantFrom(100, 500),
});

/** Callers of a real breaker, and what became of each. */
class Callers {
  readonly statuses = new Map<number, string>();
  readonly signals: AbortController[] = [];
  readonly order: number[] = [];
  readonly #breaker: Breaker;
  readonly #ends = new Map<number, { answer: () => void; fail: () => void }>();

  constructor(breaker: Breaker) {
    this.#breaker = breaker;
  }

  come(id: number, isBatch: boolean, timeoutMs: number | null, by: "execute" | "stream"): void {
    const abort = new AbortController();
    this.signals.push(abort);
    const options = {
      signal: abort.signal,
      priority: isBatch ? ("batch" as const) : ("interactive" as const),
      ...(timeoutMs === null ? {} : { timeout: timeoutMs }),
    };
    const call = (): Promise<string> => {
      this.statuses.set(id, "served");
      this.order.push(id);
      return new Promise((resolve, reject) => {
        this.#ends.set(id, { answer: () => resolve("x"), fail: () => reject(new Error("failed")) });
      });
    };
    const settled = by === "execute" ? this.#breaker.execute(call, options) : this.#streamed(call, options);
    settled.then(
      () => this.statuses.set(id, "answered"),
      (error: unknown) => this.statuses.set(id, statusOf(error)),
    );
  }

  async #streamed(call: () => Promise<string>, options: object): Promise<void> {
    const stream = this.#breaker.stream(async function* () {
      yield await call();
    }, options);
    for await (const _ of stream) {
      // Nothing but its end matters.
    }
  }

  end(id: number, how: "answered" | "failed"): void {
    if (how === "answered") this.#ends.get(id)?.answer();
    else this.#ends.get(id)?.fail();
  }
}

function statusOf(error: unknown): string {
  const open = CircuitOpenError.from(error);
  if (open !== null) return open.reason;
  const shed = ShedError.from(error);
  if (shed !== null) return shed.reason;
  return CallTimeoutError.from(error)?.phase ?? (error as Error).message;
}

function setUp({ slots, batchShare, size, maxWaitMs }: Omit<QueueRules, "batchSlots"> & { batchShare: number }): {
  clock: ManualClock;
  breaker: Breaker;
  model: ReferenceQueue;
} {
  const clock = manualClock();
  const breaker = createBreaker({
    clock,
    failureRate: false,
    consecutiveFailures: false,
    silence: false,
    shed: { maxInFlight: slots, batchShare, adaptive: false, queue: { size, maxWait: maxWaitMs } },
  });
  const batchSlots = Math.max(1, Math.floor(slots * batchShare));
  return { clock, breaker, model: new ReferenceQueue({ slots, batchSlots, size, maxWaitMs }) };
}

describe("the queue beside one that is written a second time", { timeout: 60_000 }, () => {
  it("serves, refuses and forgets nobody otherwise, whatever comes, ends, gives up and trips", async () => {
    let waits = 0;
    const ends = new Set<string>();
    const play = async (
      given: Parameters<typeof setUp>[0],
      steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
    ): Promise<void> => {
      const { clock, breaker, model } = setUp(given);
      const callers = new Callers(breaker);
      const startMs = clock.now();
      const limits = [...LIMITS];
      let came = 0;
      for (const next of steps) {
        switch (next.type) {
          case "come": {
            const digit = next.limit === null ? undefined : limits.pop();
            const timeoutMs = digit === undefined ? null : (next.limit ?? 0) + digit;
            callers.come(came, next.isBatch, timeoutMs, next.by);
            model.come({ id: came, isBatch: next.isBatch, timeoutMs, cameMs: model.nowMs });
            came++;
            break;
          }
          case "end": {
            const id = model.served[next.which % Math.max(1, model.served.length)];
            if (id === undefined) break;
            callers.end(id, next.how);
            model.end(id, next.how);
            break;
          }
          case "abort":
            if (next.which >= came) break;
            callers.signals[next.which]?.abort(new Error("aborted"));
            model.abort(next.which);
            break;
          case "wait":
            await clock.advance(next.steps * STEP_MS);
            model.moveTo(clock.now() - startMs);
            break;
          case "open":
            await breaker.forceOpen({ by: "t", reason: "t" });
            model.open();
            break;
          case "close":
            await breaker.clearOverride({ by: "t" });
            model.close();
            break;
        }
        await clock.advance(0);
        const { inFlight, waiting } = breaker.snapshot().load;
        waits += waiting.interactive + waiting.batch;
        expect(Object.fromEntries(callers.statuses)).toEqual(Object.fromEntries(model.statuses));
        expect({ inFlight, ...waiting }).toEqual({
          inFlight: model.served.length,
          interactive: model.waiting(false).length,
          batch: model.waiting(true).length,
        });
      }
      const unsettled = new Set([...model.served, ...model.waiting(false), ...model.waiting(true)]);
      for (const [id, { signal }] of callers.signals.entries())
        expect(getEventListeners(signal, "abort").length, `${id}`).toBe(unsettled.has(id) ? 1 : 0);
      for (const signal of callers.signals) signal.abort(new Error("aborted"));
      await clock.advance(0);
      expect(breaker.snapshot().load).toMatchObject({ inFlight: 0, waiting: { interactive: 0, batch: 0 } });
      expect(callers.statuses.size).toBe(came);
      for (const status of callers.statuses.values()) ends.add(status);
      expect([...callers.statuses.values()]).not.toContain("served");
      for (const { signal } of callers.signals) expect(getEventListeners(signal, "abort")).toEqual([]);
      await clock.advance(10_000);
      expect(clock.sleeping).toBe(0);
    };
    await fc.assert(fc.asyncProperty(rules, fc.array(step, { maxLength: 60, size: "max" }), play), { numRuns: 400 });
    // The histories reach what they are for.
    expect(waits).toBeGreaterThan(1_000);
    expect([...ends].toSorted()).toEqual(
      ["aborted", "answered", "failed", "override", "queue-evicted", "queue-expired", "queue-full", "total"].toSorted(),
    );
  });
});
