/** Redis Cluster and Sentinel: the contract by each client library, and failovers that no call may notice. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, Redis } from "ioredis";
import { createCluster, createSentinel } from "redis";
import type { Breaker, Recloser } from "recloser";
import { fromIoredis, fromNodeRedis, redisStore, type RedisPort } from "recloser/redis";
import { storeContract } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasRedis } from "../support/servers/redis.ts";
import {
  type RedisCluster,
  type SentinelSet,
  startCluster,
  startSentinels,
} from "../support/servers/redis-topologies.ts";
import {
  assertCheap,
  failOnce,
  isProtected,
  KEY,
  POLICY,
  replicaUnderLoad,
  startReplica,
  until,
} from "../support/store-faults.ts";

interface Client {
  readonly port: RedisPort;
  readonly end: () => void;
}

const canRun = await hasRedis();

async function clusterClient(library: string, { nodes }: RedisCluster): Promise<Client> {
  if (library === "ioredis") {
    const client = new Cluster(nodes.slice(0, 2));
    return { port: fromIoredis(client), end: () => client.disconnect() };
  }
  const client = createCluster({
    rootNodes: nodes.slice(0, 2).map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })),
  });
  const port = fromNodeRedis(client);
  await client.connect();
  return { port, end: () => client.destroy() };
}

async function sentinelClient(library: string, { name, sentinels }: SentinelSet): Promise<Client> {
  if (library === "ioredis") {
    const client = new Redis({ sentinels: [...sentinels], name });
    return { port: fromIoredis(client), end: () => client.disconnect() };
  }
  const client = createSentinel({ name, sentinelRootNodes: [...sentinels] });
  const port = fromNodeRedis(client);
  await client.connect();
  return { port, end: () => void client.destroy() };
}

const LIBRARIES = ["ioredis", "redis"] as const;

describe.runIf(canRun)("A Redis Cluster of three masters", () => {
  let cluster: RedisCluster;
  const clients = new Map<string, Client>();
  beforeAll(async () => {
    cluster = await startCluster(0);
    for (const library of LIBRARIES) clients.set(library, await clusterClient(library, cluster));
  }, 60_000);
  afterAll(async () => {
    for (const { end } of clients.values()) end();
    await cluster[Symbol.asyncDispose]();
  });

  describe.each(LIBRARIES)("by %s", (library) => {
    const store = () => redisStore({ client: (clients.get(library) as Client).port });
    test.each(storeContract({ store, operations: 500 }))("$name", async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    });
  });
});

/** A circuit that one of two replicas opened, and that the other knows of. */
async function trippedTogether(fleet: readonly Recloser[]): Promise<[Breaker, Breaker]> {
  for (let nth = 1; ; nth++) {
    const [one, other] = fleet.map((each) => each.breaker(`lost ${nth}`)) as [Breaker, Breaker];
    for (let calls = 0; calls < 8; calls++) {
      await failOnce(one);
      await sleep(15); // failures of one moment are no outage
    }
    try {
      await until("known to both", () => [one, other].every(({ state }) => state === "open"), 2_000);
      return [one, other];
    } catch (error) {
      // A report that a busy machine has kept for too long comes to nothing.
      if (nth === 3) throw error;
    }
  }
}

/** Loses its store to another server under load, and has it again: no call fails, and what was open stays open. */
async function survivesFailover(
  port: RedisPort,
  others: Recloser,
  namespace: string,
  fail: () => Promise<void>,
): Promise<number> {
  const replica = await replicaUnderLoad(port, namespace);
  const { recloser, breaker, calls } = replica;
  await until("shared before", () => recloser.storeHealth().mode === "shared", 5_000);
  await failOnce(breaker);
  await sleep(200);
  calls.look();
  await fail();
  await until("away", () => recloser.storeHealth().mode === "local", 10_000);
  assertCheap((await isProtected(replica)).span);
  const backAfterMs = await until("shared again", () => recloser.storeHealth().mode === "shared", 15_000);
  const span = calls.look();
  expect(span.ends).toEqual({ ok: span.calls });
  await until("the other, too", () => others.storeHealth().mode === "shared", 15_000);
  await others.breaker(KEY).forceOpen({ by: "a test", reason: "to see whether it is shared" });
  await until("it is heard", () => breaker.snapshot().override !== null, 3_000);
  return backAfterMs;
}

describe.runIf(canRun).each(LIBRARIES)("A failover, by %s,", (library) => {
  test("of a Cluster's master to its replica: no call fails, and the fleet is whole again", async () => {
    await using cluster = await startCluster(1);
    const [mine, theirs] = [await clusterClient(library, cluster), await clusterClient(library, cluster)];
    onTestFinished(() => {
      mine.end();
      theirs.end();
    });
    const namespace = `failover ${library}`;
    const others = startReplica(theirs.port, namespace);
    await others.ready();
    const backAfterMs = await survivesFailover(mine.port, others, namespace, async () =>
      (await cluster.masterOf(`rc1:{${namespace}}:x`)).kill(),
    );
    expect(backAfterMs).toBeLessThan(15_000);
    await others.close();
  }, 60_000);

  test("by Sentinel, whose new master has not heard of a trip: it is put back, and no call fails", async () => {
    await using set = await startSentinels();
    const [mine, theirs] = [await sentinelClient(library, set), await sentinelClient(library, set)];
    onTestFinished(() => {
      mine.end();
      theirs.end();
    });
    const namespace = `sentinel ${library}`;
    const others = startReplica(theirs.port, namespace);
    await others.ready();
    // Open for long, known to both, and lost with the master.
    const open = { ...POLICY, cooldown: { initial: "5m", max: "5m" } } as const;
    const fleet = [mine.port, theirs.port].map((port) => startReplica(port, `${namespace} open`, open));
    await until("both share", () => fleet.every((each) => each.storeHealth().mode === "shared"), 10_000);
    await set.cut();
    const [one, other] = await trippedTogether(fleet);
    const { retryAfterMs } = one.snapshot();
    await survivesFailover(mine.port, others, namespace, async () => {
      await set.master.kill();
      set.replica.resume();
    });
    await until("put back", () => [one, other].every(({ state }) => state === "open"), 5_000);
    const left = other.snapshot().retryAfterMs ?? 0;
    expect(left).toBeGreaterThan((retryAfterMs ?? 0) - 60_000);
    expect(left).toBeLessThanOrEqual(300_000);
    await others.close();
  }, 60_000);
});
