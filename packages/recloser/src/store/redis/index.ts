/**
 * `recloser/redis`: circuits shared by all replicas through Redis or Valkey (7 or later).
 *
 * @example
 * import { createRecloser } from "recloser";
 * import { redisStore } from "recloser/redis";
 *
 * const recloser = createRecloser({ store: redisStore({ url: "redis://localhost:6379" }) });
 */
import { InvalidOptionError } from "../../errors.ts";
import { fields } from "../../validate.ts";
import { connectTo } from "./connection.ts";
import type { RedisPort } from "./port.ts";
import { RedisStore } from "./store.ts";

export { fromIoredis } from "./ioredis.ts";
export { fromNodeRedis } from "./node-redis.ts";
export type { IoredisLike, IoredisSubscriber } from "./ioredis.ts";
export type { NodeRedisLike, NodeRedisSubscriber } from "./node-redis.ts";
export type { RedisPort, Script } from "./port.ts";
export type { RedisStore } from "./store.ts";

export type RedisStoreOptions =
  /** `redis://user:password@host:port/db`, or `rediss://…` for TLS. Needs redis, ioredis or iovalkey beside recloser. */
  | { readonly url: string; readonly client?: undefined }
  /** A client of yours: `fromIoredis(client)` or `fromNodeRedis(client)`. */
  | { readonly client: RedisPort; readonly url?: undefined };

/**
 * A store for `createRecloser({ store })`. A call never waits for it: what it decides by is in the process, and with Redis
 * down, hung or slow each process goes on by itself and comes back by itself. Constructing it neither connects nor fails
 * for want of a server. It is closed with the last recloser that uses it; a client that was brought stays open.
 *
 * Keys are `rc1:{namespace}:…`, all of a namespace in one slot. The user needs `+@scripting +@read +@write +@connection
 * +time` on `~rc1:*`, and `+publish +subscribe &rc1:*` for changes within milliseconds (without: within a second).
 *
 * @throws InvalidOptionError naming the field
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { url, client } = fields("options", options, ["url", "client"]) as Partial<RedisStoreOptions>;
  if ((url === undefined) === (client === undefined))
    throw new InvalidOptionError("options", "either url or client", options);
  if (url !== undefined) return new RedisStore(connectTo(url));
  if (typeof (client as Partial<RedisPort> | null)?.run !== "function")
    throw new InvalidOptionError("client", "fromIoredis(client) or fromNodeRedis(client)", client);
  return new RedisStore(client as RedisPort);
}
