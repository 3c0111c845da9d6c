/** What a fleet is promised holds on each kind of Redis: Valkey, TLS with a user of few rights, a Cluster, Sentinels; through a failover. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PolicyOptions } from "recloser";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { machineMs } from "../support/replicas/machine-time.ts";
import type { ReplicaProcess } from "../support/replicas/replica-process.ts";
import { probeBy, requestsFor } from "../support/replicas/wire.ts";
import { type Failover, type FleetStore, placed, SHORT_STORES } from "../support/servers/fleet-stores.ts";
import { hasRedis } from "../support/servers/redis.ts";

const CALLERS = 5;
const LEASE_MS = 800;
const QUICK: PolicyOptions = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "500ms", factor: 6, jitter: 0 },
  probe: { lease: LEASE_MS },
};
const STAYS_OPEN: PolicyOptions = { ...QUICK, cooldown: { initial: "5m", max: "5m", jitter: 0 } };

// A test that is tried again must not find what it left.
let keys = 0;
const fresh = (name: string): string => `${name} ${++keys}`;

describe.runIf(await hasRedis()).each(SHORT_STORES)(
  "On $name, a fleet of four, one of them a process of its own,",
  (on) => {
    let store: FleetStore;
    let provider: SimulatedProvider;
    let fleet: ReplicaFleet;

    beforeAll(async () => {
      [store, provider] = await Promise.all([on.start(), simulatedProvider({ latency: { answer: 50 } })]);
      fleet = await ReplicaFleet.start({ ...placed(store), processes: 1, here: 3 });
    }, 120_000);
    afterAll(async () => {
      await fleet.end();
      await provider.close();
      await store.end();
    }, 60_000);

    const here = (): Replica[] => fleet.replicas.filter(({ process }) => process === null);
    const target = (key: string) => ({ key, provider: provider.url });

    const allAre = (key: string, state: string, withinMs = 5_000) =>
      fleet.history.until(`all are ${state} for ${key}`, withinMs, async () => {
        const looks = await Promise.all(fleet.replicas.map((replica) => replica.look(key)));
        return looks.every(({ view }) => view.shared === state);
      });

    /** One replica fails until the shared circuit is open. Gives its key, and the instant at which the cooldown ends for all. */
    async function trip(name: string, by: Replica, policy = QUICK): Promise<{ key: string; endsAt: number }> {
      await provider.setFault({ kind: "status", status: 503 });
      for (let nth = 1; ; nth++) {
        const key = fresh(name);
        await fleet.use(key, policy);
        await by.burst(target(key), 3);
        try {
          await allAre(key, "open", 3_000);
        } catch (error) {
          // A report that a busy machine has kept for too long comes to nothing.
          if (nth === 3) throw error;
          continue;
        }
        const looks = await Promise.all(fleet.replicas.map((replica) => replica.look(key)));
        return { key, endsAt: Math.max(...looks.map(({ openUntilAt }) => openUntilAt ?? NaN)) + 5 };
      }
    }

    test("rejects everywhere what one has found out, probes once, and is closed everywhere", async () => {
      const [first] = here() as [Replica];
      const { key, endsAt } = await trip("tripped", first);
      const before = requestsFor(provider, key).length;
      expect(fleet.history.of(key, "admitted").filter(({ replica }) => replica !== first.name)).toEqual([]);
      await provider.setFault({ kind: "slow-first-token", ms: LEASE_MS });
      const bursts = Promise.all(fleet.replicas.map((replica) => replica.burst(target(key), CALLERS, endsAt)));
      const probed = () => requestsFor(provider, key).length > before;
      await sleep(endsAt - machineMs() + 200);
      // Where no claim was answered in 50 ms its lease waits for the next call.
      for (let more = 0; !probed() && more < 10; more++) {
        await Promise.all(fleet.replicas.map((replica) => replica.burst(target(key), 1)));
        await sleep(20);
      }
      const ends = (await bursts).flat();
      await allAre(key, "closed");
      expect(requestsFor(provider, key).slice(before)).toHaveLength(1);
      expect(ends.filter(({ end }) => end !== "rejected" && end !== "answered")).toEqual([]);
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });

    test("probes again within the lease when the prober is killed, while traffic goes on", async () => {
      // A try before this one may have killed the last.
      const victim = fleet.replicas.find(({ process }) => process !== null) ?? (await fleet.another());
      const { key, endsAt } = await trip("killed", victim);
      await provider.setFault({ kind: "hang" });
      await probeBy(victim, provider, key, endsAt);
      for (const other of here()) await other.load(target(key), 20);
      await provider.setFault(null);
      const killedAt = machineMs();
      await fleet.kill(victim.process as ReplicaProcess);
      const next = await fleet.history.until("another probes", 4 * LEASE_MS, () =>
        fleet.history.of(key, "admitted").find(({ at, probe }) => probe && at > killedAt),
      );
      await allAre(key, "closed");
      await Promise.all(here().map((other) => other.rest()));
      expect(next.at - killedAt).toBeLessThanOrEqual(LEASE_MS + 300);
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });

    if (!on.failsOver) return;
    test("sees no failed call through a failover, and no circuit in a state that is not the record's", async () => {
      const failover = store.failover as Failover;
      const [first] = here() as [Replica, ...Replica[]];
      const calm = fresh("calm");
      const { key: closed, endsAt } = await trip("closed", first);
      await failover.cut?.();
      // From here on a Sentinel's new master has heard of nothing: neither of this probe, nor of the next trip.
      await provider.setFault(null);
      await probeBy(first, provider, closed, endsAt);
      await allAre(closed, "closed");
      const { key: open } = await trip("open", first, STAYS_OPEN);
      await provider.setFault(null);
      await fleet.use(calm, QUICK);
      const before = await Promise.all(here().map((replica) => replica.counters()));
      for (const replica of here()) await replica.load(target(calm), 50);
      await sleep(300);

      const lostAt = machineMs();
      await failover.begin(fleet.namespace);
      await fleet.history.until("one is alone", 10_000, () =>
        fleet.history.entries.find(({ what, at }) => what === "store" && at > lostAt),
      );
      const health = () => Promise.all(fleet.replicas.map((replica) => replica.health()));
      await fleet.history.until("all share again", 20_000, async () =>
        (await health()).every(({ mode }) => mode === "shared"),
      );
      await allAre(open, "open");
      // What the record has lost is found out again, by one probe, with the calls that come.
      for (const replica of here()) await replica.load(target(closed), 20);
      await allAre(closed, "closed");
      await Promise.all(here().map((replica) => replica.rest()));

      const counts = await Promise.all(here().map((replica) => replica.counters()));
      for (const [at, { failed, strange, answered }] of counts.entries()) {
        expect({ failed, strange }).toEqual({ failed: before[at]?.failed, strange: [] });
        expect(answered - (before[at]?.answered ?? 0)).toBeGreaterThan(50);
      }
      const records = await Promise.all([open, closed].map((key) => first.look(key)));
      expect(records.map(({ snapshot }) => snapshot.state)).toEqual(["open", "closed"]);
      // What a new master has not heard of may happen again, so that each of the two histories is judged by itself.
      for (const key of [open, closed, calm]) {
        const told = fleet.history.about(key);
        expect(violationsIn(told.filter(({ at }) => at <= lostAt)), `${key}, before`).toEqual([]);
        // Who made what the new master still knew of is told in the history before.
        const after = violationsIn(told.filter(({ at }) => at > lostAt)).filter(
          (each) => !each.includes("made by nobody"),
        );
        expect(after, `${key}, after`).toEqual([]);
      }
      expect(fleet.history.of(calm, "transition")).toEqual([]);
    }, 60_000);
  },
);
