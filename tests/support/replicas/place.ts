/** Where a fleet's store is, as a replica's process can be told, and the store there by each client library. */
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster, createSentinel } from "redis";
import { postgresStore } from "recloser/postgres";
import { fromIoredis, fromNodeRedis, redisStore, type RedisPort } from "recloser/redis";
import type { SharedStore } from "../../../packages/recloser/src/store/store.ts";
import { type BrokenScript, withScripts } from "./broken-scripts.ts";

interface Node {
  readonly host: string;
  readonly port: number;
}

export type StorePlace =
  | string
  /** By TLS, where only this authority is trusted. */
  | { readonly tls: string; readonly ca: string }
  | { readonly cluster: readonly Node[] }
  | { readonly sentinels: readonly Node[]; readonly name: string };

/** By URL the library makes its own connection; else it is given a client of the user's, as it comes. */
export type ClientKind = "url" | "ioredis" | "node-redis";

interface Opened {
  readonly store: SharedStore;
  readonly end: () => void;
}

export function storeAt(place: StorePlace, client: ClientKind, broken: BrokenScript | null): Opened {
  if (typeof place === "string") {
    if (place.startsWith("postgres:")) return { store: postgresStore({ connectionString: place }), end: () => {} };
    if (client === "url" && broken === null) return { store: redisStore({ url: place }), end: () => {} };
  }
  const { port, end } = client === "node-redis" ? byNodeRedis(place) : byIoredis(place);
  return { store: redisStore({ client: withScripts(port, broken) }), end };
}

function byIoredis(place: StorePlace): { port: RedisPort; end: () => void } {
  const theirs = ioredisAt(place);
  return { port: fromIoredis(theirs), end: () => theirs.disconnect() };
}

function ioredisAt(place: StorePlace): Redis | Cluster {
  if (typeof place === "string") return new Redis(place);
  if ("tls" in place) return new Redis(place.tls, { tls: { ca: place.ca } });
  if ("cluster" in place) return new Cluster([...place.cluster]);
  return new Redis({ sentinels: [...place.sentinels], name: place.name });
}

function byNodeRedis(place: StorePlace): { port: RedisPort; end: () => void } {
  const theirs = nodeRedisAt(place);
  const port = fromNodeRedis(theirs);
  theirs.connect().catch(() => {}); // told through its `error` event
  return { port, end: () => void theirs.destroy() };
}

type NodeRedis = Parameters<typeof fromNodeRedis>[0] & { connect(): Promise<unknown>; destroy(): unknown };

function nodeRedisAt(place: StorePlace): NodeRedis {
  if (typeof place === "string") return createClient({ url: place });
  if ("tls" in place) return createClient({ url: place.tls, socket: { tls: true, ca: place.ca } });
  if ("cluster" in place)
    return createCluster({ rootNodes: place.cluster.map(({ host, port }) => ({ url: `redis://${host}:${port}` })) });
  return createSentinel({ name: place.name, sentinelRootNodes: [...place.sentinels] });
}
