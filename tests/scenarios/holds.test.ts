import type { CircuitOpenError, PolicyOptions } from "recloser";
import { describe, expect, test } from "vitest";

import { atFourFailures, fleetOf, httpError, rigOf } from "./support.ts";
import type { Rig } from "./support.ts";

const limited = (seconds?: number): Error =>
  httpError(429, seconds === undefined ? {} : { "retry-after": String(seconds) });
const outOfQuota = (): Error =>
  httpError(
    429,
    {},
    {
      code: "insufficient_quota",
      type: "insufficient_quota",
      error: { code: "insufficient_quota", type: "insufficient_quota" },
    },
  );

const plain: PolicyOptions = { ...atFourFailures, hold: { initial: "1s", factor: 2, max: "4s" } };

describe("rate limits", () => {
  test("C7 a 429 with Retry-After 2 holds for two seconds and does not trip", async () => {
    const rig = rigOf(plain);
    await rig.fails(1, limited(2));
    expect(rig.breaker.state).toBe("closed");
    const error = await rig.rejection();
    expect(error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "rate-limited", retryAfterMs: 2_000 });
    await rig.clock.advance(1_999);
    expect((await rig.rejection()).reason).toBe("rate-limited");
    await rig.clock.advance(1);
    expect(await rig.succeeds(1)).toEqual(["ok"]);
  });

  test("C7 any number of 429s never trips the breaker of failures", async () => {
    const rig = rigOf({ ...plain, failureThreshold: 1 });
    const calls = await Promise.all(Array.from({ length: 20 }, () => rig.starts()));
    for (const call of calls) await call.fail(limited(1));
    expect(rig.breaker.state).toBe("closed");
    expect((await rig.rejection()).reason).toBe("rate-limited");
  });

  test("without a hint the hold climbs its own ladder", async () => {
    const rig = rigOf(plain);
    const seen: number[] = [];
    for (let step = 0; step < 4; step++) {
      await rig.fails(1, limited());
      const { retryAfterMs } = await rig.rejection();
      seen.push(retryAfterMs);
      await rig.clock.advance(retryAfterMs);
    }
    expect(seen).toEqual([1_000, 2_000, 4_000, 4_000]);
  });

  test("a hint stands before the ladder, longer or shorter, up to a day", async () => {
    const holdOf = async (seconds: number): Promise<number> => {
      const rig = rigOf(plain);
      await rig.fails(1, limited(seconds));
      return (await rig.rejection()).retryAfterMs;
    };
    expect(await holdOf(0.5)).toBe(500);
    expect(await holdOf(3_600)).toBe(3_600_000);
    expect(await holdOf(7 * 86_400)).toBe(86_400_000);
  });

  test("a burst of refusals is one rung of the ladder, not one for each", async () => {
    const rig = rigOf(plain);
    const calls = await Promise.all(Array.from({ length: 20 }, () => rig.starts()));
    for (const call of calls) await call.fail(limited());
    expect((await rig.rejection()).retryAfterMs).toBe(1_000);
  });

  test("of two holds the later deadline wins", async () => {
    const rig = rigOf(plain);
    const [long, short] = [await rig.starts(), await rig.starts()];
    await long.fail(limited(10));
    await short.fail(limited(2));
    expect((await rig.rejection()).retryAfterMs).toBe(10_000);
  });

  test("a hold is released by one call, then by the ramp", async () => {
    const rig = rigOf({ ...plain, ramp: { from: 2 } });
    await rig.fails(1, limited(2));
    await rig.clock.advance(2_000);
    const first = await Promise.all(Array.from({ length: 50 }, () => rig.starts()));
    const admitted = first.filter((call) => call.result.status === "pending");
    expect(admitted).toHaveLength(1);
    for (const call of first) {
      if (call === admitted[0]) continue;
      expect(call.result.error).toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
      expect((call.result.error as CircuitOpenError).retryAfterMs).toBeGreaterThanOrEqual(0);
    }
    await admitted[0]?.succeed();
    const second = await Promise.all(Array.from({ length: 50 }, () => rig.starts()));
    expect(second.filter((call) => call.result.status === "pending")).toHaveLength(2);
  });

  test("without a ramp too the release is one call's, and after its success everyone's", async () => {
    const rig = rigOf(plain);
    await rig.fails(1, limited(2));
    await rig.clock.advance(2_000);
    const first = await Promise.all(Array.from({ length: 50 }, () => rig.starts()));
    const admitted = first.filter((call) => call.result.status === "pending");
    expect(admitted).toHaveLength(1);
    await admitted[0]?.succeed();
    let later = 0;
    for (let round = 0; round < 8; round++) {
      const calls = await Promise.all(Array.from({ length: 50 }, () => rig.starts()));
      const through = calls.filter((call) => call.result.status === "pending");
      later = through.length;
      for (const call of through) await call.succeed();
    }
    expect(later).toBe(50);
  });

  test("the releasing call's end without a verdict lets the next one through", async () => {
    const rig = rigOf(plain);
    await rig.fails(1, limited(2));
    await rig.clock.advance(2_000);
    const caller = new AbortController();
    const first = await rig.starts({ signal: caller.signal });
    expect(first.result.status).toBe("pending");
    caller.abort();
    await rig.clock.advance(0);
    const permit = rig.breaker.tryAcquire();
    expect(permit).not.toBeNull();
    expect(rig.breaker.tryAcquire()).toBeNull();
    await rig.clock.advance(60_000);
    expect(await rig.succeeds(1)).toEqual(["ok"]);
  });

  test("a hold's release is never early, and late by no more than a jitter", async () => {
    const releaseOf = async (random: number): Promise<number> => {
      const rig = rigOf(plain, () => random);
      await rig.fails(1, limited(10));
      let heldForMs = 0;
      while (
        (await rig.breaker.acquire().then(
          (permit) => permit.ignore(),
          () => "held",
        )) === "held"
      ) {
        await rig.clock.advance(100);
        heldForMs += 100;
        if (heldForMs > 60_000) break;
      }
      return heldForMs;
    };
    const [least, most] = [await releaseOf(0), await releaseOf(0.999)];
    expect(least).toBe(10_000);
    expect(most).toBeGreaterThanOrEqual(least);
    expect(most).toBeLessThanOrEqual(12_000);
  });

  test("when pacing, a 429 while others succeed holds nobody", async () => {
    const rig = rigOf({ ...plain, pace: true });
    const call = await rig.starts();
    await rig.succeeds(5);
    await call.fail(limited(30));
    await rig.clock.advance(1_000);
    expect(await rig.succeeds(1)).toEqual(["ok"]);
    expect(rig.breaker.state).toBe("closed");
  });

  test("when pacing, a 429 with no success since its call began holds", async () => {
    const rig = rigOf({ ...plain, pace: true });
    await rig.succeeds(5);
    await rig.clock.advance(100);
    await rig.fails(1, limited(30));
    expect((await rig.rejection()).reason).toBe("rate-limited");
  });

  test("a success under way when the hold began does not end it", async () => {
    const rig = rigOf(plain);
    const old = await rig.starts();
    await rig.fails(1, limited(10));
    await old.succeed();
    expect((await rig.rejection()).reason).toBe("rate-limited");
  });

  test("a hold emits one event and no transition", async () => {
    const rig = rigOf(plain);
    const seen: string[] = [];
    rig.breaker.on("hold", () => seen.push("hold"));
    rig.breaker.on("transition", () => seen.push("transition"));
    await rig.fails(1, limited(2));
    expect(seen).toEqual(["hold"]);
  });

  test("failures and holds do not mix: a hold leaves the window as it was", async () => {
    const rig = rigOf(plain);
    await rig.fails(3);
    await rig.fails(1, limited(2));
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(2_000);
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });
});

