import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { endsOf, guardedOpenAI, many, MODEL, traffic, tripAtThree, until, WAYS } from "../support/guarded-openai.ts";

describe.each(WAYS)("Through %s", (way) => {
  test("a 429 with Retry-After 2 holds for 2 s and does not trip; then one call is let through first", async () => {
    const guarded = await guardedOpenAI(way, tripAtThree, { provider: { latency: { answer: 150 } } });
    const { provider, breaker, transitions, chat } = guarded;
    await provider.setFault({ kind: "rate-limit", retryAfter: 2 });
    await expect(chat()).rejects.toMatchObject({ status: 429 });
    await provider.setFault(null);

    const { rejections } = await endsOf(many(50, () => chat()));
    expect(rejections).toHaveLength(50);
    for (const { reason, state, retryAfterMs } of rejections) {
      expect({ reason, state }).toEqual({ reason: "rate-limited", state: "closed" });
      expect(retryAfterMs).toBeGreaterThan(1_000);
      expect(retryAfterMs).toBeLessThanOrEqual(2_000);
    }
    expect(breaker.snapshot()).toMatchObject({
      state: "closed",
      window: { calls: 0 },
      holds: [{ kind: "rate-limited" }],
    });

    const calls = traffic(10, () => chat());
    await until(() => provider.stats().requests === 2, "the first call after the hold");
    const [limited, first] = provider.requests;
    expect((first?.atMs ?? 0) - (limited?.atMs ?? 0)).toBeGreaterThanOrEqual(1_999);
    expect((first?.atMs ?? 0) - (limited?.atMs ?? 0)).toBeLessThan(2_500);
    // The burst that has waited for it meets the ramp, which starts at one.
    const burst = await endsOf(many(50, () => chat()));
    expect(burst.rejections.map(({ reason }) => reason)).toEqual(Array.from({ length: 50 }, () => "ramping"));
    expect(provider.stats()).toMatchObject({ requests: 2, inFlight: 1 });
    await until(() => provider.stats().completed >= 3, "the doors open again");
    await calls.stop();
    expect(await endsOf([chat()])).toMatchObject({ answered: 1 });
    expect(transitions).toEqual([]);
  });

  test("a 429 without a hint holds by a ladder of its own, twice as long the next time", async () => {
    const policy = { ...tripAtThree, hold: { initial: 150, factor: 2 } };
    const { provider, breaker, chat } = await guardedOpenAI(way, policy);
    const heldMs: number[] = [];
    breaker.on("hold", ({ untilMs, atMs }) => heldMs.push(untilMs - atMs));
    await provider.setFault({ kind: "rate-limit" });
    await chat().catch(() => {});
    const calls = traffic(5, () => chat());
    await until(() => heldMs.length === 2, "two holds");
    expect(provider.stats().requests).toBe(2);
    await calls.stop();
    expect(heldMs.map(Math.round).slice(0, 2)).toEqual([150, 300]);
    expect(breaker.state).toBe("closed");
  });

  test("a 429 among successes stops nobody", async () => {
    const { provider, chat } = await guardedOpenAI(way, tripAtThree, { provider: { latency: { error: 300 } } });
    await provider.setFault({ kind: "rate-limit", retryAfter: 2 });
    const limited = chat().catch(() => {});
    await until(() => provider.stats().requests === 1, "the limited call");
    await provider.setFault(null);
    await chat(); // answered since the limited one began
    await limited;
    expect(await endsOf(many(20, () => chat()))).toMatchObject({ answered: 20 });
  });

  test.each([
    [{ kind: "quota" }, "quota-exhausted", 429],
    [{ kind: "auth" }, "auth", 401],
  ] as const)(
    "%j holds its credential as %s without a trip, and no further request arrives",
    async (fault, reason, status) => {
      const host = "simulated";
      const key = { provider: host, model: MODEL, credential: "team-a" };
      const guarded = await guardedOpenAI(way, tripAtThree, { key });
      const { provider, breaker, recloser, chat } = guarded;
      await provider.setFault(fault);
      await expect(chat()).rejects.toMatchObject({ status });
      await provider.setFault(null);
      const { rejections } = await endsOf(many(50, () => chat()));
      await sleep(20);
      expect(rejections).toHaveLength(50);
      expect(rejections[0]).toMatchObject({ reason, state: "closed" });
      expect(rejections[0]?.retryAfterMs).toBeLessThanOrEqual(1_000);
      expect(provider.stats().requests).toBe(1);
      expect(breaker.state).toBe("closed");
      // Another key of the same provider has its own quota.
      const other = recloser.breaker({ ...key, credential: "team-b" });
      await expect(other.execute(() => "answered")).resolves.toBe("answered");
      // The same key is as useless for another model.
      const sibling = recloser.breaker({ ...key, model: "other" });
      await expect(sibling.execute(() => "answered")).rejects.toMatchObject({ reason });
    },
  );

  test.each([{ kind: "quota" }, { kind: "auth" }] as const)("%j holds a breaker with a plain name", async (fault) => {
    const { provider, chat } = await guardedOpenAI(way, tripAtThree, { key: "openai" });
    await provider.setFault(fault);
    await chat().catch(() => {});
    const { rejections } = await endsOf(many(20, () => chat()));
    expect(rejections.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 20 }, () => (fault.kind === "quota" ? "quota-exhausted" : "auth")),
    );
    expect(provider.stats().requests).toBe(1);
  });

  test.each([{ kind: "quota" }, { kind: "auth" }] as const)(
    "%j holds nobody else where no credential is named",
    async (fault) => {
      const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
      await provider.setFault(fault);
      expect((await endsOf(many(10, () => chat()))).errors).toHaveLength(10);
      expect(provider.stats().requests).toBe(10);
      expect(breaker.snapshot()).toMatchObject({ state: "closed", window: { failures: 0 }, holds: [] });
    },
  );
});
