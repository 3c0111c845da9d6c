/** Replicas in processes of their own on a real PostgreSQL: one's discovery protects all, one probes, a restart forgets nothing. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PolicyOptions } from "recloser";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrated } from "../support/postgres-schema.ts";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { machineMs } from "../support/replicas/machine-time.ts";
import { propagation } from "../support/replicas/propagation.ts";
import { quantile } from "../support/replicas/quantile.ts";
import type { ReplicaProcess } from "../support/replicas/replica-process.ts";
import { probeBy, requestsFor } from "../support/replicas/wire.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";

const TRIPS = 20;
const CALLERS = 20;
const LEASE_MS = 1_500;
const STAYS_OPEN = { cooldown: { initial: "5m", max: "5m" } } as const;
// A read sees what was committed when it began.
const SNAPSHOT = { snapshotMs: 250 } as const;
const QUICK: PolicyOptions = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "1s", factor: 6, jitter: 0 },
  probe: { lease: LEASE_MS },
};

// A test that is tried again must not find what it left.
let keys = 0;
const fresh = (name: string): string => `${name} ${++keys}`;

describe.runIf(await hasPostgres())("A fleet of 16 replicas on PostgreSQL, 4 of them processes of their own", () => {
  let server: PostgresServer;
  let provider: SimulatedProvider;
  let fleet: ReplicaFleet;

  beforeAll(async () => {
    server = await startPostgres({ max_connections: "120" });
    await migrated(server.url);
    provider = await simulatedProvider({ latency: { answer: 50 } });
    fleet = await ReplicaFleet.start({ url: server.url, processes: 4, here: 12, spares: 4 });
  }, 120_000);
  afterAll(async () => {
    await fleet.end();
    await provider.close();
    await server.close();
  }, 30_000);

  const told = (key: string) =>
    fleet.history.of(key, "transition").filter(({ event }) => event.scope === "shared" && event.to === "open");
  const allTold = (key: string) =>
    fleet.history.until(`all have told of ${key}`, 5_000, () => told(key).length === fleet.replicas.length);
  const allAre = (key: string, state: string) =>
    fleet.history.until(`all are ${state} for ${key}`, 5_000, () => {
      const views = new Map(fleet.history.of(key, "view").map(({ replica, view }) => [replica, view.shared]));
      return fleet.replicas.every(({ name }) => views.get(name) === state);
    });

  /** One replica fails until the shared circuit is open. Gives the instant at which the cooldown ends for all. */
  async function trip(key: string, by: Replica): Promise<number> {
    await fleet.use(key, QUICK);
    await provider.setFault({ kind: "status", status: 503 });
    await by.burst({ key, provider: provider.url }, 3);
    await allAre(key, "open");
    const looks = await Promise.all(fleet.replicas.map((replica) => replica.look(key)));
    return Math.max(...looks.map(({ openUntilAt }) => openUntilAt ?? NaN)) + 5;
  }

  test("rejects everywhere soon after the first replica, the others having seen no failure", async () => {
    await provider.setFault({ kind: "status", status: 503 });
    const pushed = Array.from({ length: TRIPS }, (_, at) => fresh(`pushed ${at}`));
    await propagation(fleet, [fresh("functions are new to the server")], provider.url, 5_000);
    const { lost, admittedElsewhere, sinceRejectedMs } = await propagation(fleet, pushed, provider.url, 5_000);
    expect(lost).toBeLessThanOrEqual(TRIPS / 4);
    expect(admittedElsewhere).toBe(0);
    // The poll alone would take half a second in the middle.
    expect(quantile(sinceRejectedMs, 0.5)).toBeLessThanOrEqual(250);
    expect(quantile(sinceRejectedMs, 0.9)).toBeLessThanOrEqual(600);
    for (const key of pushed) expect(violationsIn(fleet.history.about(key), SNAPSHOT)).toEqual([]);
  });

  test("trips once, and tells once that it was made here, when all 16 fail at once", async () => {
    const key = fresh("at once");
    await provider.setFault({ kind: "status", status: 503 });
    await fleet.use(key, { ...STAYS_OPEN, failureThreshold: 50, failureRate: false, consecutiveFailures: false });
    const at = machineMs() + 100;
    await Promise.all(fleet.replicas.map((replica) => replica.burst({ key, provider: provider.url }, 4, at)));
    await allTold(key);
    expect(told(key).filter(({ event }) => event.origin === "local")).toHaveLength(1);
    expect(fleet.history.of(key, "told").filter(({ code }) => code === "tripped")).toHaveLength(1);
    expect(fleet.history.of(key, "transition").filter(({ event }) => event.scope === "local")).toEqual([]);
    expect(violationsIn(fleet.history.about(key), SNAPSHOT)).toEqual([]);
  });

  test(`sends one request at the cooldown's end, of 16 × ${CALLERS} callers`, async () => {
    const key = fresh("cooldown's end");
    const endsAt = await trip(key, fleet.replicas[0] as Replica);
    const before = requestsFor(provider, key).length;
    await provider.setFault({ kind: "slow-first-token", ms: 1_500 });
    const bursts = Promise.all(
      fleet.replicas.map((replica) => replica.burst({ key, provider: provider.url }, CALLERS, endsAt)),
    );
    const probed = () => requestsFor(provider, key).length > before;
    await sleep(endsAt - machineMs() + 200);
    // Where no claim was answered in 50 ms its lease waits for the next call.
    for (let more = 0; !probed() && more < 10; more++) {
      await Promise.all(fleet.replicas.map((replica) => replica.burst({ key, provider: provider.url }, 1)));
      await sleep(20);
    }
    const ends = (await bursts).flat();
    await allAre(key, "closed");
    expect(requestsFor(provider, key).slice(before)).toHaveLength(1);
    expect(ends.filter(({ end }) => end !== "rejected" && end !== "answered")).toEqual([]);
    expect(violationsIn(fleet.history.about(key), SNAPSHOT)).toEqual([]);
  });

  test("probes again within the lease when the prober is killed, while traffic goes on", async () => {
    const key = fresh("killed");
    const victim = fleet.replicas.findLast(({ process }) => process !== null) as Replica;
    const endsAt = await trip(key, victim);
    await provider.setFault({ kind: "hang" });
    await probeBy(victim, provider, key, endsAt);
    const others = fleet.replicas.filter((replica) => replica !== victim).slice(0, 8);
    for (const other of others) await other.load({ key, provider: provider.url }, 20);
    await sleep(LEASE_MS); // it renews
    await provider.setFault(null);
    const killedAt = machineMs();
    await fleet.kill(victim.process as ReplicaProcess);
    const next = await fleet.history.until("another probes", 3 * LEASE_MS, () =>
      fleet.history.of(key, "admitted").find(({ at, probe }) => probe && at > killedAt),
    );
    await allAre(key, "closed");
    await Promise.all(others.map((other) => other.rest()));
    expect(next.at - killedAt).toBeLessThanOrEqual(LEASE_MS + 300);
    expect(next.replica).not.toBe(victim.name);
    expect(violationsIn(fleet.history.about(key), SNAPSHOT)).toEqual([]);
  });

  test("is open until the same instant, on the same step, for processes that begin anew", async () => {
    const key = fresh("restarted");
    const endsAt = await trip(key, fleet.replicas[0] as Replica);
    const before = await (fleet.replicas[0] as Replica).look(key);
    await fleet.restart();
    await fleet.use(key, QUICK);
    const anew = fleet.replicas.filter(({ process }) => process !== null);
    expect(anew.length).toBeGreaterThanOrEqual(3);
    for (const replica of anew) {
      const { snapshot, openUntilAt } = await replica.look(key);
      expect(snapshot).toMatchObject({ step: before.snapshot.step, generation: before.snapshot.generation });
      expect(Math.abs((openUntilAt ?? NaN) + 5 - endsAt)).toBeLessThan(100);
    }
    expect(violationsIn(fleet.history.about(key), SNAPSHOT)).toEqual([]);
  });
});
