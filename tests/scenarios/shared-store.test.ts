/** Several replicas on one store: protocol-spec.md §7, as far as a model of the store can show it. */
import { describe, expect, test } from "vitest";
import { createRecloser, InvalidOptionError } from "../../packages/recloser/src/index.ts";
import { Fleet, type FleetOptions } from "../support/fleet.ts";

const QUICK = { consecutiveFailures: 4, cooldown: { initial: "2s", jitter: 0 } } as const;
const down = (fromMs: number, toMs: number) =>
  [{ fromMs, toMs, does: { kind: "status", status: 503, latency: 50 } }] as const;
const quick = (options: FleetOptions = {}): Fleet => new Fleet({ policy: QUICK, ...options });

/** How long it takes, in whole milliseconds of the fleet's time. */
async function timeOf(fleet: Fleet, act: () => Promise<void>): Promise<number> {
  let isOver = false;
  void act().then(() => (isOver = true));
  for (let ms = 0; ms < 1_000; ms++) {
    await fleet.pass(0);
    if (isOver) return ms;
    await fleet.pass(1);
  }
  return Infinity;
}

describe("one replica's discovery", () => {
  test("protects all: few calls reach a dead provider, however many replicas there are", async () => {
    const fleet = new Fleet({ replicas: 20, perSecond: 10, schedule: down(30_000, 60_000) });
    await fleet.pass(40_000);
    expect(fleet.callsSince(30_000)).toBeLessThanOrEqual(40);
    expect(new Set(fleet.states())).not.toContain("closed");
  });

  test("is told once as a local change and once on each other replica as a shared one", async () => {
    const fleet = quick({ schedule: down(0, 10_000) });
    await fleet.pass(10);
    await fleet.trip();
    const origins = fleet.replicas.map(({ transitions }) =>
      transitions.map(({ origin, scope, to }) => [origin, scope, to]),
    );
    expect(origins[1]).toEqual([["shared", "shared", "open"]]);
    expect(origins[2]).toEqual([["shared", "shared", "open"]]);
    expect(origins[0]).toContainEqual(["local", "shared", "open"]);
  });

  test("outlives the replica that made it: one that starts anew finds the circuit open", async () => {
    const fleet = quick({ schedule: down(0, 10_000) });
    await fleet.pass(10);
    await fleet.trip();
    for (const { process } of fleet.replicas) process.crash();
    const reborn = fleet.start("replica 1");
    await fleet.pass(10);
    expect(reborn.breaker.state).toBe("open");
    expect(reborn.call().end).toBeNull();
    await fleet.pass(0);
    expect(fleet.callsSince(fleet.world.nowMs - 5)).toBe(0);
  });

  test("is known to a breaker that a replica is first asked for now, where it waits for it", async () => {
    const fleet = quick({ replicas: 2 });
    await fleet.pass(10);
    const tripped = fleet
      .get(0)
      .recloser.breaker("first named by a request")
      .forceOpen({ by: "test", reason: "drill" });
    await fleet.pass(10);
    await tripped;
    const { recloser } = fleet.get(1);
    const breaker = recloser.breaker("first named by a request");
    const ready = recloser.ready("first named by a request");
    expect(breaker.state).toBe("closed");
    await fleet.pass(3);
    await ready;
    expect(breaker.state).toBe("open");
    expect(await timeOf(fleet, () => recloser.ready("first named by a request"))).toBe(0);
  });

  test("is waited for no longer than 50 ms, and not at all while the store is away", async () => {
    const fleet = quick({ replicas: 1 });
    await fleet.pass(10);
    const { recloser } = fleet.get(0);
    fleet.network.cut("replica 1", "store");
    expect(await timeOf(fleet, () => recloser.ready("a"))).toBe(50);
    await fleet.pass(5_000);
    expect(recloser.storeHealth().mode).toBe("local");
    expect(await timeOf(fleet, () => recloser.ready("b"))).toBe(0);
    await expect(recloser.ready("")).rejects.toThrow(InvalidOptionError);
  });

  test("throws no answer away that was under way before the outage, though a call of before had failed too", async () => {
    const schedule = [
      ...down(0, 100),
      { fromMs: 200, toMs: 300, does: { kind: "slow", factor: 20 } },
      ...down(1_000, 4_000),
    ] as const;
    const fleet = quick({ replicas: 2, schedule });
    await fleet.pass(10);
    fleet.get(1).call();
    await fleet.pass(240);
    const underWay = fleet.get(1).call();
    await fleet.pass(800);
    for (let i = 0; i < 3; i++) {
      for (const replica of fleet.replicas) replica.call();
      await fleet.pass(40);
    }
    await fleet.pass(200);
    expect(fleet.states()).toEqual(["open", "open"]);
    expect(underWay.end).toBeNull();
    await fleet.pass(9_000);
    expect(underWay.end).toBe("ok");
  });

  test("does not wait for a push: without any, the poll brings it", async () => {
    const fleet = quick({ schedule: down(0, 10_000), prepare: (store) => (store.pushes = false) });
    await fleet.pass(10);
    await fleet.trip();
    expect(fleet.get(1).breaker.state).toBe("closed");
    await fleet.pass(1_250);
    expect(fleet.states()).toEqual(["open", "open", "open"]);
  });
});

