import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { endsOf, guardedOpenAI, many, tripAtThree, until, WAYS } from "../support/guarded-openai.ts";
import type { GuardedOpenAI } from "../support/guarded-openai.ts";

// Connections that break at once trip the circuit, while answers and 503s take their time: what is on its way then was
// admitted before the trip and ends after it.
const LATE_MS = 300;

async function tripAtOnce({ provider, breaker, chat }: GuardedOpenAI): Promise<void> {
  await provider.setFault({ kind: "reset" });
  await endsOf(many(3, () => chat()));
  expect(breaker.state).toBe("open");
}

describe.each(WAYS)("A call from before the trip, through %s", (way) => {
  test("that succeeds while the circuit is open is answered, and changes nothing", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree, { provider: { latency: { answer: LATE_MS } } });
    const { provider, breaker, transitions, chat } = guarded;
    const late = many(5, () => chat());
    await until(() => provider.stats().byOutcome.success === 5, "on their way");
    await tripAtOnce(guarded);
    const before = breaker.snapshot();
    expect(await endsOf(late)).toMatchObject({ answered: 5 });
    const { openUntilMs, generation, state, window, step } = breaker.snapshot();
    expect({ openUntilMs, generation, state, step }).toEqual({
      openUntilMs: before.openUntilMs,
      generation: before.generation,
      state: "open",
      step: 1,
    });
    expect(window).toMatchObject({ successes: 0, failures: 0 });
    expect(transitions).toHaveLength(1);
    expect((await endsOf(many(20, () => chat()))).rejections).toHaveLength(20);
    expect(provider.stats()).toMatchObject({ requests: 8, inFlight: 0 });
  });

  test("that fails while the circuit is open prolongs nothing", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree, { provider: { latency: { error: LATE_MS } } });
    const { provider, breaker, transitions, chat } = guarded;
    await provider.setFault({ kind: "status", status: 503 });
    const late = many(5, () => chat());
    await until(() => provider.stats().byOutcome.status === 5, "on their way");
    await tripAtOnce(guarded);
    const { openUntilMs, generation } = breaker.snapshot();
    const { errors } = await endsOf(late);
    expect(errors.map((error) => (error as { status: number }).status)).toEqual([503, 503, 503, 503, 503]);
    expect(breaker.snapshot()).toMatchObject({
      state: "open",
      openUntilMs,
      generation,
      step: 1,
      window: { failures: 0 },
    });
    expect(transitions).toHaveLength(1);
  });

  test("that succeeds while the circuit is half-open does not close it", async () => {
    const policy = { ...tripAtThree, cooldown: { initial: 100, jitter: 0 } };
    const guarded = await guardedOpenAI(way, policy, { provider: { latency: { answer: LATE_MS } } });
    const { provider, breaker, transitions, chat } = guarded;
    const late = many(5, () => chat());
    await until(() => provider.stats().byOutcome.success === 5, "on their way");
    await tripAtOnce(guarded);
    await until(() => breaker.state === "half-open", "end of the cooldown");
    expect(provider.stats().completed).toBe(3); // the broken ones: the late ones are on their way still
    expect(await endsOf(late)).toMatchObject({ answered: 5 });
    expect(breaker.snapshot()).toMatchObject({ state: "half-open", probing: false });
    expect(transitions).toHaveLength(1);
  });

  test("that fails after the circuit has closed again is not in the new window", async () => {
    const policy = { ...tripAtThree, cooldown: { initial: 60, jitter: 0 } };
    const guarded = await guardedOpenAI(way, policy, { provider: { latency: { error: LATE_MS } } });
    const { provider, breaker, transitions, chat } = guarded;
    await provider.setFault({ kind: "status", status: 503 });
    const late = many(5, () => chat());
    await until(() => provider.stats().byOutcome.status === 5, "on their way");
    await tripAtOnce(guarded);
    await provider.setFault(null);
    await until(() => breaker.state === "half-open", "end of the cooldown");
    await chat();
    expect(breaker.state).toBe("closed");
    expect(provider.stats().byOutcome).toEqual({ status: 5, reset: 3, success: 1 });
    expect((await endsOf(late)).errors).toHaveLength(5);
    await sleep(5);
    expect(breaker.snapshot()).toMatchObject({ state: "closed", window: { failures: 0 } });
    expect(transitions.map(({ to }) => to)).toEqual(["open", "half-open", "closed"]);
    expect(await endsOf([chat()])).toMatchObject({ answered: 1 });
  });

  test("that succeeds after a reset is not in the new window", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree, { provider: { latency: { answer: 150 } } });
    const { provider, breaker, chat } = guarded;
    const late = many(5, () => chat());
    await until(() => provider.stats().byOutcome.success === 5, "on their way");
    await breaker.reset({ by: "test" });
    expect(await endsOf(late)).toMatchObject({ answered: 5 });
    expect(breaker.snapshot().window).toMatchObject({ calls: 0, successes: 0, young: 0 });
  });
});