describe("quota and keys", () => {
  test("C7 an exhausted quota holds at once under its own reason, even among successes", async () => {
    const rig = rigOf({ ...plain, pace: true });
    const call = await rig.starts();
    await rig.succeeds(5);
    await call.fail(outOfQuota());
    expect(rig.breaker.state).toBe("closed");
    expect((await rig.rejection()).reason).toBe("quota-exhausted");
  });

  test("C9 a 401 holds under its own reason", async () => {
    const rig = rigOf(plain);
    await rig.fails(1, httpError(401));
    expect((await rig.rejection()).reason).toBe("auth");
  });

  const held = (kind: "rate-limited" | "quota-exhausted" | "auth", scope: "model" | "key") =>
    ({ classify: () => ({ kind, track: "hold", retryAfterMs: 30_000, scope }) as const }) satisfies PolicyOptions;
  const reasonOf = async (rig: Rig): Promise<string> => (await rig.rejection()).reason;

  test("C7 a model's rate limit holds that model and no other", async () => {
    const fleet = fleetOf({ defaults: held("rate-limited", "model") });
    const [a, b] = [fleet.rig({ provider: "openai", model: "a" }), fleet.rig({ provider: "openai", model: "b" })];
    await a.fails(1);
    expect(await reasonOf(a)).toBe("rate-limited");
    expect(a.breaker.state).toBe("closed");
    await b.fails(1);
    expect(b.invocations).toBe(1);
  });

  test("C7 an exhausted quota holds its credential on every model, and no other credential", async () => {
    const fleet = fleetOf({ defaults: held("quota-exhausted", "key") });
    const rig = (model: string, credential?: string) =>
      fleet.rig(credential === undefined ? { provider: "openai", model } : { provider: "openai", model, credential });
    await rig("a", "team-1").fails(1);
    expect(await reasonOf(rig("a", "team-1"))).toBe("quota-exhausted");
    expect(await reasonOf(rig("b", "team-1"))).toBe("quota-exhausted");
    const other = rig("a", "team-2");
    await other.fails(1);
    expect(other.invocations).toBe(1);
    const none = rig("a");
    await none.fails(1);
    expect(none.invocations).toBe(1);
  });

  test("without a credential an auth failure holds nobody else", async () => {
    const fleet = fleetOf({ defaults: held("auth", "key") });
    await fleet.rig({ provider: "openai", model: "a" }).fails(1);
    for (const key of [
      { provider: "openai", model: "b" },
      { provider: "openai", model: "a", credential: "team-1" },
      { provider: "mistral" },
    ]) {
      const rig = fleet.rig(key);
      await rig.fails(1);
      expect(rig.invocations).toBe(1);
    }
  });
});
