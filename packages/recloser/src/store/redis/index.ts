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
import { unsaid } from "../../unsaid.ts";
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
 * Keys are `rc1:{namespace}:…`, all of a namespace in one slot. What its user must be allowed to
 * is in docs/guide/redis.md; without `+publish +subscribe &rc1:*` changes are known within a second instead of milliseconds.
 *
 * @throws InvalidOptionError naming the field
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  checkNames(options);
  const { url, client } = options;
  if ((url === undefined) === (client === undefined))
    throw new InvalidOptionError("options", "either url or client", url === undefined ? "none of them" : "both");
  if (url !== undefined) return new RedisStore(connectTo(url));
  if (typeof (client as Partial<RedisPort> | null)?.run !== "function")
    throw new InvalidOptionError("client", "fromIoredis(client) or fromNodeRedis(client)", unsaid(client));
  return new RedisStore(client);
}

// What is given here may hold a password, at its right place or at a wrong one: no error repeats it.
function checkNames(options: unknown): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const named = isObject ? Object.entries(options).map(([name, value]) => [name, unsaid(value)]) : null;
  fields("options", named === null ? unsaid(options) : Object.fromEntries(named), ["url", "client"]);
}
