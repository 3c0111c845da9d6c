/** Ends of the scale and of what a user does: thousands of records, lives without end, a log that is gone, a client that is none yet. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { createRecloser, type Recloser } from "recloser";
import { fromIoredis, fromNodeRedis, redisStore } from "recloser/redis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { USER_CLIENTS } from "../support/redis-clients.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { failOnce, KEY, POLICY, startReplica, until } from "../support/store-faults.ts";
import "../support/unhandled-rejections.ts";

let server: RedisServer;
let proxy: TcpProxy;
let admin: Redis;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
});
afterEach(() => proxy.close());
afterAll(async () => {
  admin.disconnect();
  await server.kill();
});

const isShared = (recloser: Recloser) => (): boolean => recloser.storeHealth().mode === "shared";

function ownStore(): ReturnType<typeof redisStore> {
  const store = redisStore({ url: server.url });
  onTestFinished(() => store.close());
  return store;
}

const forceOpen = (forMs: number | null) =>
  ({ type: "override", mode: "force-open", by: "ops", reason: "maintenance", forMs }) as const;

describe.runIf(canRun)("A replica with thousands of records", () => {
  test("is back after a loss of the connection, though they cannot all be read within one deadline", async () => {
    const recloser = startReplica(proxy.url(), namespace);
    for (let at = 0; at < 4_000; at++) recloser.breaker(`model ${at}`);
    await until("shared", isShared(recloser), 10_000);
    proxy.set({ kind: "reset" });
    await until("local", () => recloser.storeHealth().mode === "local", 4_000);
    proxy.set({ kind: "latency", ms: 25 }); // sixteen answers in turn: twice a deadline
    await until("shared again", isShared(recloser), 10_000);
    expect([...recloser.breakers()]).toHaveLength(4_000);
  });

  test("is ready without waiting for all of them", async () => {
    proxy.set({ kind: "latency", ms: 100 });
    const recloser = startReplica(proxy.url(), namespace);
    for (let at = 0; at < 4_000; at++) recloser.breaker(`model ${at}`);
    const beganMs = performance.now();
    await recloser.ready();
    expect(performance.now() - beganMs).toBeLessThan(1_500); // 600, on a machine that others use
    await until("shared all the same", isShared(recloser), 10_000);
  });
});

describe.runIf(canRun)("A length of time that is longer than a server can keep", () => {
  test.each([
    ["an override's", { for: 1e300 }, {}],
    ["a window's", {}, { window: 1e17 }],
    ["a cooldown's", {}, { cooldown: { initial: 1e300, max: 1e300 } }],
  ] as const)("is no error: %s", async (_whose, span, policy) => {
    const recloser = startReplica(server.url, namespace, { ...POLICY, ...policy });
    const modes: string[] = [];
    recloser.on("store", ({ mode }) => modes.push(mode));
    const breaker = recloser.breaker(KEY);
    await until("shared", isShared(recloser), 5_000);
    for (let at = 0; at < 5; at++) {
      await failOnce(breaker);
      await sleep(20);
    }
    await breaker.forceOpen({ by: "ops", reason: "maintenance", ...span });
    expect(breaker.snapshot().override).toMatchObject({ by: "ops" });
    await sleep(100);
    expect(modes).toEqual(["shared"]);
  });
});

describe.runIf(canRun)("Where the log of changes alone was evicted,", () => {
  const logKey = (): string => `rc1:{${namespace}}:chg`;
  const change = (name: string) =>
    ownStore().apply({ namespace, name }, forceOpen(null), createPolicy({}), "a replica");

  test("a replica whose poll comes before the next change is told that it must read", async () => {
    const store = ownStore();
    await change("one");
    const before = await store.changes(namespace, null);
    await change("another");
    await admin.del(logKey());
    const told = await store.changes(namespace, before.cursor);
    expect(told).toMatchObject({ complete: false });
    expect(await store.changes(namespace, told.cursor), "once").toMatchObject({ complete: true, names: [] });
  });

  test("and one whose poll comes after it, too", async () => {
    const store = ownStore();
    await change("one");
    const before = await store.changes(namespace, null);
    await change("another");
    await admin.del(logKey());
    await change("a third");
    const told = await store.changes(namespace, before.cursor);
    expect(told).toMatchObject({ complete: false });
    await change("another");
    expect(await store.changes(namespace, told.cursor)).toMatchObject({ complete: true, names: ["another"] });
  });
});

describe.runIf(canRun)("A client that is not connected says so:", () => {
  async function lastError(recloser: Recloser): Promise<string> {
    onTestFinished(() => recloser.close());
    await until("an error that names it", () => /not connected/.test(said(recloser)), 3_000);
    return said(recloser);
  }
  const said = (recloser: Recloser): string => String(recloser.storeHealth().lastError);

  test("one of node-redis that nobody has connected, until somebody does", async () => {
    const client = createClient({ url: server.url });
    const recloser = createRecloser({ store: redisStore({ client: fromNodeRedis(client) }), namespace });
    expect(await lastError(recloser)).toContain("call its connect() first");
    await client.connect();
    onTestFinished(() => client.destroy());
    await until("shared", isShared(recloser), 3_000);
  });

  test("one of ioredis that had ended before", async () => {
    const client = new Redis(server.url);
    await client.quit();
    await until("its end", () => client.status === "end", 3_000);
    const recloser = createRecloser({ store: redisStore({ client: fromIoredis(client) }), namespace });
    expect(await lastError(recloser)).toContain("end");
  });
});

describe.runIf(canRun).each(Object.keys(USER_CLIENTS))("A connection for pushes on a client of %s", (library) => {
  test("that does not come about ends with the wish for it", async () => {
    const client = await USER_CLIENTS[library]?.(proxy.url());
    if (client === undefined) throw new Error(`no such library: ${library}`);
    onTestFinished(() => client.end());
    await client.get("anything");
    const before = proxy.open;
    proxy.set({ kind: "half-open" });
    for (let at = 0; at < 3; at++) {
      const wish = new AbortController();
      const came = client.port.subscribe("a channel", () => {}, wish.signal);
      came.catch(() => {});
      await until("its connection", () => proxy.open === before + 1, 2_000);
      wish.abort();
      await until("its end", () => proxy.open === before, 2_000);
    }
    expect(proxy.taken).toBe(before + 3);
  });
});

test.runIf(canRun)(
  "A port that two stores share still brings the one its pushes when the other is closed",
  async () => {
    const client = await USER_CLIENTS["ioredis"]?.(server.url);
    if (client === undefined) throw new Error("no ioredis");
    onTestFinished(() => client.end());
    const [one, other] = [startReplica(client.port, namespace), startReplica(client.port, namespace)];
    const heard = async (): Promise<number> => Number((await admin.pubsub("NUMSUB", `rc1:{${namespace}}:ev`))[1]);
    let listeners = 0;
    const look = async (): Promise<void> => void (listeners = await heard());
    await until("both shared", () => isShared(one)() && isShared(other)(), 5_000);
    await until("both listen", () => listeners === 2, 3_000, look);
    await one.close();
    await until("one listens", () => listeners < 2, 3_000, look);
    await sleep(100);
    expect(await heard()).toBe(1);
    await other.close();
    await until("none does", () => listeners === 0, 3_000, look);
  },
);

test.runIf(canRun)("A client of node-redis that answers with bytes shares as any other", async () => {
  const BULK = "$".charCodeAt(0);
  const client = createClient({ url: server.url, commandOptions: { typeMapping: { [BULK]: Buffer } } });
  const port = fromNodeRedis(client);
  await client.connect();
  onTestFinished(() => client.destroy());
  const policy = { ...POLICY, consecutiveFailures: 1 };
  const [one, other] = [startReplica(port, namespace, policy), startReplica(server.url, namespace, policy)];
  await until("shared", () => isShared(one)() && isShared(other)(), 5_000);
  const steps: string[] = [];
  one.on("transition", ({ to, origin, scope }) => steps.push(`${to} ${origin} ${scope}`));
  await failOnce(one.breaker(KEY));
  await until("half-open", () => one.breaker(KEY).state === "half-open", 3_000);
  await until(
    "closed",
    () => one.breaker(KEY).state === "closed",
    3_000,
    () =>
      one
        .breaker(KEY)
        .execute(() => Promise.resolve("ok"))
        .catch(() => {}),
  );
  await until("told", () => steps.includes("closed local shared"), 2_000);
  expect(steps.filter((step) => step.endsWith("shared"))).toEqual([
    "open local shared",
    "half-open local shared",
    "closed local shared",
  ]);
});
