import { setTimeout as sleep } from "node:timers/promises";
import type { CircuitOpenError } from "recloser";
import { describe, expect, test } from "vitest";
import {
  endsOf,
  guardedOpenAI,
  many,
  traffic,
  tripAtThree,
  tripWith503,
  until,
  WAYS,
} from "../support/guarded-openai.ts";
import type { Ends, GuardedOpenAI } from "../support/guarded-openai.ts";

const CALLERS = 200;
const ASKING = 10;

/** Callers who were rejected while the circuit was open, and come back when they were told to, all of them at once. */
async function comeBackAsTold(guarded: GuardedOpenAI): Promise<Ends> {
  // Few ask while it is open, since on a busy machine 200 would still be asking when the cooldown ends.
  const { rejections } = await endsOf(many(ASKING, () => guarded.chat()));
  expect(rejections.map(({ reason }) => reason)).toEqual(Array.from({ length: ASKING }, () => "open"));
  expect(guarded.provider.stats().requests).toBe(0);
  const comeBack = async ({ retryAfterMs }: CircuitOpenError): Promise<Ends> => {
    await sleep(Math.ceil(retryAfterMs) + 1); // a timer of Node's may fire up to a millisecond early
    return endsOf(many(CALLERS / ASKING, () => guarded.chat()));
  };
  const ends = await Promise.all(rejections.map(comeBack));
  return {
    answered: ends.reduce((all, { answered }) => all + answered, 0),
    rejections: ends.flatMap((each) => each.rejections),
    errors: ends.flatMap((each) => each.errors),
  };
}

function reasons({ rejections }: Ends): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of rejections) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

