/** A replica that is sick alone opens itself and trips nobody: real processes, a real Redis, the default policy. */
import { setTimeout as sleep } from "node:timers/promises";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { type FleetStore, FLEET_STORES, placed } from "../support/servers/fleet-stores.ts";
import { freePort, hasRedis } from "../support/servers/redis.ts";

const PER_SECOND = 40;
const LOAD_MS = 5_000;

const onEach = describe.runIf(await hasRedis()).each(FLEET_STORES);

onEach("Of five replicas, one without a way to the provider, on $name", ({ start }) => {
  let store: FleetStore;
  let provider: SimulatedProvider;
  let fleet: ReplicaFleet;

  beforeAll(async () => {
    store = await start();
    provider = await simulatedProvider({ latency: { answer: 30 } });
    fleet = await ReplicaFleet.start({ ...placed(store), processes: 3, here: 2 });
  }, 120_000);
  afterAll(async () => {
    await fleet.end();
    await provider.close();
    await store.end();
  });

  test.each([
    ["a key of one record", "sick", ["sick"]],
    ["the records of a provider and of its model", "provider:model", ["provider:model", "provider"]],
  ])("opens itself, and only itself: %s", async (_what, key, records) => {
    const [sick, ...well] = fleet.replicas as [Replica, ...Replica[]];
    await fleet.use(key, {});
    const before = await Promise.all(well.map((replica) => replica.counters()));
    for (const replica of well) await replica.load({ key, provider: provider.url }, PER_SECOND);
    await sleep(1_000);
    await sick.load({ key, provider: `http://127.0.0.1:${await freePort()}` }, PER_SECOND);
    await sleep(LOAD_MS);
    const look = await sick.look(key);
    await Promise.all(fleet.replicas.map((replica) => replica.rest()));

    expect(look.snapshot.scope).toBe("local");
    expect(look.snapshot.state).not.toBe("closed");
    expect(look.view.shared).toBe("closed");
    const after = await Promise.all(well.map((replica) => replica.counters()));
    for (const [nth, { answered, rejected, failed }] of after.entries()) {
      expect({ rejected, failed }).toEqual({ rejected: {}, failed: 0 });
      expect(answered - (before[nth]?.answered ?? 0)).toBeGreaterThan((PER_SECOND * LOAD_MS) / 1_000 / 2);
    }
    for (const record of records) {
      const told = fleet.history.of(record, "transition");
      expect(told.filter(({ replica }) => replica !== sick.name)).toEqual([]);
      expect(told.filter(({ event }) => event.scope === "shared")).toEqual([]);
      expect(told.length).toBeGreaterThan(0);
      expect(fleet.history.of(record, "told").filter(({ circuit }) => circuit.is === "tripped")).toEqual([]);
      expect(violationsIn(fleet.history.about(record))).toEqual([]);
    }
  });
});
