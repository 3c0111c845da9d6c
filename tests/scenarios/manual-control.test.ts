import { describe, expect, test } from "vitest";

import { atFourFailures, down, halfOpenRig, httpError, openRig, rigOf } from "./support.ts";

const ops = { by: "alice", reason: "drill" };

describe("overrides", () => {
  test("M3 an override never consumes the probe", async () => {
    const rig = await halfOpenRig();
    await rig.breaker.forceOpen(ops);
    expect((await rig.rejection()).reason).toBe("override");
    await rig.breaker.clearOverride({ by: "alice" });
    expect(rig.breaker.state).toBe("half-open");

    await rig.breaker.forceClosed(ops);
    const call = await rig.starts();
    expect(call.context?.probe).toBe(false);
    await call.succeed();
    await rig.breaker.clearOverride({ by: "alice" });
    expect(rig.breaker.state).toBe("half-open");
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
    expect((await rig.rejection()).reason).toBe("probing");
  });

  test("M5 the forced state is what callers get, the computed one stands beside it", async () => {
    const rig = rigOf();
    expect(rig.breaker.snapshot().override ?? null).toBeNull();
    await rig.breaker.forceOpen(ops);
    expect(rig.breaker.state).toBe("open");
    expect(rig.breaker.snapshot().state).toBe("closed");
    expect(rig.breaker.snapshot().override).toBeTruthy();
    await rig.breaker.clearOverride({ by: "alice" });
    expect(rig.breaker.state).toBe("closed");
    expect(rig.breaker.snapshot().override ?? null).toBeNull();
  });

  test("M5 an open circuit forced closed still shows that it would be open", async () => {
    const rig = await openRig();
    await rig.breaker.forceClosed(ops);
    expect(rig.breaker.state).toBe("closed");
    expect(rig.breaker.snapshot().state).toBe("open");
    expect(await rig.succeeds(1)).toEqual(["ok"]);
    await rig.breaker.clearOverride({ by: "alice" });
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(10_000);
    expect(rig.breaker.state).toBe("half-open");
  });

  test("M9 forced closed keeps passing every call and every real error through", async () => {
    const rig = rigOf();
    await rig.breaker.forceClosed(ops);
    const error = down();
    expect(await rig.fails(50, error)).toEqual(Array.from({ length: 50 }, () => error));
    expect(rig.invocations).toBe(50);
    expect(rig.breaker.state).toBe("closed");
  });

  test("forced closed passes calls through a hold and a ramp too", async () => {
    const held = rigOf();
    await held.fails(1, httpError(429, { "retry-after": "30" }));
    await held.breaker.forceClosed(ops);
    expect(await held.succeeds(2)).toEqual(["ok", "ok"]);
    const ramping = await halfOpenRig({ ramp: { from: 1 } });
    await ramping.succeeds(1);
    await ramping.breaker.forceClosed(ops);
    const calls = await Promise.all(Array.from({ length: 10 }, () => ramping.starts()));
    expect(calls.map((call) => call.result.status)).toEqual(Array.from({ length: 10 }, () => "pending"));
  });

  test("forced open rejects with the cooldown's max as its hint when it has no end", async () => {
    const rig = rigOf();
    await rig.breaker.forceOpen(ops);
    expect(await rig.rejection()).toMatchObject({ reason: "override", state: "open", retryAfterMs: 60_000 });
    await rig.clock.advance(3_600_000);
    expect(await rig.rejection()).toMatchObject({ reason: "override", retryAfterMs: 60_000 });
    expect(rig.breaker.tryAcquire()).toBeNull();
    expect(rig.invocations).toBe(0);
  });

  test("an override with `for` ends by itself", async () => {
    const rig = rigOf();
    await rig.breaker.forceOpen({ ...ops, for: "5s" });
    await rig.clock.advance(4_999);
    const error = await rig.rejection();
    expect(error.retryAfterMs).toBeLessThanOrEqual(5_000);
    await rig.clock.advance(1);
    expect(rig.breaker.state).toBe("closed");
    expect(rig.breaker.snapshot().override ?? null).toBeNull();
    expect(await rig.succeeds(1)).toEqual(["ok"]);
  });

  test("a later override replaces the earlier one", async () => {
    const rig = rigOf();
    await rig.breaker.forceOpen(ops);
    await rig.breaker.forceClosed({ by: "bob", reason: "drill over" });
    expect(rig.breaker.state).toBe("closed");
    await rig.breaker.clearOverride({ by: "bob" });
    expect(rig.breaker.state).toBe("closed");
  });

  test("an override raises the generation and tells who set it", async () => {
    const rig = rigOf();
    const events: object[] = [];
    rig.breaker.on("override", (event) => events.push(event));
    const before = rig.breaker.tryAcquire()?.generation ?? Number.NaN;
    await rig.breaker.forceClosed(ops);
    expect(rig.breaker.tryAcquire()?.generation).toBeGreaterThan(before);
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events[0])).toContain("alice");
    expect(JSON.stringify(events[0])).toContain("drill");
  });

  test("clearing where nothing is set does nothing", async () => {
    const rig = await openRig();
    await rig.breaker.clearOverride({ by: "alice" });
    expect(rig.breaker.state).toBe("open");
  });
});