describe.each(WAYS)("At the end of a cooldown, through %s", (way) => {
  const policy = { ...tripAtThree, cooldown: { initial: 400, factor: 2, jitter: 0 } };
  // Long enough that all callers have come back before the probe is answered.
  const slowly = { provider: { latency: { answer: 250 } } };

  test("200 callers come back and one request arrives; the others are rejected at once, then the ramp lets in 2, 8, …", async () => {
    const guarded = await guardedOpenAI(way, policy, slowly);
    const { provider, breaker } = guarded;
    await tripWith503(guarded);
    await provider.reset();
    const ends = await comeBackAsTold(guarded);
    expect(ends).toMatchObject({ answered: 1, errors: [] });
    expect(reasons(ends)).toEqual({ probing: CALLERS - 1 });
    for (const { state, retryAfterMs } of ends.rejections) {
      expect(state).toBe("half-open");
      expect(retryAfterMs).toBeGreaterThan(0);
    }
    expect(provider.stats()).toMatchObject({ requests: 1, completed: 1, peakInFlight: 1 });
    expect(breaker.state).toBe("closed");

    for (const admitted of [2, 8]) {
      await provider.reset();
      const burst = await endsOf(many(CALLERS, () => guarded.chat()));
      expect(burst).toMatchObject({ answered: admitted, errors: [] });
      expect(reasons(burst)).toEqual({ ramping: CALLERS - admitted });
      expect(provider.stats()).toMatchObject({ requests: admitted, peakInFlight: admitted });
    }
  });

  test("no caller waits for the probe: 199 have their rejection while it still runs", async () => {
    const guarded = await guardedOpenAI(way, policy, slowly);
    const { provider, breaker, chat } = guarded;
    await tripWith503(guarded);
    await provider.reset();
    await until(() => breaker.state === "half-open", "end of the cooldown");
    let rejected = 0;
    const calls = many(CALLERS, () => chat()).map((call) =>
      call.then(
        () => rejected,
        () => void rejected++,
      ),
    );
    const rejectedBefore = (await Promise.all(calls)).find((count) => count !== undefined);
    expect(rejectedBefore).toBe(CALLERS - 1);
    expect(provider.stats().requests).toBe(1);
  });

  test("one request arrives after refused connections too, where two records need a probe", async () => {
    const guarded = await guardedOpenAI(way, policy, slowly);
    const { provider, breaker, chat } = guarded;
    await provider.setFault({ kind: "down" });
    await endsOf(many(3, () => chat()));
    await provider.setFault(null);
    const ends = await comeBackAsTold(guarded);
    expect(ends).toMatchObject({ answered: 1, errors: [] });
    expect(provider.stats().requests).toBe(1);
    expect(breaker.state).toBe("closed");
  });

  test("reading the state, however often, takes no probe and reaches nobody", async () => {
    const guarded = await guardedOpenAI(way, policy);
    const { provider, breaker, chat } = guarded;
    await tripWith503(guarded);
    await provider.reset();
    await until(() => breaker.state === "half-open", "end of the cooldown");
    for (let i = 0; i < 1_000; i++) expect([breaker.state, breaker.snapshot().probing]).toEqual(["half-open", false]);
    expect(provider.stats().requests).toBe(0);
    await chat();
    expect(breaker.state).toBe("closed");
  });

  test("failed probes double the cooldown, 1, 2, 4, and nothing else arrives meanwhile; a success closes", async () => {
    const initialMs = 120;
    const ladder = { ...tripAtThree, cooldown: { initial: initialMs, factor: 2, jitter: 0 } };
    const guarded = await guardedOpenAI(way, ladder);
    const { provider, breaker, transitions, chat } = guarded;
    await tripWith503(guarded);
    const calls = traffic(4, () => chat());
    await until(() => provider.stats().requests === 5, "two failed probes");
    await provider.setFault(null);
    await until(() => breaker.state === "closed", "close");
    const arrivedAtMs = provider.requests.map(({ atMs }) => atMs);
    await calls.stop();

    const opened = transitions.filter(({ to }) => to === "open");
    expect(opened.map(({ cooldownMs }) => cooldownMs)).toEqual([initialMs, 2 * initialMs, 4 * initialMs]);
    expect(opened.map(({ reason }) => reason)).toEqual(["failure-threshold", "probe-failed", "probe-failed"]);
    expect(transitions.at(-1)).toMatchObject({ from: "half-open", to: "closed", reason: "probe-passed" });
    const [, , third = 0, ...probes] = arrivedAtMs;
    let before = third;
    for (const [index, rungMs] of [initialMs, 2 * initialMs, 4 * initialMs].entries()) {
      const gapMs = (probes[index] ?? 0) - before;
      expect(gapMs).toBeGreaterThanOrEqual(rungMs - 1);
      expect(gapMs).toBeLessThan(rungMs + 500); // the next call of the traffic, on a busy machine
      before = probes[index] ?? 0;
    }
  });

  test("a hung probe is given up by its own time limit, and while calls go on the next one heals the circuit", async () => {
    const hasty = { ...tripAtThree, cooldown: { initial: 100, factor: 1, jitter: 0 }, probe: { timeout: 400 } };
    const guarded = await guardedOpenAI(way, hasty);
    const { provider, breaker, chat } = guarded;
    const probes: string[] = [];
    breaker.on("probe", ({ result }) => probes.push(result));
    await tripWith503(guarded);
    await provider.reset();
    await provider.setFault({ kind: "hang" });
    const calls = traffic(5, () => chat());
    await until(() => provider.stats().aborted === 1, "the hung probe is aborted");
    expect(provider.stats()).toMatchObject({ requests: 1, peakInFlight: 1 });
    await provider.setFault(null);
    await until(() => breaker.state === "closed", "close");
    await calls.stop();
    expect(probes).toEqual(["failed", "passed"]);
    const [hung, next] = provider.requests;
    expect(hung).toMatchObject({ outcome: "hang", aborted: true });
    expect(hung?.durationMs).toBeGreaterThanOrEqual(390);
    expect((next?.atMs ?? 0) - (hung?.atMs ?? 0)).toBeGreaterThanOrEqual(495);
  });

  test("a probe whose holder never comes back loses its lease, and one call of the traffic takes it", async () => {
    const leased = { ...tripAtThree, cooldown: { initial: 50, factor: 1, jitter: 0 }, probe: { lease: 600 } };
    const guarded = await guardedOpenAI(way, leased);
    const { provider, breaker, chat } = guarded;
    await tripWith503(guarded);
    await provider.reset();
    await until(() => breaker.state === "half-open", "end of the cooldown");
    const takenAtMs = Date.now();
    const lost = breaker.tryAcquire();
    expect(lost).toMatchObject({ kind: "probe" });
    const calls = traffic(5, () => chat());
    await until(() => breaker.state === "closed", "close");
    await calls.stop();
    expect((provider.requests[0]?.atMs ?? 0) - takenAtMs).toBeGreaterThanOrEqual(595);
    lost?.failure(new Error("far too late"));
    expect(breaker.state).toBe("closed");
  });

  test("a caller who aborts the probe gives the slot back: still half-open, and the next call probes at once", async () => {
    const guarded = await guardedOpenAI(way, policy);
    const { provider, breaker, chat } = guarded;
    await tripWith503(guarded);
    await provider.reset();
    await provider.setFault({ kind: "hang" });
    await until(() => breaker.state === "half-open", "end of the cooldown");
    const caller = new AbortController();
    const probe = chat(caller.signal);
    await until(() => provider.stats().requests === 1, "the probe arrives");
    caller.abort();
    await expect(probe).rejects.toThrow(/abort/i);
    expect(breaker.snapshot()).toMatchObject({ state: "half-open", step: 1, cooldownMs: 400 });
    await provider.setFault(null);
    await chat();
    expect(breaker.state).toBe("closed");
    expect(provider.stats()).toMatchObject({ requests: 2, aborted: 1 });
  });
});
