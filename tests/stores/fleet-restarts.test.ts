/** A restart forgets nothing: all processes of a fleet are killed, and others take their place. On a real Redis. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PolicyOptions } from "recloser";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordFault } from "../support/faults/record.ts";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { machineMs, wallAheadMs } from "../support/replicas/machine-time.ts";
import { probeBy, requestsFor } from "../support/replicas/wire.ts";
import { type FleetStore, FLEET_STORES, placed } from "../support/servers/fleet-stores.ts";
import { hasRedis } from "../support/servers/redis.ts";

const REPLICAS = 3;
const LEASE_MS = 2_000;
const POLICY: PolicyOptions = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "500ms", factor: 10, jitter: 0.2, max: "5m" },
  probe: { lease: LEASE_MS },
};
// The store's answer was on its way for some part of a round trip.
const ROUND_TRIP_MS = 50;

const onEach = describe.runIf(await hasRedis()).each(FLEET_STORES);

onEach(`When all ${REPLICAS} processes of a fleet are killed and begin anew, on $name`, ({ name: kind, start }) => {
  let store: FleetStore;
  let provider: SimulatedProvider;
  let fleet: ReplicaFleet;

  beforeAll(async () => {
    store = await start();
    provider = await simulatedProvider({ latency: { answer: 50 } });
  }, 120_000);
  beforeEach(async () => {
    fleet = await ReplicaFleet.start({ ...placed(store), processes: REPLICAS, spares: REPLICAS });
  }, 120_000);
  afterEach(() => fleet.end());
  afterAll(async () => {
    await provider.close();
    await store.end();
  });

  const firstReplica = (): Replica => fleet.replicas[0] as Replica;
  const target = (key: string) => ({ key, provider: provider.url });
  const record = (key: string) =>
    fleet.history
      .of(key, "told")
      .toSorted((a, b) => a.storeMs - b.storeMs)
      .at(-1)?.circuit;

  /** Fails until it is open. Gives the instant of the cooldown's end. */
  async function trip(key: string): Promise<number> {
    await fleet.use(key, POLICY);
    await provider.setFault({ kind: "status", status: 503 });
    await firstReplica().burst(target(key), 3);
    const look = await fleet.history.until("it is open", 5_000, async () => {
      const { openUntilAt, view } = await firstReplica().look(key);
      return view.shared === "open" && openUntilAt;
    });
    return look;
  }

  test("an open circuit is open until the same instant, on the same step of the ladder", async () => {
    const key = "open";
    const endsAt = await trip(key);
    await probeBy(firstReplica(), provider, key, endsAt + 5);
    await fleet.history.until(
      "the probe has failed",
      5_000,
      () => record(key)?.step === 2 && record(key)?.lease === null,
    );
    const before = record(key);
    const openUntilAt = (before?.openUntilMs ?? NaN) - wallAheadMs();
    const calls = requestsFor(provider, key).length;

    const old = fleet.replicas.map(({ name }) => name);
    await fleet.restart();
    await fleet.use(key, POLICY);
    expect(fleet.replicas).toHaveLength(REPLICAS);
    for (const replica of fleet.replicas) {
      expect(old).not.toContain(replica.name);
      const look = await replica.look(key);
      expect(look.snapshot).toMatchObject({ state: "open", step: 2, reason: "probe-failed", generation: 2 });
      expect(Math.abs((look.openUntilAt ?? NaN) - openUntilAt)).toBeLessThan(ROUND_TRIP_MS);
      expect(await replica.burst(target(key), 5)).toEqual(
        Array.from({ length: 5 }, () => ({ end: "rejected", reason: "open", state: "open" })),
      );
    }
    expect(record(key)).toEqual(before);
    expect(requestsFor(provider, key)).toHaveLength(calls);

    await provider.setFault(null);
    const again = openUntilAt + ROUND_TRIP_MS;
    const ends = await Promise.all(fleet.replicas.map((replica) => replica.burst(target(key), 3, again)));
    expect(ends.flat().filter(({ end }) => end === "answered")).toHaveLength(1);
    expect(requestsFor(provider, key)).toHaveLength(calls + 1);
    expect(violationsIn(fleet.history.about(key))).toEqual([]);
  });

  test("a half-open one whose prober was killed with the rest is probed when its lease is over", async () => {
    const key = "half-open";
    const endsAt = await trip(key);
    await provider.setFault({ kind: "hang" });
    await probeBy(firstReplica(), provider, key, endsAt + 5);
    await provider.setFault(null);
    await sleep(LEASE_MS / 2);

    const killedAt = machineMs();
    await fleet.restart();
    await fleet.use(key, POLICY);
    for (const replica of fleet.replicas) {
      expect((await replica.look(key)).view.shared).toBe("half-open");
      await replica.load(target(key), 20);
    }
    const probe = await fleet.history.until("it is probed again", 3 * LEASE_MS, () =>
      fleet.history.of(key, "admitted").find(({ at, probe: is }) => is && at > killedAt),
    );
    const within = { tookMs: probe.at - killedAt, boundMs: LEASE_MS + 300 };
    recordFault({
      table: "bound",
      fault: `all processes killed and begun anew, on ${kind}`,
      what: "another probes",
      ...within,
    });
    expect(within.tookMs).toBeLessThanOrEqual(within.boundMs);
    await fleet.history.until("it is closed", 5_000, () => record(key)?.is === "closed");
    await Promise.all(fleet.replicas.map((replica) => replica.rest()));
    expect(violationsIn(fleet.history.about(key))).toEqual([]);
  });
});
