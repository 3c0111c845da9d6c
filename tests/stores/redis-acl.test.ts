/** The users that docs/guide/redis.md prints, as they stand there: what they may do is enough, and it is no more. */
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createRecloser, type Recloser } from "recloser";
import { fromIoredis, fromNodeRedis, redisStore, type RedisStore } from "recloser/redis";
import { storeContract } from "recloser/testing";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const PAGE = readFileSync(new URL("../../docs/guide/redis.md", import.meta.url), "utf8").replaceAll("\\\n", " ");
const USERS = [...PAGE.matchAll(/^ACL SETUSER (\S+) (.*)$/gm)].map(([, name = "", rules = ""]) => ({
  name,
  rules: rules.split(/\s+/),
}));

test("the page prints a user with and one without pushes", () => {
  expect(USERS.map(({ name }) => name)).toEqual(["recloser", "recloser-poll"]);
});

describe.runIf(await hasRedis())("On a real server", () => {
  let server: RedisServer;
  let root: Redis;
  beforeAll(async () => {
    server = await startRedis();
    root = new Redis(server.url);
    for (const { name, rules } of USERS) await root.call("ACL", "SETUSER", name, ...rules);
  });
  afterAll(async () => {
    root.disconnect();
    await server.kill();
  });

  const urlOf = (name: string): string => server.url.replace("//", `//${name}:a-long-secret@`);

  test("a user can be kept to one namespace, as the page says", async () => {
    const [full] = USERS;
    const rules = full?.rules.map((rule) => rule.replace("rc1:*", "rc1:{checkout}:*")) ?? [];
    await root.call("ACL", "SETUSER", "narrow", ...rules);
    const store = redisStore({ url: urlOf("narrow") });
    await using own = createRecloser({ store, namespace: "checkout" });
    await shared(own);
    await expect(store.ping("search")).rejects.toThrow(/NOPERM|permission/i);
  });

  describe.each(USERS)("$name", ({ name }) => {
    test.each(storeContract({ store: () => redisStore({ url: urlOf(name) }) }))("by a URL, $name", async (check) => {
      // All but this one hold without pushes, too.
      const isRefused = name === "recloser-poll" && check.name.includes("pushed");
      const outcome = await check.run().then(() => "holds", String);
      expect(outcome).toMatch(isRefused ? /NOPERM.*subscribe/ : /^holds$/);
    });

    test.each([
      ["ioredis", ioredisStore],
      ["node-redis", nodeRedisStore],
    ])("shares a trip by %s", async (library, open) => {
      await using first = await open(urlOf(name));
      await using second = await open(urlOf(name));
      const namespace = `acl ${name} ${library}`;
      const reclosers = [first, second].map(({ store }) => createRecloser({ store, namespace }));
      try {
        const [here, there] = reclosers.map((recloser) => recloser.breaker("llm", { failureThreshold: 3 }));
        await Promise.all(reclosers.map(shared));
        for (let i = 0; i < 3; i++) await here?.execute(() => Promise.reject(new Error("down"))).catch(() => {});
        await until(() => there?.state === "open");
        expect(here?.state).toBe("open");
      } finally {
        await Promise.all(reclosers.map((recloser) => recloser.close()));
      }
    });

    test.each(["FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "GET other", "SCRIPT FLUSH", "ACL LIST"])(
      "may not %s",
      async (command) => {
        const client = new Redis(urlOf(name), { lazyConnect: true, enableReadyCheck: false });
        await client.connect();
        const [verb = "", ...args] = command.split(" ");
        await expect(client.call(verb, ...args)).rejects.toThrow(/NOPERM/);
        client.disconnect();
      },
    );
  });
});

interface Opened extends AsyncDisposable {
  readonly store: RedisStore;
}

async function ioredisStore(url: string): Promise<Opened> {
  const client = new Redis(url);
  return { store: redisStore({ client: fromIoredis(client) }), [Symbol.asyncDispose]: async () => client.disconnect() };
}

async function nodeRedisStore(url: string): Promise<Opened> {
  const client = createClient({ url });
  const store = redisStore({ client: fromNodeRedis(client) });
  await client.connect();
  return { store, [Symbol.asyncDispose]: async () => client.destroy() };
}

function shared(recloser: Recloser): Promise<void> {
  return until(() => recloser.storeHealth().mode === "shared");
}

async function until(isSo: () => boolean | undefined): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (isSo() === true) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not come to be within 10 s");
}
