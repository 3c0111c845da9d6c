/** What a caller hears who was shed: the limit in question, and when another try makes sense. */
import { describe, expect, it } from "vitest";
import { tooMany } from "../../../tests/support/played-load.ts";
import { endOf, Rig } from "../../../tests/support/queue-rig.ts";
import type { ShedError } from "./errors.ts";
import type { PolicyOptions } from "./policy.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";

const batch = { priority: "batch" } as const;

/** Two calls a second, as the provider says, of which nothing is saved up; the slots are taken. */
async function paced(shed: PolicyOptions["shed"]): Promise<Rig> {
  const rig = new Rig({ shed: { adaptive: false, ...shed } }, 2);
  rig.breaker.tryAcquire()?.success();
  const refused = rig.breaker.tryAcquire();
  rig.breaker.tryAcquire()?.success();
  const headers = { "x-ratelimit-limit": "120", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" };
  refused?.failure(tooMany(headers));
  expect(rig.breaker.snapshot().pace?.perSecond).toBe(2);
  return rig;
}

describe("a queue that is full", () => {
  it("is named with its size, and by whom who gave way to another", async () => {
    const rig = new Rig();
    rig.call("first");
    const second = rig.call("second", batch);
    rig.call("third", batch);
    const youngest = rig.call("fourth", batch);
    rig.call("fifth");
    const evicted = (await endOf(youngest)) as ShedError;
    expect(evicted).toMatchObject({
      reason: "queue-evicted",
      limit: 3,
      priority: "batch",
      retryAfterMs: 0,
      waitedMs: 0,
    });
    expect(evicted.message).toBe(
      'call to "llm" shed: 3 calls wait for their turn, which is the limit, and this batch call made room for an interactive one',
    );
    const full = (await endOf(rig.call("sixth", batch))) as ShedError;
    expect(full).toMatchObject({ reason: "queue-full", limit: 3, priority: "batch", retryAfterMs: 0 });
    second.answer();
  });

  it("says when those who wait have had their turn, where a rate is what they wait for", async () => {
    const rig = await paced({ queue: { size: 3, maxWait: "1m" } });
    const second = rig.call("a", batch);
    for (const name of ["b", "c"]) rig.call(name, batch);
    // A token each half a second: three that wait, and then this one.
    expect(await endOf(rig.call("late", batch))).toMatchObject({ reason: "queue-full", retryAfterMs: 2_000 });
    // An interactive one takes the place of the last: before that one there are three as well.
    rig.call("first");
    expect(rig.rejected.at(-1)?.error).toMatchObject({ reason: "queue-evicted", limit: 3, retryAfterMs: 2_000 });
    second.answer();
  });

  it("says when a hold ends that is waited for", async () => {
    const rig = new Rig({ shed: { queue: { size: 1, maxWait: "1m" } } });
    await rig.breaker.execute(() => Promise.reject(tooMany({ "retry-after": "20" }))).catch(() => {});
    rig.call("waits");
    await rig.clock.advance(500);
    expect(await endOf(rig.call("late"))).toMatchObject({ reason: "queue-full", retryAfterMs: 19_500 });
  });

  it("says nothing where only a slot is waited for, or nobody knows how long", async () => {
    const rig = new Rig({ shed: { queue: { size: 1, maxWait: "1s" } } });
    rig.call("first");
    const second = rig.call("second");
    await rig.clock.advance(1_000);
    const expired = (await endOf(second)) as ShedError;
    expect(expired).toMatchObject({ reason: "queue-expired", limit: null, retryAfterMs: 0, waitedMs: 1_000 });
    expect(expired.message).toBe(
      'call to "llm" shed: it waited for its turn for 1 s, which is the limit (shed.queue.maxWait)',
    );
  });
});

describe("a wait that is over", () => {
  it("of a closed recloser says so", async () => {
    const recloser = createRecloser({ clock: manualClock(), defaults: { shed: { maxInFlight: 1, queue: {} } } });
    const breaker = recloser.breaker("llm");
    breaker.tryAcquire();
    const waits = breaker.acquire().catch((error: unknown) => error);
    await recloser.close();
    const error = (await waits) as ShedError;
    expect(error).toMatchObject({ reason: "queue-closed", limit: null, retryAfterMs: 0 });
    expect(error.message).toBe('call to "llm" shed: it waited for its turn when the recloser was closed');
  });
});

describe("a rate that is reached", () => {
  it("says when the next call of this priority may be made", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ name: "llm", clock });
    breaker.tryAcquire()?.success();
    const refused = breaker.tryAcquire();
    breaker.tryAcquire()?.success();
    const headers = { "x-ratelimit-limit": "180", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" };
    refused?.failure(tooMany(headers));
    const ended = (options?: typeof batch): Promise<unknown> =>
      breaker.execute(() => 1, options).catch((error: unknown) => error);
    const [interactive, later] = [(await ended()) as ShedError, (await ended(batch)) as ShedError];
    // Three a second; a fifth of what may be saved up is not for batch calls.
    expect(interactive).toMatchObject({ reason: "paced", limit: null, retryAfterMs: 334 });
    expect(interactive.message).toBe(
      `call to "llm" shed: the provider's rate limit is reached; the next call may be made in 334 ms`,
    );
    expect(later.retryAfterMs).toBeGreaterThan(334);
  });
});
