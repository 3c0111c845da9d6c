/** The store contract on a real server, by each client library; and the scripts against the rules, on a clock that is set. */
import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";
import { fromIoredis, fromNodeRedis, redisStore, type RedisPort, type Script } from "recloser/redis";
import { storeContract } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RedisServer, startRedis } from "../support/servers/redis.ts";
import { startValkey } from "../support/servers/valkey.ts";

let server: RedisServer;
let ioredis: Redis;
let nodeRedis: ReturnType<typeof createClient>;
beforeAll(async () => {
  server = await startRedis();
  ioredis = new Redis(server.url);
  nodeRedis = createClient({ url: server.url });
  await nodeRedis.connect();
});
afterAll(async () => {
  ioredis.disconnect();
  nodeRedis.destroy();
  await server.kill();
});

describe.each([
  ["a URL", () => redisStore({ url: server.url })],
  ["ioredis", () => redisStore({ client: fromIoredis(ioredis) })],
  ["node-redis", () => redisStore({ client: fromNodeRedis(nodeRedis) })],
])("By %s, Redis", (_name, store) => {
  test.each(storeContract({ store }))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe.each([
  ["a URL", (url: string) => redisStore({ url })],
  ["iovalkey", (url: string) => redisStore({ client: fromIoredis(iovalkeyAt(url)) })],
])("By %s, Valkey 8", (_name, storeAt) => {
  let valkey: RedisServer;
  beforeAll(async () => {
    valkey = await startValkey();
  }, 60_000);
  afterAll(async () => {
    for (const client of iovalkeys.splice(0)) client.disconnect();
    await valkey.kill();
  });
  test("is what answers", async () => {
    expect(String(await iovalkeyAt(valkey.url).call("INFO", "server"))).toContain("valkey_version:8.");
  });
  test.each(storeContract({ store: () => storeAt(valkey.url) }))("$name", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

const iovalkeys: Valkey[] = [];
function iovalkeyAt(url: string): Valkey {
  const client = new Valkey(url);
  iovalkeys.push(client);
  return client;
}

// The scripts as they are, but for where they read the time.
const CLOCK_KEY = "test:clock";
const TIME = /local time = redis\.call\("TIME"\)\nreturn [^\n]+/;

function onSetClock(port: RedisPort): RedisPort {
  const changed = new Map<string, Script>();
  const withClock = (script: Script): Script => {
    let other = changed.get(script.sha);
    if (other === undefined) {
      const lua = script.lua.replace(TIME, `return tonumber(redis.call("GET", "${CLOCK_KEY}"))`);
      other = { lua, sha: createHash("sha1").update(lua).digest("hex") };
      changed.set(script.sha, other);
    }
    return other;
  };
  return { ...port, run: (script, keys, args) => port.run(withClock(script), keys, args) };
}

describe("On a clock that jumps, to deadlines and back, Redis", () => {
  const clock = { set: async (nowMs: number) => void (await ioredis.set(CLOCK_KEY, String(nowMs))) };
  const store = () => redisStore({ client: onSetClock(fromIoredis(ioredis)) });
  test.each(
    [1, 2, 3, 4, 5].flatMap((seed) => storeContract({ store, clock, seed }).map((check) => ({ ...check, seed }))),
  )(
    "from seed $seed $name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    60_000,
  );
});
