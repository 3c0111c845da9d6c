/** One probe for the whole fleet, whatever becomes of the prober: real processes, a real Redis, SIGKILL and SIGSTOP. */
import { setTimeout as sleep } from "node:timers/promises";
import { simulatedProvider, type SimulatedProvider, type SimulatedProviderOptions } from "recloser/testing";
import type { PolicyOptions } from "recloser";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { recordFault } from "../support/faults/record.ts";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { machineMs } from "../support/replicas/machine-time.ts";
import type { ReplicaProcess } from "../support/replicas/replica-process.ts";
import { callerOf, probeBy, requestsFor } from "../support/replicas/wire.ts";
import { type FleetStore, FLEET_STORES, placed } from "../support/servers/fleet-stores.ts";
import { hasRedis } from "../support/servers/redis.ts";

// As many as two cores start in some seconds; the rest of the 50 are in this process, each with connections of its own.
const PROCESSES = Number(process.env["RECLOSER_FLEET_PROCESSES"] ?? 6);
const REPLICAS = 50;
const CALLERS = 20;
const LEASE_MS = 1_500;
const QUICK: PolicyOptions = {
  failureThreshold: 3,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "1s", factor: 6, jitter: 0 },
  probe: { lease: LEASE_MS },
};

const onEach = describe.runIf(await hasRedis()).each(FLEET_STORES);

