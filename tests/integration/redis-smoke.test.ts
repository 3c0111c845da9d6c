import { test, expect } from "vitest";
import { redisServer } from "../support/servers/redis.ts";
import { redisStore } from "../../packages/recloser/src/store/redis/index.ts";

test("smoke", async () => {
  const server = await redisServer();
  const store = redisStore({ url: server.url });
  console.log(await store.changes("ns", null));
  console.log(await store.ping("ns"));
  await store.close();
});
