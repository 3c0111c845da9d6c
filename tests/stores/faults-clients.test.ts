/** A client of the user's, with that library's own ideas of queues and retries: they stay in it, and it stays the user's. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRecloser, type Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type UserClient, USER_CLIENTS } from "../support/redis-clients.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { KEY, startReplica, replicaUnderLoad, expectSurvival, until } from "../support/store-faults.ts";
import { watchReports } from "../support/watched-reports.ts";

let server: RedisServer;
let proxy: TcpProxy;
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterEach(() => proxy.close());
afterAll(async () => {
  await server.kill();
});

async function userClient(library: string): Promise<UserClient> {
  const client = await USER_CLIENTS[library]?.(proxy.url());
  if (client === undefined) throw new Error(`no such library: ${library}`);
  onTestFinished(() => client.end());
  return client;
}

describe.runIf(canRun).each(Object.keys(USER_CLIENTS))("A default client of %s, handed in,", (library) => {
  test.each([
    ["is hung", "proxy: blackhole", /no answer within/, () => proxy.set({ kind: "blackhole" })],
    ["is reset and refused", "proxy: reset", /./, () => proxy.set({ kind: "reset" })],
  ] as const)(
    "costs no call anything while its server %s, and is the user's afterwards",
    async (what, injected, says, begin) => {
      const client = await userClient(library);
      const replica = await replicaUnderLoad(client.port, namespace);
      await until("shared", () => replica.recloser.storeHealth().mode === "shared", 5_000);
      await until("the subscription", () => proxy.open >= 2, 3_000);
      const listeners = client.listeners();
      const queued = client.queued();
      const end = (): void => proxy.set(null);
      let [mostWaiting, mostQueued] = [0, 0];
      const watch = setInterval(() => {
        mostWaiting = Math.max(mostWaiting, client.waiting());
        mostQueued = Math.max(mostQueued, client.queued());
      }, 5);
      onTestFinished(() => clearInterval(watch));
      await expectSurvival(
        replica,
        { name: `client of ${library}: its server ${what}`, injected, says, begin, end },
        others,
      );
      expect(mostWaiting, "commands in its offline queue").toBe(0);
      expect(mostQueued, "commands without an answer").toBeLessThan(20);
      expect(client.listeners(), "listeners on the client").toBe(listeners);
      await until("its queue empty again", () => client.queued() <= queued, 3_000);
      await replica.calls.stop();
      await replica.recloser.close();
      await client.set("its user's", "own");
      expect(await client.get("its user's")).toBe("own");
    },
  );

  test("counts each failure once, however often the library sends it", async () => {
    const client = await userClient(library);
    const recloser = createRecloser({
      store: redisStore({ client: client.port }),
      namespace,
      // Nothing trips: what is counted stays to be read.
      defaults: { consecutiveFailures: false, failureRate: false, window: "60s", shed: { adaptive: false } },
    });
    onTestFinished(() => recloser.close());
    const breaker = recloser.breaker(KEY);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    let made = 0;
    const fail = async (): Promise<void> => {
      made++;
      await breaker.execute(() => Promise.reject(Object.assign(new Error("503"), { status: 503 }))).catch(() => {});
    };
    await fail();
    const sent = await reportsSeen();
    // What is asked arrives, and its answer is lost with the connection: the library does not know whether it was done.
    for (let round = 0; round < 3; round++) {
      await until("shared", () => recloser.storeHealth().mode === "shared", 4_500);
      await sleep(100);
      proxy.set({ kind: "deaf" });
      await fail();
      await sleep(25);
      proxy.resetAll();
      proxy.set(null);
      await client.get("anything"); // until it is connected again, and has sent what it kept
      await sleep(300); // past the deadline of the report
    }
    expect(await failuresStored(), "counted once each").toBe(made);
    expect(sent.mostOften(), "times that one report arrived").toBe(library === "redis" ? 1 : 2);
  });
});

/** How often each report has arrived at the server, by its id. */
async function reportsSeen(): Promise<{ mostOften(): number }> {
  const seen = new Map<string, number>();
  await watchReports(server.port, (id) => seen.set(id, (seen.get(id) ?? 0) + 1));
  return { mostOften: () => Math.max(0, ...seen.values()) };
}

async function failuresStored(): Promise<number> {
  const store = redisStore({ url: server.url });
  try {
    const { records } = await store.read(namespace, [KEY]);
    const buckets = records.get(KEY)?.buckets ?? [];
    return buckets.flatMap(({ failures }) => Object.values(failures)).reduce((all, count) => all + count, 0);
  } finally {
    await store.close();
  }
}
