import { describe, expect, test } from "vitest";

import { atFourFailures, down, openRig, rigOf } from "./support.ts";
import type { Rig } from "./support.ts";

/** A rig that tripped while one call from before the first failure is still under way. */
const trippedAround = async (): Promise<{ rig: Rig; old: Awaited<ReturnType<Rig["starts"]>> }> => {
  const rig = rigOf(atFourFailures);
  const old = await rig.starts();
  await rig.clock.advance(100);
  await rig.fails(4);
  expect(rig.breaker.state).toBe("open");
  expect(old.result.status).toBe("pending");
  return { rig, old };
};

const transitionsOf = (rig: Rig): string[] => {
  const seen: string[] = [];
  rig.breaker.on("transition", (event) => seen.push(`${event.from} → ${event.to}`));
  return seen;
};

describe("results from before the trip", () => {
  test("G1 a success that began before the trip does not close a half-open circuit", async () => {
    const { rig, old } = await trippedAround();
    await rig.clock.advance(10_000);
    await old.succeed("late but good");
    expect(old.result.value).toBe("late but good");
    expect(rig.breaker.state).toBe("half-open");
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
  });

  test("G1 nor while the probe is under way", async () => {
    const { rig, old } = await trippedAround();
    await rig.clock.advance(10_000);
    const probe = await rig.starts();
    await old.succeed();
    expect(rig.breaker.state).toBe("half-open");
    expect((await rig.rejection()).reason).toBe("probing");
    await probe.fail();
    expect(rig.breaker.state).toBe("open");
  });

  test("a success that began before the trip does not close an open circuit", async () => {
    const { rig, old } = await trippedAround();
    await old.succeed();
    expect(rig.breaker.state).toBe("open");
  });

  test("G3 a late failure while open makes no second event and moves no deadline", async () => {
    const { rig, old } = await trippedAround();
    const transitions = transitionsOf(rig);
    await rig.clock.advance(5_000);
    await old.fail();
    expect(old.result.status).toBe("rejected");
    expect((await rig.rejection()).retryAfterMs).toBe(5_000);
    await rig.clock.advance(5_000);
    expect(rig.breaker.state).toBe("half-open");
    expect(transitions).toEqual([]);
  });

  test("G3 a late failure while half-open opens nothing", async () => {
    const { rig, old } = await trippedAround();
    await rig.clock.advance(10_000);
    await old.fail();
    expect(rig.breaker.state).toBe("half-open");
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
    await probe.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("late failures after the close are not in the new window", async () => {
    const rig = rigOf(atFourFailures);
    const old = [await rig.starts(), await rig.starts(), await rig.starts()];
    await rig.clock.advance(100);
    await rig.fails(4);
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    expect(rig.breaker.state).toBe("closed");
    for (const call of old) await call.fail();
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("late permits say nothing in the next round either", async () => {
    const rig = rigOf(atFourFailures);
    const old = [1, 2, 3, 4].map(() => rig.breaker.tryAcquire());
    await rig.fails(4);
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    const fresh = rig.breaker.tryAcquire();
    for (const permit of old) {
      expect(permit?.generation).toBeLessThan(fresh?.generation ?? -1);
      permit?.failure(down());
    }
    fresh?.ignore();
    expect(rig.breaker.state).toBe("closed");
  });

  test("a result after a second trip does not count in the first one's name", async () => {
    const { rig, old } = await trippedAround();
    await rig.clock.advance(10_000);
    await rig.fails(1);
    await rig.clock.advance(20_000);
    expect(rig.breaker.state).toBe("half-open");
    await old.succeed();
    expect(rig.breaker.state).toBe("half-open");
  });
});

describe("results from before an operator's act", () => {
  test.each([
    ["reset", (rig: Rig) => rig.breaker.reset({ by: "ops" })],
    [
      "an override set and cleared",
      async (rig: Rig) => {
        await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
        await rig.breaker.clearOverride({ by: "ops" });
      },
    ],
  ])("G5 calls admitted before %s are not in the new window", async (_, act) => {
    const rig = rigOf(atFourFailures);
    const old = [await rig.starts(), await rig.starts(), await rig.starts()];
    await act(rig);
    expect(rig.breaker.state).toBe("closed");
    for (const call of old) await call.fail();
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("G5 a probe from before a reset decides nothing after it", async () => {
    const rig = await openRig(atFourFailures);
    await rig.clock.advance(10_000);
    const probe = await rig.starts();
    await rig.breaker.reset({ by: "ops" });
    expect(rig.breaker.state).toBe("closed");
    await probe.fail();
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("slots of a past round", () => {
  test("G7 releasing a probe that was lost frees nothing", async () => {
    const rig = await openRig({ probe: { lease: "1s" } });
    await rig.clock.advance(10_000);
    const lost = rig.breaker.tryAcquire();
    await rig.clock.advance(1_001);
    const held = rig.breaker.tryAcquire();
    expect(held?.kind).toBe("probe");
    lost?.ignore();
    await lost?.[Symbol.asyncDispose]();
    expect(rig.breaker.tryAcquire()).toBeNull();
    held?.success();
    expect(rig.breaker.state).toBe("closed");
  });

  test("G7 settling a call from before the trip does not free the probe's slot", async () => {
    const rig = rigOf(atFourFailures);
    const old = rig.breaker.tryAcquire();
    await rig.fails(4);
    await rig.clock.advance(10_000);
    const probe = rig.breaker.tryAcquire();
    old?.ignore();
    expect(rig.breaker.tryAcquire()).toBeNull();
    probe?.ignore();
    expect(rig.breaker.tryAcquire()?.kind).toBe("probe");
  });

  test("the first settle of a permit counts, later ones do nothing", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const good = await rig.breaker.acquire();
    expect(good).toMatchObject({ kind: "call", expiresAtMs: null });
    good.success();
    good.failure(down());
    good.ignore();
    expect(rig.breaker.state).toBe("closed");
    const bad = await rig.breaker.acquire();
    bad.failure(down());
    bad.success();
    expect(rig.breaker.state).toBe("open");
  });

  test("a probe permit's second settle cannot change its verdict", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    const probe = rig.breaker.tryAcquire();
    probe?.failure(down());
    probe?.success();
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(20_000);
  });
});
