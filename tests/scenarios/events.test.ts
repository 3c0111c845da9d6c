import { describe, expect, test } from "vitest";

import { atFourFailures, fleetOf, halfOpenRig, httpError, openRig, rigOf, textOf } from "./support.ts";

describe("transitions", () => {
  test("E1 every transition is one event, sent when the new state can be read", async () => {
    const rig = rigOf();
    const seen: string[] = [];
    rig.breaker.on("transition", ({ from, to }) => seen.push(`${from} → ${to}, reads ${rig.breaker.state}`));
    await rig.fails(4);
    await rig.rejection();
    await rig.clock.advance(10_000);
    await rig.fails(1);
    await rig.clock.advance(20_000);
    await rig.succeeds(3);
    expect(seen).toEqual([
      "closed → open, reads open",
      "open → half-open, reads half-open",
      "half-open → open, reads open",
      "open → half-open, reads half-open",
      "half-open → closed, reads closed",
    ]);
  });

  test("E1 what changes nothing emits nothing", async () => {
    const rig = rigOf(atFourFailures);
    const old = await rig.starts();
    await rig.clock.advance(1);
    const seen: unknown[] = [];
    rig.breaker.on("transition", (event) => seen.push(event));
    await rig.breaker.reset({ by: "ops" });
    await rig.breaker.probeNow({ by: "ops" });
    expect(seen).toEqual([]);
    await rig.fails(4);
    expect(seen).toHaveLength(1);
    await old.fail();
    await rig.breaker.clearOverride({ by: "ops" });
    for (let i = 0; i < 20; i++) await rig.rejection();
    await rig.clock.advance(9_999);
    expect(seen).toHaveLength(1);
  });

  test("a transition event says what happened, where, when, for how long, and from whose operation", async () => {
    const rig = rigOf({ name: "openai" });
    const seen: object[] = [];
    rig.breaker.on("transition", (event) => seen.push(event));
    await rig.clock.advance(1_234);
    await rig.fails(4);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      key: "openai",
      from: "closed",
      to: "open",
      cooldownMs: 10_000,
      atMs: rig.clock.now(),
      origin: "local",
    });
    expect(seen[0]).toHaveProperty("generation", expect.any(Number));
    expect(seen[0]).toHaveProperty("reason", expect.any(String));
    expect(seen[0]).toHaveProperty("by");
  });

  test("the generation rises on trip, reopen and close, not on a claim", async () => {
    const rig = rigOf();
    const generations: number[] = [];
    rig.breaker.on("transition", (event) => generations.push(event.generation));
    await rig.fails(4);
    await rig.clock.advance(10_000);
    await rig.fails(1);
    await rig.clock.advance(20_000);
    await rig.succeeds(1);
    const [trip, claim, reopen, secondClaim, close] = generations as [number, number, number, number, number];
    expect(claim).toBe(trip);
    expect(reopen).toBe(trip + 1);
    expect(secondClaim).toBe(reopen);
    expect(close).toBe(reopen + 1);
  });

  test("the transition and the rejection carry the evidence", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, failureRate: 0.5, minimumCalls: 5 });
    const seen: object[] = [];
    rig.breaker.on("transition", (event) => seen.push(event));
    await rig.succeeds(1);
    await rig.fails(3, httpError(500));
    await rig.fails(1, httpError(529));
    expect(rig.breaker.state).toBe("open");
    const evidence = "4 of 5 calls failed in 30 s: 3 server-error, 1 overloaded";
    expect(textOf(seen[0] ?? {})).toContain(evidence);
    expect(textOf(await rig.rejection())).toContain(evidence);
  });
});

describe("listeners", () => {
  test("E3 a slow listener holds nobody: calls go on while it waits, and it may call the breaker itself", async () => {
    const rig = rigOf();
    const inside: unknown[] = [];
    rig.breaker.on("transition", () => {
      inside.push(rig.breaker.state, rig.breaker.tryAcquire());
      return new Promise(() => {}) as never;
    });
    await rig.fails(4);
    expect(inside).toEqual(["open", null]);
    expect((await rig.rejection()).reason).toBe("open");
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    expect(rig.breaker.state).toBe("closed");
  });

  test("F9 a listener that throws changes no call, no state and no other listener", async () => {
    const rig = rigOf();
    const others: string[] = [];
    for (const event of ["transition", "rejected", "probe", "hold", "override"] as const) {
      rig.breaker.on(event, () => {
        throw new Error("a bug in the notifier");
      });
      rig.breaker.on(event, () => others.push(event));
    }
    const error = httpError(500);
    expect(await rig.fails(4, error)).toEqual([error, error, error, error]);
    expect(rig.breaker.state).toBe("open");
    await rig.rejection();
    await rig.clock.advance(10_000);
    expect(await rig.succeeds(1)).toEqual(["ok"]);
    expect(rig.breaker.state).toBe("closed");
    const limit = httpError(429, { "retry-after": "1" });
    expect(await rig.fails(1, limit)).toEqual([limit]);
    await rig.breaker.forceOpen({ by: "ops", reason: "drill" });
    expect(others).toEqual(expect.arrayContaining(["transition", "rejected", "probe", "hold", "override"]));
  });

  test("a listener leaves by its handle, by its signal, or after once", async () => {
    const rig = rigOf();
    let [byHandle, bySignal, once] = [0, 0, 0];
    const leaving = new AbortController();
    const handle = rig.breaker.on("rejected", () => byHandle++);
    rig.breaker.on("rejected", () => bySignal++, { signal: leaving.signal });
    rig.breaker.on("rejected", () => once++, { once: true });
    await rig.fails(4);
    await rig.rejection();
    await rig.rejection();
    expect([byHandle, bySignal, once]).toEqual([2, 2, 1]);
    handle[Symbol.dispose]();
    leaving.abort();
    await rig.rejection();
    expect([byHandle, bySignal, once]).toEqual([2, 2, 1]);
  });
});

describe("the other events", () => {
  test("E5 each rejection is one event", async () => {
    const rig = await openRig();
    let rejected = 0;
    rig.breaker.on("rejected", () => rejected++);
    for (let i = 0; i < 5; i++) await rig.rejection();
    expect(rig.breaker.tryAcquire()).toBeNull();
    await rig.breaker.acquire().catch(() => {});
    expect(rejected).toBe(7);
  });

  test("E5 each probe is one event with its result", async () => {
    const rig = await halfOpenRig();
    const results: unknown[] = [];
    rig.breaker.on("probe", (event) => results.push(event.result));
    await rig.fails(1, httpError(400));
    await rig.fails(1);
    await rig.clock.advance(20_000);
    await rig.succeeds(1);
    await rig.succeeds(5);
    expect(results).toHaveLength(3);
    expect(new Set(results).size).toBe(3);
  });

  test("a recloser tells of all its breakers, by key", async () => {
    const fleet = fleetOf();
    const seen: string[] = [];
    fleet.recloser.on("transition", ({ key, to }) => seen.push(`${key} ${to}`));
    await fleet.rig("a").fails(4);
    await fleet.rig("b").fails(3);
    await fleet.rig("c").fails(4);
    expect(seen).toEqual(["a open", "c open"]);
  });

  test("a breaker's own listeners hear of it alone", async () => {
    const fleet = fleetOf();
    const seen: string[] = [];
    const a = fleet.rig("a");
    a.breaker.on("transition", ({ key }) => seen.push(key));
    await fleet.rig("b").fails(4);
    await a.fails(4);
    expect(seen).toEqual(["a"]);
  });
});
