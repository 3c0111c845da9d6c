/** The kinds of Redis that a fleet is tested on, each with what it can be made to go through. */
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import type { FleetOptions } from "../replicas/fleet.ts";
import type { ClientKind, StorePlace } from "../replicas/place.ts";
import { startRedis } from "./redis.ts";
import { startCluster, startSentinels } from "./redis-topologies.ts";
import { CA, startTlsRedis } from "./tls.ts";
import { startValkey } from "./valkey.ts";

export interface FleetStore {
  readonly place: StorePlace;
  readonly clients?: readonly ClientKind[];
  /** What its replicas hear no more, until the master of a namespace's records is gone and one of them in its place. */
  readonly failover?: Failover;
  end(): PromiseLike<unknown>;
}

export interface Failover {
  /** From now on writes are lost with the master. */
  readonly cut?: () => Promise<void>;
  /** Kills the master of a namespace. */
  readonly begin: (namespace: string) => Promise<void>;
}

export interface Topology {
  readonly name: string;
  /** Its stores have a `failover`. */
  readonly failsOver?: true;
  readonly start: () => Promise<FleetStore>;
}

const REDIS: Topology = {
  name: "Redis",
  async start() {
    const server = await startRedis();
    return { place: server.url, end: () => server.kill() };
  },
};

const CLIENTS: readonly ClientKind[] = ["ioredis", "node-redis"];

const TOPOLOGIES: readonly Topology[] = [
  {
    name: "Valkey 8",
    async start() {
      const server = await startValkey();
      return { place: server.url, end: () => server.kill() };
    },
  },
  {
    name: "Redis by TLS, as the user that the guide prints",
    async start() {
      const server = await startTlsRedis();
      const [user, rules] = printedUser();
      const admin = new Redis(server.url);
      await admin.call("ACL", "SETUSER", user, ...rules, ">fleet");
      admin.disconnect();
      return { place: { tls: server.tlsUrl(`${user}:fleet`), ca: CA }, clients: CLIENTS, end: () => server.kill() };
    },
  },
  {
    name: "a Redis Cluster of three masters with replicas",
    failsOver: true,
    start: () => ofCluster(1),
  },
  {
    name: "Redis behind Sentinels",
    failsOver: true,
    async start() {
      const set = await startSentinels();
      const { name, sentinels, master, replica } = set;
      return {
        place: { name, sentinels },
        clients: CLIENTS,
        failover: {
          cut: () => set.cut(),
          async begin() {
            await master.kill();
            replica.resume();
          },
        },
        end: () => set[Symbol.asyncDispose](),
      };
    },
  },
];

const BARE_CLUSTER: Topology = { name: "a Redis Cluster of three masters", start: () => ofCluster(0) };

const ALL = process.env["RECLOSER_TOPOLOGIES"] === "all";

/** What a small fleet runs on each time. Three masters with replicas are three masters: those without come with all. */
export const SHORT_STORES: readonly Topology[] = ALL ? [...TOPOLOGIES, BARE_CLUSTER] : TOPOLOGIES;

/** What whole fleets run on: one Redis, and with RECLOSER_TOPOLOGIES=all each kind there is. */
export const FLEET_STORES: readonly Topology[] = ALL ? [REDIS, ...SHORT_STORES] : [REDIS];

/** A fleet's options that say where its store is. */
export function placed({ place, clients }: FleetStore): Pick<FleetOptions, "url" | "clients"> {
  return { url: place, ...(clients && { clients }) };
}

async function ofCluster(replicasEach: 0 | 1): Promise<FleetStore> {
  const cluster = await startCluster(replicasEach);
  const begin = async (namespace: string): Promise<void> => (await cluster.masterOf(`rc1:{${namespace}}:x`)).kill();
  return {
    place: { cluster: cluster.nodes.slice(0, 3) },
    clients: CLIENTS,
    ...(replicasEach > 0 && { failover: { begin } }),
    end: () => cluster[Symbol.asyncDispose](),
  };
}

/** The first user of docs/guide/redis.md, with its rules. */
function printedUser(): readonly [string, readonly string[]] {
  const page = readFileSync(new URL("../../../docs/guide/redis.md", import.meta.url), "utf8").replaceAll("\\\n", " ");
  const [, user = "", rules = ""] = /^ACL SETUSER (\S+) (.*)$/m.exec(page) ?? [];
  if (user === "") throw new Error("docs/guide/redis.md prints no user");
  return [user, rules.split(/\s+/)];
}
