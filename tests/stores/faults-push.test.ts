/** Pushes that are lost while commands work: then the poll is the bound, and pushes come back. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Recloser } from "recloser";
import { fromIoredis, type RedisPort } from "recloser/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { USER_CLIENTS } from "../support/redis-clients.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { KEY, startReplica, until } from "../support/store-faults.ts";

let server: RedisServer;
let admin: Redis;
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.kill();
});

/** Polls come each second, give or take a fifth; and a read follows. */
const BY_POLL_MS = 1_200 + 400;
const word = { by: "a test", reason: "to see how long it takes to be heard" };

async function client(library: string): Promise<RedisPort> {
  const made = await USER_CLIENTS[library]?.(server.url);
  if (made === undefined) throw new Error(`no such library: ${library}`);
  onTestFinished(() => made.end());
  return made.port;
}

// The connection stays down, as its user wished: nobody but the library can bring pushes back.
async function givesUp(): Promise<RedisPort> {
  const stubborn = new Redis(server.url, { retryStrategy: () => null });
  stubborn.on("error", () => {});
  onTestFinished(() => stubborn.disconnect());
  return fromIoredis(stubborn);
}

describe.runIf(canRun)(
  "When the connection for pushes is killed, changes are heard by the poll, and pushes come back,",
  () => {
    test.each([
      ["by URL", async () => server.url, 0],
      ["by ioredis", () => client("ioredis"), 0],
      ["by iovalkey", () => client("iovalkey"), 0],
      ["by redis", () => client("redis"), 0],
      ["by a client that does not connect again", givesUp, 12],
    ] as const)("%s", async (_how, store, changes) => {
      const namespace = `test ${++tests}`;
      const listener = startReplica(await store(), namespace);
      const speaker = startReplica(server.url, namespace);
      const subscribed = async (): Promise<number> => {
        const [, count] = (await admin.pubsub("NUMSUB", `rc1:{${namespace}}:ev`)) as [string, number];
        return count;
      };
      let count = 0;
      const two = () =>
        until(
          "two subscriptions",
          () => count === 2,
          3_000,
          async () => (count = await subscribed()),
        );
      await two();
      await until("shared", () => [listener, speaker].every((one) => one.storeHealth().mode === "shared"), 5_000);
      expect(await heard(listener, speaker), "by push").toBeLessThan(500);

      await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
      expect(await heard(listener, speaker), "by the poll").toBeLessThan(BY_POLL_MS);
      // A subscription that only the library can bring back is missed by a change, some seconds after it was begun.
      for (let change = 0; change < changes && (await subscribed()) < 2; change++) {
        expect(await heard(listener, speaker), "by the poll").toBeLessThan(BY_POLL_MS);
        await sleep(300);
      }
      await two();
      // By push again: of some changes, none waits for a poll.
      const times = [];
      for (let i = 0; i < 5; i++) times.push(await heard(listener, speaker));
      expect(Math.max(...times), "by push again").toBeLessThan(500);
      expect(listener.storeHealth()).toMatchObject({ mode: "shared" });
    });
  },
);

/** How long an operator's word takes from one replica to the other. */
async function heard(listener: Recloser, speaker: Recloser): Promise<number> {
  const [from, to] = [speaker.breaker(KEY), listener.breaker(KEY)];
  const isOn = to.snapshot().override === null;
  if (isOn) await from.forceClosed(word);
  else await from.clearOverride(word);
  const beganMs = performance.now();
  await until("heard", () => (to.snapshot().override !== null) === isOn, 5_000);
  return performance.now() - beganMs;
}