describe("reset and probeNow", () => {
  test("reset closes, and clears the window and the ladder", async () => {
    const rig = await openRig();
    await rig.clock.advance(10_000);
    await rig.fails(1);
    expect((await rig.rejection()).retryAfterMs).toBe(20_000);
    await rig.breaker.reset({ by: "alice" });
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect((await rig.rejection()).retryAfterMs).toBe(10_000);
  });

  test("reset of a closed circuit forgets its failures", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(3);
    await rig.breaker.reset({ by: "alice" });
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
  });

  test("the transition that a reset makes names who asked for it", async () => {
    const rig = await openRig();
    const events: { from: string; to: string; by: unknown }[] = [];
    rig.breaker.on("transition", (event) => events.push(event));
    await rig.breaker.reset({ by: "alice" });
    expect(events).toMatchObject([{ from: "open", to: "closed", by: "alice" }]);
  });

  test("probeNow ends the cooldown: the next call is the probe, alone", async () => {
    const rig = await openRig();
    await rig.breaker.probeNow({ by: "alice" });
    expect(rig.breaker.state).toBe("half-open");
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
    expect((await rig.rejection()).reason).toBe("probing");
    await probe.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("probeNow on a closed circuit changes nothing", async () => {
    const rig = rigOf();
    await rig.breaker.probeNow({ by: "alice" });
    expect(rig.breaker.state).toBe("closed");
    const call = await rig.starts();
    expect(call.context?.probe).toBe(false);
  });
});

describe("modes", () => {
  test("observe counts and tells, but never rejects", async () => {
    const rig = rigOf({ mode: "observe" });
    const would: unknown[] = [];
    const rejected: unknown[] = [];
    rig.breaker.on("would-reject", (event) => would.push(event));
    rig.breaker.on("rejected", (event) => rejected.push(event));
    const error = down();
    expect(await rig.fails(4, error)).toEqual([error, error, error, error]);
    expect(would).toHaveLength(0);
    expect(await rig.succeeds(3)).toEqual(["ok", "ok", "ok"]);
    expect(rig.invocations).toBe(7);
    expect(would).toHaveLength(3);
    expect(rejected).toHaveLength(0);
    expect(rig.breaker.tryAcquire()).not.toBeNull();
  });

  test("observe does not reject under a hold, nor while half-open", async () => {
    const rig = rigOf({ mode: "observe" });
    await rig.fails(1, httpError(429, { "retry-after": "10" }));
    expect(await rig.succeeds(2)).toEqual(["ok", "ok"]);
    await rig.clock.advance(10_000);
    await rig.fails(4);
    await rig.clock.advance(10_000);
    const calls = [await rig.starts(), await rig.starts(), await rig.starts()];
    for (const call of calls) expect(call.result.status).toBe("pending");
  });

  test("observe does not abort calls in flight when it would trip", async () => {
    const rig = rigOf({ ...atFourFailures, mode: "observe" });
    await rig.fails(1);
    await rig.clock.advance(10);
    const call = await rig.starts();
    await rig.fails(3);
    expect(call.result.status).toBe("pending");
    expect(call.context?.signal.aborted).toBe(false);
  });

  test("off neither counts nor rejects", async () => {
    const rig = rigOf({ mode: "off" });
    const seen: unknown[] = [];
    for (const event of ["transition", "rejected", "would-reject", "hold"] as const)
      rig.breaker.on(event, (e) => seen.push(e));
    const error = down();
    expect(await rig.fails(50, error)).toEqual(Array.from({ length: 50 }, () => error));
    await rig.fails(5, httpError(429, { "retry-after": "10" }));
    expect(rig.invocations).toBe(55);
    expect(rig.breaker.state).toBe("closed");
    expect(seen).toEqual([]);
  });
});
