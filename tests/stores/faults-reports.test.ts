/** Reports that come to nothing: what provably was not applied is sent again, and whatever happens, no failure counts twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRecloser, type Recloser } from "recloser";
import { redisStore, type RedisStore } from "recloser/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { USER_CLIENTS } from "../support/redis-clients.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { failOnce, KEY, until } from "../support/store-faults.ts";
import { watchReports } from "../support/watched-reports.ts";
import "../support/unhandled-rejections.ts";

let server: RedisServer;
let proxy: TcpProxy;
let reader: RedisStore;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
  reader = redisStore({ url: server.url });
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
});
afterEach(() => proxy.close());
afterAll(async () => {
  await reader.close();
  await server.kill();
});

const STORES: readonly (readonly [string, () => Promise<RedisStore>])[] = [
  ["by URL", async () => redisStore({ url: proxy.url() })],
  ...Object.keys(USER_CLIENTS).map(
    (library) =>
      [
        `by a default client of ${library}`,
        async () => {
          const client = await USER_CLIENTS[library]?.(proxy.url());
          if (client === undefined) throw new Error(`no such library: ${library}`);
          onTestFinished(() => client.end());
          return redisStore({ client: client.port });
        },
      ] as const,
  ),
];

/** A replica whose first failure is counted. Nothing trips, so that what is counted stays to be read. */
async function replica(store: RedisStore): Promise<Recloser> {
  const defaults = {
    consecutiveFailures: false,
    failureRate: false,
    window: "60s",
    shed: { adaptive: false },
  } as const;
  const recloser = createRecloser({ store, namespace, defaults });
  onTestFinished(() => recloser.close());
  await shared(recloser);
  await failOnce(recloser.breaker(KEY));
  await counted(1);
  return recloser;
}

const shared = (recloser: Recloser): Promise<number> =>
  until("shared", () => recloser.storeHealth().mode === "shared", 8_000);

async function failures(): Promise<number> {
  const { records } = await reader.read(namespace, [KEY]);
  const buckets = records.get(KEY)?.buckets ?? [];
  return buckets.flatMap((bucket) => Object.values(bucket.failures)).reduce((all, count) => all + count, 0);
}

/** Comes to be so many, and stays. */
async function counted(expected: number): Promise<void> {
  let count = 0;
  await until(
    `${expected} failures counted`,
    () => count === expected,
    8_000,
    async () => (count = await failures()),
  );
  await sleep(300);
  expect(await failures()).toBe(expected);
}

describe.runIf(canRun).each(STORES)("A failure is counted, once, %s,", (_how, store) => {
  test("when Redis is stopped before it is reported, and finds its report too late", async () => {
    const recloser = await replica(await store());
    let rounds = 0;
    for (let tries = 0; rounds < 3; tries++) {
      expect(tries, "the machine stands still").toBeLessThan(10);
      const before = await failures();
      const pausedMs = performance.now();
      server.pause();
      await failOnce(recloser.breaker(KEY));
      await sleep(350);
      server.resume();
      // Much later an answer would say nothing any more.
      if (performance.now() - pausedMs < 800) {
        rounds++;
        await counted(before + 1);
      }
      await shared(recloser);
    }
  });

  test("when the connection is gone before it is reported", async () => {
    const recloser = await replica(await store());
    for (let round = 0; round < 3; round++) {
      proxy.set({ kind: "reset" });
      await sleep(20); // the client knows, and the library does not yet
      await failOnce(recloser.breaker(KEY));
      await sleep(100);
      proxy.set(null);
      await counted(2 + round);
      await shared(recloser);
    }
    expect(recloser.storeHealth().droppedReports).toBe(0);
  });
});

describe.runIf(canRun)("A report that was applied, and is sent again by its client when it is too late,", () => {
  test.each(["ioredis", "iovalkey"])("is known for what it is, and counts once (%s)", async (library) => {
    const client = await USER_CLIENTS[library]?.(proxy.url());
    if (client === undefined) throw new Error(`no such library: ${library}`);
    onTestFinished(() => client.end());
    const recloser = await replica(redisStore({ client: client.port }));
    const late = await lateReports();
    for (let round = 0; round < 3; round++) {
      // What is asked arrives, and its answer is lost with the connection.
      proxy.set({ kind: "deaf" });
      await failOnce(recloser.breaker(KEY));
      await sleep(300);
      proxy.resetAll();
      proxy.set(null);
      await client.get("anything"); // until it is connected again, and has sent what it kept
      await counted(2 + round);
      await shared(recloser);
    }
    expect(late(), "reports that came again, after their last instant").toBeGreaterThan(0);
  });
});

/** How many reports the server has seen twice, the second time more than 200 ms after the first. */
async function lateReports(): Promise<() => number> {
  const firstMs = new Map<string, number>();
  let late = 0;
  await watchReports(server.port, (id) => {
    if (performance.now() - (firstMs.get(id) ?? Infinity) > 200) late++;
    firstMs.set(id, firstMs.get(id) ?? performance.now());
  });
  return () => late;
}
