/** Somebody else's data under the keys that the namespace itself needs: its log of changes, that log's life, its index. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createPolicy } from "../../packages/recloser/src/policy.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { startReplica, until } from "../support/store-faults.ts";
import { warningsHeard } from "../support/warnings.ts";
import "../support/unhandled-rejections.ts";

// Polls come each second, give or take a fifth; two of them, and a busy machine.
const LEARNT_WITHIN_MS = 3_500;
const A_WEEK_S = 604_800;
const WORD = { by: "a test", reason: "to see who hears of it" };

let server: RedisServer;
let admin: Redis;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
  // Without pushes all that is learnt is learnt by the log.
  await admin.call("ACL", "SETUSER", "quiet", "on", "nopass", "~rc1:*", "resetchannels", "+@all", "-publish");
});
beforeEach(() => {
  namespace = `test ${++tests}`;
});
afterAll(async () => {
  admin.disconnect();
  await server.kill();
});

const ownKey = (name: "chg" | "log" | "idx"): string => `rc1:{${namespace}}:${name}`;

async function replicas(): Promise<readonly [Recloser, Recloser]> {
  const url = server.url.replace("//", "//quiet:any@");
  const both = [startReplica(url, namespace), startReplica(url, namespace)] as const;
  await until("both shared", () => both.every((one) => one.storeHealth().mode === "shared"), 5_000);
  return both;
}

const FOREIGN = [
  ["chg", "a text", "zset", (key: string) => admin.set(key, "hello")],
  ["chg", "a hash", "zset", (key: string) => admin.hset(key, "name", "value")],
  ["log", "a text", "hash", (key: string) => admin.set(key, "hello")],
  ["log", "a set", "hash", (key: string) => admin.sadd(key, "one", "two")],
  ["log", "a hash without our life", "hash", (key: string) => admin.hset(key, "seq", "abc")],
  ["log", "a life that is none", "hash", (key: string) => admin.hset(key, "life", "a:b", "seq", "1")],
  ["log", "a sequence at its end", "hash", (key: string) => admin.hset(key, "life", "1", "seq", "9223372036854775807")],
  ["log", "a sequence out of reach", "hash", (key: string) => admin.hset(key, "life", "1", "seq", "1e15")],
  [
    "log",
    "a sequence of too many digits",
    "hash",
    (key: string) => admin.hset(key, "life", "1", "seq", "1".repeat(16)),
  ],
  ["idx", "a text", "zset", (key: string) => admin.set(key, "hello")],
  ["idx", "a list", "zset", (key: string) => admin.lpush(key, "a", "b")],
] as const;

describe.runIf(canRun).each(FOREIGN)("Under %s, %s", (name, _what, type, write) => {
  async function put(): Promise<void> {
    await admin.del(ownKey(name));
    await write(ownKey(name));
  }

  test("that was there first is set aside, told of once, and all is shared", async () => {
    await put();
    await expectRepaired([]);
  });

  test("that comes while replicas share keeps nobody from a change, not even from the one before", async () => {
    const [speaker, listener] = await replicas();
    const modes: string[] = [];
    for (const one of [speaker, listener]) one.on("store", ({ mode }) => modes.push(mode));
    for (const key of ["before", "after"]) for (const one of [speaker, listener]) one.breaker(key);
    await speaker.breaker("first").forceOpen(WORD);
    await until("a poll", () => listener.breaker("first").snapshot().override !== null, LEARNT_WITHIN_MS);
    await speaker.breaker("before").forceOpen(WORD);
    await put();
    await expectRepaired(modes, [speaker, listener]);
    expect(listener.breaker("before").snapshot().override, "the change before").not.toBeNull();
    // Nothing that is asked for without end: the log is one again, for whoever reads it.
    const store = redisStore({ url: server.url });
    onTestFinished(() => store.close());
    const { cursor } = await store.changes(namespace, null);
    expect(await store.changes(namespace, cursor)).toEqual({ names: [], cursor, complete: true });
    await speaker.breaker("before").clearOverride(WORD);
    expect(await store.changes(namespace, cursor)).toMatchObject({ names: ["before"], complete: true });
  });

  test("leaves no cursor that has missed a change without knowing it", async () => {
    const store = redisStore({ url: server.url });
    onTestFinished(() => store.close());
    const change = (record: string) =>
      store.apply({ namespace, name: record }, { type: "reset" }, createPolicy({}), "a test");
    await change("first");
    const { cursor } = await store.changes(namespace, null);
    await change("before");
    await put();
    await change("after");
    const { names, complete } = await store.changes(namespace, cursor);
    // One of a log that is there no more is told to read all; an index that is lost costs no cursor.
    const seen = complete ? names.toSorted() : "reads all";
    expect(seen).toEqual(name === "idx" ? ["after", "before"] : "reads all");
  });

  async function expectRepaired(modes: readonly string[], fleet?: readonly [Recloser, Recloser]): Promise<void> {
    const warnings = warningsHeard();
    const [speaker, listener] = fleet ?? (await replicas());
    await sleep(1_300); // a poll that meets it
    await speaker.breaker("after").forceOpen(WORD);
    await until("learnt", () => listener.breaker("after").snapshot().override !== null, LEARNT_WITHIN_MS);
    expect(modes).toEqual([]);
    for (const one of [speaker, listener]) {
      const { mode, lastError } = one.storeHealth();
      expect(mode).toBe("shared");
      expect(String(lastError)).not.toMatch(/WRONGTYPE|ERR/);
    }
    expect(await admin.type(ownKey(name))).toBe(type);
    expect(await admin.ttl(`${ownKey(name)}:q`), "kept aside, seconds").toBeGreaterThan(A_WEEK_S - 60);
    const told = await warnings("RECLOSER_STORE_QUARANTINE");
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(ownKey(name));
    const store = redisStore({ url: server.url });
    onTestFinished(() => store.close());
    expect(await store.names(namespace, { from: 0, count: 10 })).toContain("after");
  }
});
