/** The end of a process that shares its circuits: it is quick, says what is left to say, and leaves nothing open. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runChild } from "../support/child.ts";
import { freePort, hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { failOnce, KEY, POLICY, startReplica, until } from "../support/store-faults.ts";

let server: RedisServer;
let proxy: TcpProxy;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
});
afterEach(() => proxy.close());
afterAll(() => server.kill());

// What nobody waits for any more must have ended by itself in this time, on a machine that others use.
const GONE_WITHIN_MS = 1_500;
const LIBRARIES = ["redis", "ioredis", "iovalkey"] as const;

/** A process that takes a store by URL, makes calls, closes, and says how long that took and how long it lived on. */
function childOf(library: string, url: string, waitFor: readonly string[]): string {
  return `
    import { createRecloser } from "recloser";
    import { connectTo } from "./packages/recloser/src/store/redis/connection.ts";
    import { RedisStore } from "./packages/recloser/src/store/redis/store.ts";
    const store = new RedisStore(connectTo(${JSON.stringify(url)}, (name) => name === ${JSON.stringify(library)}));
    const recloser = createRecloser({ store, namespace: ${JSON.stringify(namespace)} });
    await recloser.ready();
    for (const mode of ${JSON.stringify(waitFor)})
      while (recloser.storeHealth().mode !== mode) await new Promise((resolve) => setTimeout(resolve, 10));
    const breaker = recloser.breaker("openai");
    await breaker.execute(() => Promise.reject(Object.assign(new Error("503"), { status: 503 }))).catch(() => {});
    const beganMs = performance.now();
    await recloser.close();
    const closedMs = performance.now();
    process.on("exit", () => console.log(JSON.stringify({ closeMs: closedMs - beganMs, lingerMs: performance.now() - closedMs })));
  `;
}

describe.runIf(canRun).each(LIBRARIES)(
  "A process with a store by URL (%s) ends by itself after close(),",
  (library) => {
    const CONDITIONS: readonly (readonly [string, readonly string[], () => Promise<string>])[] = [
      ["with Redis up", ["shared"], async () => server.url],
      ["with Redis down", [], async () => `redis://127.0.0.1:${await freePort()}`],
      [
        "with Redis hung from the start",
        [],
        async () => {
          proxy.set({ kind: "half-open" });
          return proxy.url();
        },
      ],
      [
        "with Redis hung since it was shared",
        ["shared", "local"],
        async () => {
          void until("two connections", () => proxy.open >= 2, 9_000)
            .then(() => sleep(600))
            .then(() => proxy.set({ kind: "blackhole" }))
            .catch(() => {});
          return proxy.url();
        },
      ],
    ];
    test("whatever has become of Redis", async () => {
      for (const [condition, waitFor, url] of CONDITIONS) {
        const { code, out } = await runChild(childOf(library, await url(), waitFor));
        proxy.set(null);
        expect([condition, code, out]).toEqual([condition, 0, [expect.stringContaining("closeMs")]]);
        const { closeMs, lingerMs } = JSON.parse(out[0] ?? "") as Record<"closeMs" | "lingerMs", number>;
        expect(closeMs, `close(), ${condition}`).toBeLessThan(1_000);
        expect(lingerMs, `until the process ended, ${condition}`).toBeLessThan(GONE_WITHIN_MS);
      }
    }, 60_000);
  },
);

