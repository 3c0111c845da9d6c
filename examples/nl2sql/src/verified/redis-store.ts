/** Pairs in Redis, for all replicas: one hash, a field for each. */
import type { Redis } from "ioredis";
import type { Pair, PairStore } from "./pair.ts";

const KEY = "nl2sql:pairs";

/** The client stays the caller's. */
export function redisPairStore(client: Redis): PairStore {
  return {
    all: async () => Object.values(await client.hgetall(KEY)).map((text) => JSON.parse(text) as Pair),
    find: async (id) => {
      const text = await client.hget(KEY, id);
      return text === null ? null : (JSON.parse(text) as Pair);
    },
    put: async (pair) => void (await client.hset(KEY, pair.id, JSON.stringify(pair))),
    remove: async (id) => void (await client.hdel(KEY, id)),
    close: () => Promise.resolve(),
  };
}
