import { CircuitOpenError, createBreaker } from "recloser";
import { describe, expect, test } from "vitest";

import { halfOpenRig, httpError, openRig, rigOf } from "./support.ts";
import type { Rig } from "./support.ts";

const burst = async (rig: Rig, n: number) => {
  const calls = await Promise.all(Array.from({ length: n }, () => rig.starts()));
  return { admitted: calls.filter((call) => call.result.status === "pending"), calls };
};

describe("one probe", () => {
  test("H1 before the cooldown's end all are rejected, at its end exactly one call is admitted", async () => {
    const rig = await openRig();
    await rig.clock.advance(9_999);
    expect(rig.breaker.state).toBe("open");
    const early = await rig.rejection();
    expect(early).toMatchObject({ reason: "open", state: "open", retryAfterMs: 1 });

    await rig.clock.advance(1);
    expect(rig.breaker.state).toBe("half-open");
    const { admitted, calls } = await burst(rig, 10);
    expect(admitted).toHaveLength(1);
    expect(rig.invocations).toBe(5);
    expect(admitted[0]?.context?.probe).toBe(true);
    for (const { result } of calls.filter((call) => call !== admitted[0])) {
      const error = result.error as CircuitOpenError;
      expect(error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "probing", state: "half-open" });
      expect(error.retryAfterMs).toBeGreaterThan(0);
      expect(error.retryAfterMs).toBeLessThanOrEqual(10_000);
    }
    expect(rig.breaker.state).toBe("half-open");
    await admitted[0]?.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("H1 a failed probe opens again", async () => {
    const rig = await halfOpenRig();
    const probe = await rig.starts();
    await probe.fail();
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).reason).toBe("open");
  });

  test("H3 200 callers during a slow probe are rejected at once, not queued", async () => {
    const rig = await halfOpenRig();
    const probe = await rig.starts();
    const { calls } = await burst(rig, 200);
    expect(calls.filter((call) => call.result.status === "rejected")).toHaveLength(200);
    expect(rig.invocations).toBe(5);
    await probe.succeed();
    expect(rig.invocations).toBe(5);
    expect(rig.breaker.state).toBe("closed");
  });

  test("H5 three successes are asked for: S S F opens at the failure", async () => {
    const rig = await halfOpenRig({ probe: { successes: 3 } });
    await rig.plays("S S");
    expect(rig.breaker.state).toBe("half-open");
    await rig.plays("F");
    expect(rig.breaker.state).toBe("open");
    await rig.rejection();
    expect(rig.invocations).toBe(7);
  });

  test("H5 three successes are asked for: S S S closes", async () => {
    const rig = await halfOpenRig({ probe: { successes: 3 } });
    await rig.plays("S S");
    expect(rig.breaker.state).toBe("half-open");
    await rig.plays("S");
    expect(rig.breaker.state).toBe("closed");
  });

  test("H5 successes before a failed probe do not count in the next round", async () => {
    const rig = await halfOpenRig({ probe: { successes: 3 } });
    await rig.plays("S S F");
    await rig.clock.advance(20_000);
    await rig.plays("S");
    expect(rig.breaker.state).toBe("half-open");
    await rig.plays("S S");
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("a probe without a verdict", () => {
  test("H9 a caller that aborts its probe gives the slot back at once; backoff is unchanged", async () => {
    const rig = await halfOpenRig();
    const caller = new AbortController();
    const first = await rig.starts({ signal: caller.signal });
    expect(first.context?.probe).toBe(true);
    caller.abort();
    await rig.clock.advance(0);
    expect(first.result.error).toBe(caller.signal.reason);
    expect(rig.breaker.state).toBe("half-open");

    const second = await rig.starts();
    expect(second.context?.probe).toBe(true);
    await second.fail();
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(20_000);
  });

  test("a probe that ends in a caller's error is void: no verdict, and the next call probes", async () => {
    const rig = await halfOpenRig();
    await rig.fails(1, httpError(400));
    expect(rig.breaker.state).toBe("half-open");
    const next = await rig.starts();
    expect(next.context?.probe).toBe(true);
    await next.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("five void probes in a row open again for the same cooldown", async () => {
    const rig = await halfOpenRig();
    await rig.fails(4, httpError(400));
    expect(rig.breaker.state).toBe("half-open");
    await rig.fails(1, httpError(400));
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(10_000);
  });

  test("H11 a probe that an inner breaker refused is given back and the breaker is not stuck", async () => {
    const inner = await openRig({ name: "inner" });
    const outer = await halfOpenRig({ name: "outer" });
    const error = await outer.breaker.execute(() => inner.breaker.execute(() => "never")).catch((e: unknown) => e);
    expect(CircuitOpenError.is(error)).toBe(true);
    expect((error as CircuitOpenError).key).toBe("inner");
    expect(outer.breaker.state).toBe("half-open");
    const next = await outer.starts();
    expect(next.context?.probe).toBe(true);
    await next.succeed();
    expect(outer.breaker.state).toBe("closed");
  });

  test("H11 a probe permit that is ignored, or only disposed of, is given back", async () => {
    const rig = await halfOpenRig();
    const first = await rig.breaker.acquire();
    expect(first.kind).toBe("probe");
    expect(rig.breaker.tryAcquire()).toBeNull();
    first.ignore("no slot");
    const second = rig.breaker.tryAcquire();
    expect(second?.kind).toBe("probe");
    await second?.[Symbol.asyncDispose]();
    expect(rig.breaker.state).toBe("half-open");
    const third = rig.breaker.tryAcquire();
    expect(third?.kind).toBe("probe");
    third?.success();
    expect(rig.breaker.state).toBe("closed");
  });

  test("H13 an ignored probe first, then enough successes close; never two permits at once", async () => {
    const rig = await halfOpenRig({ probe: { successes: 2 } });
    const probe = () => {
      const permit = rig.breaker.tryAcquire();
      expect(permit?.kind).toBe("probe");
      expect(rig.breaker.tryAcquire()).toBeNull();
      return permit;
    };
    probe()?.ignore();
    probe()?.success();
    expect(rig.breaker.state).toBe("half-open");
    probe()?.success();
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("leases", () => {
  test("H15 the probe's own time limit binds probes only", async () => {
    const rig = rigOf({ probe: { timeout: "2s", lease: "1s" } });
    const slow = await rig.starts();
    await rig.clock.advance(20_000);
    expect(slow.result.status).toBe("pending");
    await slow.succeed();
    await rig.fails(4);
    await rig.clock.advance(10_000);

    const probe = await rig.starts();
    await rig.clock.advance(1_900);
    expect(probe.result.status).toBe("pending");
    expect((await rig.rejection()).reason).toBe("probing");
    await rig.clock.advance(100);
    expect(probe.result.status).toBe("rejected");
    expect(probe.result.error).toMatchObject({ code: "ERR_CALL_TIMEOUT" });
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBe(20_000);
  });

  test("a probe within its time limit keeps its lease, however often that runs out", async () => {
    const rig = await halfOpenRig({ probe: { timeout: "30s", lease: "1s" } });
    const probe = await rig.starts();
    for (let second = 0; second < 29; second++) {
      await rig.clock.advance(1_000);
      const error = await rig.rejection();
      expect(error.reason).toBe("probing");
      expect(error.retryAfterMs).toBeLessThanOrEqual(1_000);
    }
    await probe.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("a probe permit whose holder is gone is reclaimed when its lease ends, and its late word counts for nothing", async () => {
    const rig = await halfOpenRig({ probe: { lease: "1s" } });
    const lost = rig.breaker.tryAcquire();
    expect(lost?.expiresAtMs).toBe(rig.clock.now() + 1_000);
    await rig.clock.advance(999);
    expect(rig.breaker.tryAcquire()).toBeNull();
    await rig.clock.advance(2);
    const next = rig.breaker.tryAcquire();
    expect(next?.kind).toBe("probe");
    lost?.success();
    expect(rig.breaker.state).toBe("half-open");
    lost?.failure(httpError(500));
    expect(rig.breaker.state).toBe("half-open");
    next?.success();
    expect(rig.breaker.state).toBe("closed");
  });

  test("a renewed permit keeps its lease; a lost one cannot be renewed", async () => {
    const rig = await halfOpenRig({ probe: { lease: "1s" } });
    const permit = rig.breaker.tryAcquire();
    await rig.clock.advance(600);
    expect(await permit?.renew()).toBe(true);
    await rig.clock.advance(600);
    expect(rig.breaker.tryAcquire()).toBeNull();
    await rig.clock.advance(600);
    expect(rig.breaker.tryAcquire()?.kind).toBe("probe");
    expect(await permit?.renew()).toBe(false);
  });

  test("three probes lost in a row open again one step up", async () => {
    const rig = await halfOpenRig({ probe: { lease: "1s" } });
    for (let lost = 0; lost < 3; lost++) {
      expect(rig.breaker.tryAcquire()?.kind).toBe("probe");
      await rig.clock.advance(1_001);
    }
    expect(rig.breaker.tryAcquire()).toBeNull();
    expect(rig.breaker.state).toBe("open");
    const { retryAfterMs } = await rig.rejection();
    expect(retryAfterMs).toBeGreaterThan(18_000);
    expect(retryAfterMs).toBeLessThanOrEqual(20_000);
  });

  test("acquire rejects with `probing` while a probe runs", async () => {
    const rig = await halfOpenRig();
    const probe = await rig.breaker.acquire();
    const error = await rig.breaker.acquire().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "probing" });
    probe.ignore();
  });
});

describe("looking on", () => {
  test("H17 reading the state or a snapshot neither takes the probe nor makes a transition", async () => {
    const rig = await openRig();
    const transitions: unknown[] = [];
    rig.breaker.on("transition", (event) => transitions.push(event));
    await rig.clock.advance(10_000);
    for (let i = 0; i < 100; i++) {
      expect(rig.breaker.state).toBe("half-open");
      expect(rig.breaker.snapshot().state).toBe("half-open");
    }
    expect(transitions).toEqual([]);
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
    expect(transitions).toHaveLength(1);
  });

  test.each([{ successes: 0 }, { successes: -1 }, { successes: 1.5 }, { successes: Number.NaN }])(
    "H19 a probe with %o is refused at construction",
    (probe) => {
      expect(() => createBreaker({ probe })).toThrow(expect.objectContaining({ code: "ERR_INVALID_OPTION" }));
    },
  );

  test.each(["minimumCalls", "failureThreshold", "consecutiveFailures", "failureRate"])(
    "H19 %s: 0 is refused at construction",
    (option) => {
      expect(() => createBreaker({ [option]: 0 })).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_OPTION", option }),
      );
    },
  );
});

describe("ramp", () => {
  test("H3 the burst after the probe's success is held to the ramp's limit", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 } });
    const probe = await rig.starts();
    await burst(rig, 200);
    await probe.succeed();
    const { admitted, calls } = await burst(rig, 200);
    expect(admitted).toHaveLength(2);
    expect(rig.breaker.state).toBe("closed");
    for (const { result } of calls.filter((call) => !admitted.includes(call))) {
      expect(result.error).toMatchObject({ code: "ERR_CIRCUIT_OPEN", reason: "ramping" });
      expect((result.error as CircuitOpenError).retryAfterMs).toBeGreaterThanOrEqual(0);
    }
  });

  test("each success doubles the ramp's limit", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 } });
    await rig.succeeds(1);
    const first = await burst(rig, 50);
    expect(first.admitted).toHaveLength(2);
    await first.admitted[0]?.succeed(); // limit 4, one in flight
    const second = await burst(rig, 50);
    expect(second.admitted).toHaveLength(3);
    await first.admitted[1]?.succeed(); // limit 8, three in flight
    const third = await burst(rig, 50);
    expect(third.admitted).toHaveLength(5);
  });

  test("the ramp ends: after a few rounds of success everyone is admitted", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 } });
    await rig.succeeds(1);
    let last = 0;
    for (let round = 0; round < 10 && last < 200; round++) {
      const { admitted } = await burst(rig, 200);
      expect(admitted.length).toBeGreaterThanOrEqual(last);
      last = admitted.length;
      for (const call of admitted) await call.succeed();
    }
    expect(last).toBe(200);
  });

  test("calls in flight that end without a success free their place in the ramp and leave its limit", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 }, window: "30s", failureRate: false, failureThreshold: 4 });
    await rig.succeeds(1);
    const first = await burst(rig, 10);
    expect(first.admitted).toHaveLength(2);
    for (const call of first.admitted) await call.fail(httpError(400));
    const second = await burst(rig, 10);
    expect(second.admitted).toHaveLength(2);
  });

  test("permits that are never settled do not hold the ramp for ever", async () => {
    const rig = await halfOpenRig({ ramp: { from: 2 }, window: "30s", failureRate: false, failureThreshold: 4 });
    await rig.succeeds(1);
    expect(rig.breaker.tryAcquire()).not.toBeNull();
    expect(rig.breaker.tryAcquire()).not.toBeNull();
    expect(rig.breaker.tryAcquire()).toBeNull();
    await rig.clock.advance(60_000);
    expect(rig.breaker.tryAcquire()).not.toBeNull();
  });

  test("without a ramp everyone is admitted after the close", async () => {
    const rig = await halfOpenRig();
    await rig.succeeds(1);
    const { admitted } = await burst(rig, 200);
    expect(admitted).toHaveLength(200);
  });
});