describe.runIf(canRun)("close()", () => {
  test("reports what has not been reported yet", async () => {
    const recloser = startReplica(server.url, namespace, { ...POLICY, consecutiveFailures: false });
    const breaker = recloser.breaker(KEY);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    for (let i = 0; i < 7; i++) await failOnce(breaker);
    await breaker.execute(() => Promise.resolve("ok"));
    await recloser.close();
    const store = redisStore({ url: server.url });
    const { records } = await store.read(namespace, [KEY]);
    await store.close();
    const counts = (records.get(KEY)?.buckets ?? []).map(({ successes, failures }) => [
      successes,
      failures["overloaded"] ?? failures["server-error"],
    ]);
    expect(counts.reduce(([s = 0, f = 0], [a = 0, b = 0]) => [s + a, f + b], [0, 0])).toEqual([1, 7]);
  });

  test("gives a probe's lease back, so that another replica need not wait for its end", async () => {
    const policy = { ...POLICY, consecutiveFailures: 1, probe: { lease: "60s" } } as const;
    const [one, other] = [startReplica(server.url, namespace, policy), startReplica(server.url, namespace, policy)];
    const both = [one, other];
    await until("shared", () => both.every((recloser) => recloser.storeHealth().mode === "shared"), 5_000);
    await failOnce(one.breaker(KEY));
    await until("half-open", () => both.every((recloser) => recloser.breaker(KEY).state === "half-open"), 3_000);
    const permit = await one.breaker(KEY).acquire();
    expect(permit.kind).toBe("probe");
    await sleep(50);
    await one.close();
    const beganMs = performance.now();
    while (
      (await other
        .breaker(KEY)
        .execute(() => Promise.resolve("ok"))
        .catch(() => null)) === null
    ) {
      expect(performance.now() - beganMs).toBeLessThan(2_000);
      await sleep(20);
    }
  });

  test("that is asked for twice at once says all there is to say, and gives a lease back", async () => {
    const replica = await halfOpenReplica("twice");
    const permit = await replica.breaker(KEY).acquire();
    expect(permit.kind).toBe("probe");
    await sleep(50);
    expect(await leaseStored()).not.toBeNull();
    proxy.set({ kind: "latency", ms: 20 });
    await Promise.all([replica.close(), replica.close()]);
    expect(await leaseStored()).toBeNull();
  });

  test("gives the lease back that a claim under way still brings", async () => {
    const replica = await halfOpenReplica("claim");
    proxy.set({ kind: "latency", ms: 20 });
    const call = replica.breaker(KEY).execute(() => Promise.resolve("ok"));
    call.catch(() => {});
    await until(
      "claimed",
      () => claimed,
      1_000,
      async () => (claimed = (await leaseStored()) !== null),
    );
    await replica.close();
    expect(await leaseStored()).toBeNull();
    await call.catch(() => {});
  });
  let claimed = false;

  /** Behind the proxy; its circuit waits for a probe, whose lease is long. */
  async function halfOpenReplica(name: string): Promise<Recloser> {
    const policy = { ...POLICY, consecutiveFailures: 1, probe: { lease: "60s" } } as const;
    const replica = startReplica(proxy.url(), namespace, policy);
    await until("shared", () => replica.storeHealth().mode === "shared", 5_000);
    await failOnce(replica.breaker(KEY));
    await until(`half-open: ${name}`, () => replica.breaker(KEY).state === "half-open", 3_000);
    return replica;
  }

  async function leaseStored(): Promise<unknown> {
    const store = redisStore({ url: server.url });
    try {
      const circuit = (await store.read(namespace, [KEY])).records.get(KEY)?.circuit;
      return circuit?.is === "tripped" ? circuit.lease : null;
    } finally {
      await store.close();
    }
  }

  test("of a replica whose store hangs is bounded, and of one that was never used, too", async () => {
    proxy.set({ kind: "half-open" });
    for (const url of [proxy.url(), server.url]) {
      const recloser = startReplica(url, namespace);
      const beganMs = performance.now();
      await recloser.close();
      await recloser.ready();
      expect(performance.now() - beganMs).toBeLessThan(1_000);
    }
  });

  test("is bounded, too, where Redis has begun to hang and nobody knows yet", async () => {
    const recloser = startReplica(proxy.url(), namespace);
    const breaker = recloser.breaker(KEY);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    await failOnce(breaker);
    proxy.set({ kind: "blackhole" });
    await failOnce(breaker);
    const beganMs = performance.now();
    await recloser.close();
    expect(performance.now() - beganMs).toBeLessThan(1_000);
  });

  test("leaves no connection at the server", async () => {
    const admin = new Redis(server.url);
    const clients = async () =>
      String(await admin.client("LIST"))
        .trim()
        .split("\n").length;
    const before = await clients();
    const reclosers = Array.from({ length: 5 }, () => startReplica(server.url, namespace));
    await until("shared", () => reclosers.every((one) => one.storeHealth().mode === "shared"), 5_000);
    await until(
      "two connections each",
      () => connections === before + 10,
      3_000,
      async () => (connections = await clients()),
    );
    await Promise.all(reclosers.map((one) => one.close()));
    await until(
      "none",
      () => connections === before,
      3_000,
      async () => (connections = await clients()),
    );
    for (let i = 0; i < 10; i++) {
      const short = startReplica(server.url, namespace);
      await sleep(3 * i); // in the middle of connecting, joining, subscribing
      await short.close();
    }
    await sleep(300);
    await until(
      "none of those either",
      () => connections === before,
      3_000,
      async () => (connections = await clients()),
    );
    expect(connections).toBe(before);
    admin.disconnect();
  });
  let connections = 0;
});