describe("the store's part in a call", () => {
  test("is nothing while the circuit is closed and nobody fails, and nothing while it is open", async () => {
    const fleet = new Fleet({ replicas: 2, perSecond: 500, schedule: down(20_000, 40_000) });
    await fleet.pass(20_000);
    expect(fleet.operations).toEqual([]);
    await fleet.pass(1_500);
    const before = fleet.operations.length;
    await fleet.pass(3_000);
    expect(fleet.states()).toEqual(["open", "open"]);
    expect(fleet.operations.length).toBe(before);
  });

  test("is one claim at the cooldown's end: of 500 callers one becomes the probe", async () => {
    const fleet = quick({ replicas: 5, schedule: down(0, 2_000) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_500);
    const atMs = fleet.world.nowMs;
    const made = fleet.replicas.flatMap((replica) => Array.from({ length: 100 }, () => replica.call()));
    await fleet.pass(60);
    expect(fleet.callsSince(atMs)).toBe(1);
    expect(made.filter(({ end }) => end === "probing")).toHaveLength(499);
    await fleet.pass(500);
    expect(made.filter(({ end }) => end === "ok")).toHaveLength(1);
    // The one that had seen all the failures itself may want a probe of its own.
    expect(fleet.states().slice(1)).toEqual(Array(4).fill("closed"));
    fleet.get(0).call();
    await fleet.pass(500);
    expect(fleet.states()).toEqual(Array(5).fill("closed"));
  });

  test("never makes a call wait more than 50 ms, and only the one that claims", async () => {
    const fleet = quick({ schedule: down(0, 1_000) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_100);
    fleet.store.process.pause();
    const [claims, waits] = [fleet.get(0).call(), fleet.get(0).call()];
    await fleet.pass(1);
    expect([claims.end, waits.end]).toEqual([null, "probing"]);
    await fleet.pass(49.5);
    expect(claims.end).toBe("probing");
  });

  test("is over for `tryAcquire` before it has begun: the lease it asks for is kept for the next caller", async () => {
    const fleet = quick({ schedule: down(0, 1_000) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_100);
    const { breaker } = fleet.get(0);
    expect(breaker.tryAcquire()).toBeNull();
    await fleet.pass(5);
    expect(fleet.get(1).breaker.tryAcquire()).toBeNull();
    const permit = breaker.tryAcquire();
    expect(permit?.kind).toBe("probe");
    const renewed = permit?.renew();
    await fleet.pass(5);
    expect(await renewed).toBe(true);
    permit?.success();
    await fleet.pass(5);
    expect(fleet.states()).toEqual(["closed", "closed", "closed"]);
  });
});

describe("a prober", () => {
  const probing = async (schedule: FleetOptions["schedule"]): Promise<Fleet> => {
    const fleet = quick({ ...(schedule === undefined ? {} : { schedule }) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_100);
    fleet.get(0).call();
    await fleet.pass(10);
    return fleet;
  };
  const hangs = [...down(0, 1_000), { fromMs: 1_000, toMs: 2_600, does: { kind: "hang" } }] as const;

  test("that dies is replaced within its lease, while traffic goes on", async () => {
    const fleet = await probing(hangs);
    fleet.get(0).process.crash();
    for (let i = 0; i < 105; i++) {
      fleet.get(1).call();
      await fleet.pass(100);
    }
    expect(fleet.states()).toEqual(["closed", "closed"]);
  });

  test("that was paused beyond its lease changes nothing when it goes on", async () => {
    const fleet = await probing(down(0, 1_000));
    fleet.get(0).process.pause();
    await fleet.pass(10_500);
    const other = fleet.get(1).call();
    await fleet.pass(600);
    expect(other.end).toBe("ok");
    const { generation } = fleet.get(1).breaker.snapshot();
    fleet.get(0).process.resume();
    await fleet.pass(2_000);
    expect(fleet.get(1).breaker.snapshot().generation).toBe(generation);
    const settled = fleet.operations.filter(
      ({ command, answer }) => command.type === "settle" && answer.reply.code !== "fenced",
    );
    expect(settled).toHaveLength(1);
  });

  test("whose caller goes away gives the probe to the next call", async () => {
    const fleet = quick({ schedule: down(0, 1_000) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_100);
    const caller = new AbortController();
    const { breaker } = fleet.get(0);
    const gone = breaker
      .execute(() => new Promise(() => {}), { signal: caller.signal })
      .catch((error: unknown) => error);
    await fleet.pass(10);
    caller.abort(new Error("changed my mind"));
    await fleet.pass(5);
    expect(await gone).toMatchObject({ message: "changed my mind" });
    const next = fleet.get(1).call();
    await fleet.pass(500);
    expect([next.end, ...fleet.states()]).toEqual(["ok", "half-open", "closed", "closed"]);
  });

  test("holds the lease for as long as it runs, however long that is", async () => {
    const fleet = await probing([...down(0, 1_000), { fromMs: 1_000, does: { kind: "slow", factor: 80 } }]);
    for (let i = 0; i < 15; i++) {
      const refused = fleet.get(1).call();
      await fleet.pass(1_000);
      expect(refused.end).toBe("probing");
    }
    await fleet.pass(20_000);
    expect(fleet.states()).toEqual(["closed", "closed", "closed"]);
  });
});

describe("a store that is away", () => {
  test("at the start delays nobody, and is joined when it appears", async () => {
    const fleet = quick({ prepare: (store) => (store.isDown = true) });
    const ready = fleet
      .get(0)
      .recloser.ready()
      .then(() => fleet.world.nowMs);
    const made = fleet.get(0).call();
    await fleet.pass(1_000);
    expect(await ready).toBeLessThanOrEqual(200);
    expect(made.end).toBe("ok");
    expect(fleet.get(0).recloser.storeHealth()).toMatchObject({ mode: "local", lastError: { code: "ERR_STORE" } });
    fleet.store.isDown = false;
    await fleet.pass(2_500);
    expect(fleet.get(0).recloser.storeHealth().mode).toBe("shared");
  });

  test("costs no call anything: hung in the middle of traffic and of an outage, no call fails for it or waits for it", async () => {
    const fleet = new Fleet({ replicas: 4, perSecond: 20, schedule: down(30_000, 60_000) });
    await fleet.pass(20_000);
    fleet.store.process.pause();
    await fleet.pass(60_000);
    fleet.store.process.resume();
    await fleet.pass(30_000);
    const ended = fleet.replicas.flatMap((replica) => replica.ended);
    expect(ended.length).toBeGreaterThan(8_000);
    expect(new Set(ended.map(({ end, reason }) => (end === "ok" ? end : reason)))).toEqual(
      new Set(["ok", "503", "open", "probing", "ramping"]),
    );
    const rejected = ended.filter(({ end, inFlight }) => end === "rejected" && !inFlight);
    expect(Math.max(...rejected.map(({ atMs, endMs }) => endMs - atMs))).toBeLessThanOrEqual(50);
    expect(fleet.states()).toEqual(Array(4).fill("closed"));
    expect(fleet.replicas.map(({ recloser }) => recloser.storeHealth().mode)).toEqual(Array(4).fill("shared"));
  });

  test("leaves the circuit it had: open stays open until its deadline, then each process probes for itself", async () => {
    const fleet = quick({ schedule: down(0, 1_000) });
    await fleet.pass(10);
    await fleet.trip();
    fleet.store.isDown = true;
    await fleet.pass(1_500);
    expect(fleet.replicas.map(({ recloser }) => recloser.storeHealth().mode)).toEqual(Array(3).fill("local"));
    expect(fleet.states()).toEqual(["open", "open", "open"]);
    const early = fleet.get(2).call();
    await fleet.pass(0);
    expect(early.end).toBe("open");
    await fleet.pass(3_000);
    const probes = fleet.replicas.map((replica) => replica.call());
    await fleet.pass(500);
    expect(probes.map(({ end }) => end)).toEqual(["ok", "ok", "ok"]);
    expect(fleet.states()).toEqual(["closed", "closed", "closed"]);
  });

  test("and comes back empty gets the open circuit back from those who had read it there, with no call more", async () => {
    const fleet = quick({ replicas: 3, schedule: down(0, 9_000), policy: { ...QUICK, cooldown: { initial: "6s" } } });
    await fleet.pass(10);
    await fleet.trip();
    const { openUntilMs } = fleet.get(1).breaker.snapshot();
    fleet.store.wipe();
    const atMs = fleet.world.nowMs;
    await fleet.pass(3_000);
    const late = fleet.get(1).call();
    await fleet.pass(10);
    expect(late.end).toBe("open");
    const newcomer = fleet.start("replica 4", 0);
    await fleet.pass(10);
    expect(newcomer.breaker.state).toBe("open");
    expect(Math.abs((fleet.get(1).breaker.snapshot().openUntilMs ?? 0) - (openUntilMs ?? 0))).toBeLessThan(20);
    expect(fleet.callsSince(atMs)).toBe(0);
  });

  test("takes what was seen meanwhile as evidence when it is back, and no state", async () => {
    const fleet = quick({ schedule: down(2_000, 9_000) });
    await fleet.pass(1_000);
    fleet.store.isDown = true;
    await fleet.pass(2_000);
    await fleet.trip(fleet.get(0));
    expect(fleet.states()).toEqual(["open", "closed", "closed"]);
    fleet.store.isDown = false;
    await fleet.pass(2_600);
    expect(fleet.operations.some(({ command }) => command.type === "reassert")).toBe(false);
    expect(
      fleet.operations.some(({ command, answer }) => command.type === "report" && answer.reply.code === "tripped"),
    ).toBe(true);
    expect(fleet.states()).not.toContain("closed");
  });
});

describe("a replica that is sick alone", () => {
  test("opens only itself, says so, and does not drive the others' ladder", async () => {
    const fleet = quick({ replicas: 3, perSecond: 20, policy: { ...QUICK, consecutiveFailures: 18 } });
    await fleet.pass(5_000);
    const sick = fleet.get(0);
    // Its way out is dead: every connection is refused, while the others are answered.
    const refused = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
    for (let i = 0; i < 60; i++) {
      sick.breaker.execute(() => Promise.reject(refused)).catch(() => {});
      await fleet.pass(10);
      sick.breaker.execute(() => Promise.reject(refused)).catch(() => {});
      await fleet.pass(5);
    }
    expect(fleet.get(1).breaker.state).toBe("closed");
    expect(fleet.get(2).breaker.state).toBe("closed");
  });
});

describe("operators and holds", () => {
  test("an override of one replica is everybody's, and so is its end", async () => {
    const fleet = quick();
    await fleet.pass(10);
    const word = fleet.get(0).breaker.forceOpen({ by: "ann", reason: "drill" });
    await fleet.pass(10);
    await word;
    expect(fleet.states()).toEqual(["open", "open", "open"]);
    const refused = fleet.get(2).call();
    await fleet.pass(1);
    expect(refused.end).toBe("override");
    const end = fleet.get(1).breaker.clearOverride({ by: "bob" });
    await fleet.pass(10);
    await end;
    expect(fleet.states()).toEqual(["closed", "closed", "closed"]);
  });

  test("a reset and an early probe are everybody's too", async () => {
    const fleet = quick({ schedule: down(0, 1_000), policy: { ...QUICK, cooldown: { initial: "60s" } } });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(1_000);
    const word = fleet.get(2).breaker.probeNow({ by: "ann" });
    await fleet.pass(10);
    await word;
    expect(fleet.states()).toEqual(["half-open", "half-open", "half-open"]);
    const probe = fleet.get(1).call();
    await fleet.pass(500);
    expect(probe.end).toBe("ok");
    await fleet.trip().catch(() => {});
    const reset = fleet.get(0).breaker.reset({ by: "ann" });
    await fleet.pass(10);
    await reset;
    expect(fleet.states()).toEqual(["closed", "closed", "closed"]);
  });

  test("a rate limit that one replica meets holds all, and they come back one by one", async () => {
    const fleet = quick({
      schedule: [{ fromMs: 0, toMs: 1_000, does: { kind: "status", status: 429, retryAfterMs: 5_000, latency: 20 } }],
    });
    await fleet.pass(10);
    fleet.get(0).call();
    await fleet.pass(50);
    const held = fleet.replicas.map((replica) => replica.call());
    await fleet.pass(10);
    expect(held.map(({ end }) => end)).toEqual(["rate-limited", "rate-limited", "rate-limited"]);
    await fleet.pass(5_600);
    const back = Array.from({ length: 5 }, () => fleet.get(1).call());
    await fleet.pass(500);
    const ends = back.map(({ end }) => String(end)).join(" ");
    expect(ends).toBe("ok ramping ramping ramping ramping");
  });
});

describe("the end", () => {
  test("leaves nothing behind: no timer, no lease, what waited is reported", async () => {
    const fleet = quick({ schedule: down(0, 1_000) });
    await fleet.pass(10);
    await fleet.trip();
    await fleet.pass(2_100);
    fleet.get(0).breaker.tryAcquire();
    await fleet.pass(10);
    const closed = Promise.all(fleet.replicas.map(({ recloser }) => recloser.close()));
    await fleet.pass(300);
    await closed;
    expect(fleet.replicas.map(({ process }) => process.sleeping)).toEqual([0, 0, 0]);
    const record = fleet.store.server.records.get("recloser:openai");
    expect(record?.circuit).toMatchObject({ lease: null });
  });

  test("a window of calls is refused: it could not be shared", () => {
    const fleet = new Fleet({ replicas: 1 });
    const { process } = fleet.get(0);
    const recloser = createRecloser({ store: fleet.store.client(process), clock: process.clock });
    expect(() => recloser.breaker("a", { window: { calls: 20 } })).toThrow(InvalidOptionError);
  });
});