describe("synthetic probe", () => {
  test("probeWith heals an idle circuit", async () => {
    let probes = 0;
    const rig = await openRig({
      probeWith: async (signal) => {
        expect(signal).toBeInstanceOf(AbortSignal);
        probes++;
      },
    });
    await rig.clock.advance(9_999);
    expect(probes).toBe(0);
    await rig.clock.advance(2_001);
    expect(probes).toBe(1);
    expect(rig.breaker.state).toBe("closed");
    expect(rig.invocations).toBe(4);
  });

  test("a synthetic probe that fails opens again one step up, and the next one comes after that", async () => {
    let probes = 0;
    const rig = await openRig({
      probeWith: async () => {
        probes++;
        throw httpError(503);
      },
    });
    await rig.clock.advance(12_000);
    expect(probes).toBe(1);
    expect(rig.breaker.state).toBe("open");
    expect((await rig.rejection()).retryAfterMs).toBeGreaterThan(17_000);
    await rig.clock.advance(21_000);
    expect(probes).toBe(2);
  });

  test("a synthetic probe that throws at once or never ends is a failed probe", async () => {
    const rig = await openRig({
      probe: { lease: "1s", timeout: "2s" },
      probeWith: () => new Promise(() => {}),
    });
    await rig.clock.advance(14_000);
    expect(rig.breaker.state).toBe("open");
    const thrower = await openRig({
      probeWith: () => {
        throw new Error("no network");
      },
    });
    await thrower.clock.advance(12_000);
    expect(thrower.breaker.state).toBe("open");
  });
});