onEach(
  `A fleet of ${REPLICAS} replicas, ${PROCESSES} of them processes of their own, on $name`,
  ({ name: kind, start }) => {
    let store: FleetStore;
    let fleet: ReplicaFleet;

    beforeAll(async () => {
      store = await start();
      fleet = await ReplicaFleet.start({ ...placed(store), processes: PROCESSES, here: REPLICAS - PROCESSES });
    }, 180_000);
    afterAll(async () => {
      await fleet.end();
      await store.end();
    }, 30_000);

    async function provider(options: SimulatedProviderOptions = {}): Promise<SimulatedProvider> {
      const started = await simulatedProvider(options);
      onTestFinished(() => started.close());
      return started;
    }

    const states = (key: string) =>
      Promise.all(fleet.replicas.map(async (replica) => (await replica.look(key)).snapshot.state));

    const allAre = (key: string, state: string, withinMs = 5_000) =>
      fleet.history.until(`all are ${state} for ${key}`, withinMs, () => {
        const views = new Map(fleet.history.of(key, "view").map(({ replica, view }) => [replica, view.shared]));
        return fleet.replicas.every(({ name }) => views.get(name) === state);
      });

    /** One replica fails until the shared circuit is open. Gives the instant at which the cooldown ends for all. */
    async function trip(
      key: string,
      by: Replica,
      at: SimulatedProvider,
      policy: PolicyOptions = QUICK,
    ): Promise<number> {
      await fleet.use(key, policy);
      await at.setFault({ kind: "status", status: 503 });
      await by.burst({ key, provider: at.url }, 3);
      await allAre(key, "open");
      const looks = await Promise.all(fleet.replicas.map((replica) => replica.look(key)));
      return Math.max(...looks.map(({ openUntilAt }) => openUntilAt ?? NaN)) + 5;
    }

    const processOf = ({ process }: Replica): ReplicaProcess => process as ReplicaProcess;

    /** Whether a replica lost the store meanwhile, which it may on a machine that stands still: then it probes for itself. */
    const wasCutOff = (key: string): boolean =>
      fleet.history.about(key).some((entry) => entry.what === "store" && entry.mode === "local");

    test(`sends one request at the cooldown's end, of ${REPLICAS} × ${CALLERS} callers`, async () => {
      for (let round = 1; ; round++) {
        const key = `cooldown's end ${round}`;
        const slow = await provider({ latency: { answer: 2_000 } });
        const endsAt = await trip(key, fleet.replicas[0] as Replica, slow, {
          ...QUICK,
          cooldown: { initial: "2s", jitter: 0 },
        });
        const before = requestsFor(slow, key).length;
        await slow.setFault(null);
        const bursts = Promise.all(
          fleet.replicas.map((replica) => replica.burst({ key, provider: slow.url }, CALLERS, endsAt)),
        );
        const probed = () => requestsFor(slow, key).length > before;
        await sleep(endsAt - machineMs() + 200);
        // Where no claim was answered in 50 ms its lease waits for the next call.
        for (let more = 0; !probed() && more < 10; more++) {
          await Promise.all(fleet.replicas.map((replica) => replica.burst({ key, provider: slow.url }, 1)));
          await sleep(20);
        }
        const ends = (await bursts).flat();
        const counts = { rejected: 0, answered: 0, other: 0 };
        for (const { end } of ends) counts[end === "rejected" || end === "answered" ? end : "other"]++;
        await allAre(key, "closed");
        if (wasCutOff(key) && round < 3) continue;
        expect(requestsFor(slow, key).slice(before)).toHaveLength(1);
        expect(counts.other).toBe(0);
        expect(counts.rejected).toBeGreaterThanOrEqual(REPLICAS * CALLERS - 1);
        expect(violationsIn(fleet.history.about(key))).toEqual([]);
        return;
      }
    });

    test("renews the lease of a probe that streams, as long as it streams", async () => {
      const key = "streams";
      const streaming = await provider({ latency: { firstToken: 100, interToken: 150 }, answerTokens: 30 });
      const [prober, ...others] = fleet.replicas.slice(0, 12) as [Replica, ...Replica[]];
      const policy: PolicyOptions = { ...QUICK, probe: { lease: LEASE_MS, settleOn: "complete" } };
      const endsAt = await trip(key, prober, streaming, policy);
      await streaming.setFault(null);
      const { ends } = await probeBy(prober, streaming, key, endsAt, true);
      const beganAt = machineMs();
      for (const other of others) await other.load({ key, provider: streaming.url }, 20);
      expect(await ends).toEqual([{ end: "answered" }]);
      const tookMs = machineMs() - beganAt;
      await Promise.all(others.map((other) => other.rest()));
      expect(tookMs).toBeGreaterThan(2 * LEASE_MS);
      const renewed = fleet.history.of(key, "told").filter(({ code }) => code === "renewed");
      expect(renewed.length).toBeGreaterThanOrEqual(4);
      const probes = fleet.history.of(key, "admitted").filter(({ probe: is }) => is);
      expect(probes.filter(({ view }) => view.shared !== "closed").map(({ replica }) => replica)).toEqual([
        prober.name,
      ]);
      await allAre(key, "closed");
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });

    test("probes again within the lease when the prober is killed, while traffic goes on", async () => {
      const key = "killed";
      const hanging = await provider({ latency: { answer: 50 } });
      const victim = fleet.replicas.findLast(({ process }) => process !== null) as Replica;
      const endsAt = await trip(key, victim, hanging);
      const before = requestsFor(hanging, key).length;
      await hanging.setFault({ kind: "hang" });
      await probeBy(victim, hanging, key, endsAt);
      const others = fleet.replicas.filter((replica) => replica !== victim).slice(0, 12);
      for (const other of others) await other.load({ key, provider: hanging.url }, 20);
      await sleep(LEASE_MS); // it renews
      expect(requestsFor(hanging, key)).toHaveLength(before + 1);
      await hanging.setFault(null);
      const killedAt = machineMs();
      await fleet.kill(processOf(victim));
      const next = await fleet.history.until("another probes", 3 * LEASE_MS, () =>
        fleet.history.of(key, "admitted").find(({ at, probe }) => probe && at > killedAt),
      );
      await allAre(key, "closed");
      await Promise.all(others.map((other) => other.rest()));
      // Its lease, and the time until one of these callers comes.
      const within = { tookMs: next.at - killedAt, boundMs: LEASE_MS + 300 };
      recordFault({
        table: "bound",
        fault: `prober killed (SIGKILL), 50 replicas on ${kind}`,
        what: "another probes",
        ...within,
      });
      expect(within.tookMs).toBeLessThanOrEqual(within.boundMs);
      expect(next.replica).not.toBe(victim.name);
      expect(requestsFor(hanging, key)[before + 1]).toBeDefined();
      const rejected = fleet.history.of(key, "ended").filter(({ at, how }) => at < next.at && how.end === "rejected");
      expect(rejected.length).toBeGreaterThan(100);
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });

    test("goes on after a stopped prober, whose late success closes nothing", async () => {
      const key = "stopped, late success";
      const at = await provider();
      const victim = fleet.replicas.findLast(({ process }) => process !== null) as Replica;
      const endsAt = await trip(key, victim, at);
      const before = requestsFor(at, key).length;
      await at.setFault({ kind: "slow-first-token", ms: LEASE_MS + 1_000 });
      const late = await probeBy(victim, at, key, endsAt);
      await sleep(100);
      fleet.pause(processOf(victim));
      await at.setFault({ kind: "status", status: 503 });
      const others = fleet.replicas.filter((replica) => replica !== victim).slice(0, 12);
      for (const other of others) await other.load({ key, provider: at.url }, 20);
      const reopened = await fleet.history.until("another's probe fails", 4 * LEASE_MS, () =>
        fleet.history.of(key, "told").find(({ code, n }) => code === "reopened" && n !== null),
      );
      await fleet.history.until(
        "the late answer is sent",
        6_000,
        () => requestsFor(at, key)[before]?.durationMs ?? false,
      );
      const resumedAt = machineMs();
      fleet.resume(processOf(victim));
      expect(await late.ends).toEqual([{ end: "answered" }]);
      await sleep(300);
      await Promise.all(others.map((other) => other.rest()));
      expect(callerOf(requestsFor(at, key)[before + 1])).not.toBe(victim.name);
      const said = fleet.history
        .of(key, "told")
        .filter(({ at: toldAt, replica, n }) => replica === victim.name && n !== null && toldAt > resumedAt);
      expect(said.map(({ code }) => code)).not.toContain("closed");
      const last = fleet.history.of(key, "told").at(-1)?.circuit;
      expect(last).toMatchObject({
        generation: reopened.circuit.generation,
        version: reopened.circuit.version,
        step: 2,
      });
      expect(await victim.look(key)).toMatchObject({ snapshot: { state: "open", step: 2 } });
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });

    test("goes on after a stopped prober, whose late failure opens nothing", async () => {
      const key = "stopped, late failure";
      const at = await provider({ latency: { answer: 50 } });
      const victim = fleet.replicas.findLast(({ process }) => process !== null) as Replica;
      const policy: PolicyOptions = { ...QUICK, probe: { lease: LEASE_MS, timeout: LEASE_MS - 300 } };
      const endsAt = await trip(key, victim, at, policy);
      await at.setFault({ kind: "hang" });
      const late = await probeBy(victim, at, key, endsAt);
      fleet.pause(processOf(victim));
      await at.setFault(null);
      const others = fleet.replicas.filter((replica) => replica !== victim).slice(0, 12);
      for (const other of others) await other.load({ key, provider: at.url }, 20);
      const closed = await fleet.history.until("another's probe passes", 4 * LEASE_MS, () =>
        fleet.history.of(key, "told").find(({ code }) => code === "closed"),
      );
      fleet.resume(processOf(victim));
      expect((await late.ends)[0]?.end).toBe("failed");
      await allAre(key, "closed");
      await sleep(300);
      await Promise.all(others.map((other) => other.rest()));
      expect(fleet.history.of(key, "told").at(-1)?.circuit).toMatchObject({
        generation: closed.circuit.generation,
        is: "closed",
      });
      // What it found out for itself, before it was stopped, is worth a probe of its own, and no more.
      await victim.burst({ key, provider: at.url }, 1);
      expect(new Set(await states(key))).toEqual(new Set(["closed"]));
      expect(violationsIn(fleet.history.about(key))).toEqual([]);
    });
  },
);
