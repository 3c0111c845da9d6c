/** What connects to Redis knows a password: no error, event, warning or health says it. */
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createRecloser, InvalidOptionError } from "recloser";
import { fromIoredis, fromNodeRedis, redisStore } from "recloser/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connectTo } from "../../packages/recloser/src/store/redis/connection.ts";
import { RedisStore } from "../../packages/recloser/src/store/redis/store.ts";
import { freePort, hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { until } from "../support/store-faults.ts";
import { USER_CLIENTS } from "../support/redis-clients.ts";

const SECRET = "hunter2secret";
const URL_WITH = `redis://app:${SECRET}@cache.internal:6379`;

function expectSilent(...told: unknown[]): void {
  for (const one of told) {
    expect(inspect(one, { depth: 20, showHidden: true, maxStringLength: null })).not.toContain(SECRET);
    expect(`${String(one)} ${JSON.stringify(one)}`).not.toContain(SECRET);
  }
}

function refused(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error;
  }
  throw new Error("was taken");
}

describe("An option that is refused is not repeated in the error:", () => {
  const unconnected = (): Redis => new Redis({ password: SECRET, lazyConnect: true });
  test.each<[string, () => unknown]>([
    ["a URL without its scheme", () => redisStore({ url: `default:${SECRET}@cache.internal:6379` })],
    ["a URL with the password alone", () => redisStore({ url: `:${SECRET}@cache.internal:6379` })],
    ["a URL without slashes", () => redisStore({ url: `redis:app:${SECRET}@cache.internal:6379` })],
    ["a URL of something else", () => redisStore({ url: `http://app:x@${SECRET}@cache.internal` })],
    [
      "a URL with a password that is not escaped",
      () => redisStore({ url: `redis://app:a/${SECRET}@cache.internal:1` }),
    ],
    ["a URL object", () => redisStore({ url: new URL(URL_WITH) as never })],
    ["a URL in the place of the options", () => redisStore(URL_WITH as never)],
    ["a URL in a list", () => redisStore([URL_WITH] as never)],
    ["a URL and a client", () => redisStore({ url: URL_WITH, client: {} } as never)],
    ["a URL under another name", () => redisStore({ uri: URL_WITH } as never)],
    ["a password under a name of its own", () => redisStore({ url: "redis://h", password: SECRET } as never)],
    ["a URL for a client", () => redisStore({ client: URL_WITH as never })],
    ["a client that is no port", () => redisStore({ client: unconnected() as never })],
    ["a URL for ioredis", () => fromIoredis(URL_WITH as never)],
    ["a URL for node-redis", () => fromNodeRedis(URL_WITH as never)],
    ["a URL for a store", () => createRecloser({ store: URL_WITH as never })],
    ["a client for a store", () => createRecloser({ store: unconnected() as never })],
  ])("%s", (_what, make) => {
    const error = refused(make);
    expect(InvalidOptionError.is(error)).toBe(true);
    expectSilent(error);
  });
});

describe.runIf(await hasRedis())("A wrong password is told of, and not told,", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    const admin = new Redis(server.url);
    await admin.acl("SETUSER", "app", "on", ">another", "~*", "&*", "+@all");
    admin.disconnect();
  });
  afterAll(() => server.kill());

  const LIBRARIES = ["redis", "ioredis", "iovalkey"] as const;
  const url = (): string => `redis://app:${SECRET}@127.0.0.1:${server.port}`;
  test.each<[string, () => Promise<RedisStore>]>([
    ...LIBRARIES.map((library): [string, () => Promise<RedisStore>] => [
      `by a URL and ${library}`,
      async () => new RedisStore(connectTo(url(), (name) => name === library)),
    ]),
    ...(["ioredis", "iovalkey"] as const).map((library): [string, () => Promise<RedisStore>] => [
      `by a client of ${library}`,
      async () => {
        const client = await USER_CLIENTS[library]?.(url());
        if (client === undefined) throw new Error(`no such library: ${library}`);
        onTestFinished(() => client.end());
        return redisStore({ client: client.port });
      },
    ]),
  ])("%s", async (namespace, make) => {
    const told: unknown[] = [];
    const hear = (warning: Error): void => void told.push(warning);
    process.on("warning", hear);
    onTestFinished(() => void process.off("warning", hear));
    const recloser = createRecloser({ store: await make(), namespace });
    onTestFinished(() => recloser.close());
    recloser.on("store", (event) => told.push(event));
    const { lastError } = recloser.storeHealth();
    expectSilent(lastError);
    await until("refused", () => /WRONGPASS/.test(String(recloser.storeHealth().lastError)), 3_000);
    expectSilent(recloser.storeHealth(), ...told);
  });
});

test("A host with several addresses, none of which answers, is told of in words", async () => {
  const store = redisStore({ url: `redis://localhost:${await freePort()}` });
  const recloser = createRecloser({ store });
  onTestFinished(() => recloser.close());
  await until("refused", () => recloser.storeHealth().lastError !== null, 3_000);
  expect(String(recloser.storeHealth().lastError)).toContain("ECONNREFUSED");
});
