/** Redis as it is run by those who run several: a Cluster, with or without replicas, and a master watched by Sentinels. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { ended } from "./server-process.ts";
import { freePort, type RedisServer, startRedis, startSentinelProcess } from "./redis.ts";

const SLOTS = 16_384;
/** After so long without a word a node counts as failed: short, so that a test need not wait. */
const NODE_TIMEOUT_MS = 1_000;
const SETTLES_WITHIN_MS = 20_000;

export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The server that has a key's slot now. */
  masterOf(key: string): Promise<RedisServer>;
}

/** @param replicasEach 0 or 1 for each of three masters */
export async function startCluster(replicasEach: 0 | 1): Promise<RedisCluster> {
  const count = 3 * (1 + replicasEach);
  const servers = await Promise.all(Array.from({ length: count }, startNode));
  const [first] = servers as [RedisServer];
  const masters = servers.slice(0, 3);
  for (const [at, server] of servers.entries()) {
    await told(server, async (node) => {
      const [from, to] = [Math.ceil((at * SLOTS) / 3), Math.ceil(((at + 1) * SLOTS) / 3) - 1];
      if (at < 3) await node.call("CLUSTER", "ADDSLOTSRANGE", from, to);
      await node.call("CLUSTER", "SET-CONFIG-EPOCH", at + 1);
    });
  }
  const port = await told(first, async (node) => ((await node.call("CONFIG", "GET", "cluster-port")) as string[])[1]);
  for (const server of servers.slice(1))
    await told(server, (node) => node.call("CLUSTER", "MEET", "127.0.0.1", first.port, String(port)));
  await settled(servers, ({ known, state }) => known === count && state === "ok");
  const ids = await Promise.all(masters.map((server) => told(server, (node) => node.call("CLUSTER", "MYID"))));
  for (const [at, server] of servers.slice(3).entries())
    await told(server, (node) => node.call("CLUSTER", "REPLICATE", String(ids[at])));
  await settled(servers, ({ replicas }) => replicas === count - 3);
  return {
    nodes: servers.map((server) => ({ host: "127.0.0.1", port: server.port })),
    async masterOf(key) {
      for (const server of servers) {
        const found = await told(server, async (node) => {
          const slot = (await node.call("CLUSTER", "KEYSLOT", key)) as number;
          const slots = (await node.call("CLUSTER", "SLOTS")) as [number, number, [string, number]][];
          return slots.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
        }).catch(() => undefined);
        const master = servers.find((each) => each.port === found);
        if (master !== undefined) return master;
      }
      throw new Error("no node of the cluster answers");
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}

async function startNode(): Promise<RedisServer> {
  return startRedis({
    "cluster-enabled": "yes",
    "cluster-port": String(await freePort()),
    "cluster-node-timeout": String(NODE_TIMEOUT_MS),
    "cluster-require-full-coverage": "no",
    "repl-diskless-sync-delay": "0",
  });
}

interface Known {
  readonly known: number;
  readonly state: string;
  readonly replicas: number;
}

async function settled(servers: readonly RedisServer[], holds: (of: Known) => boolean): Promise<void> {
  const deadlineMs = Date.now() + SETTLES_WITHIN_MS;
  for (const server of servers)
    for (;;) {
      const known = await told(server, async (node) => {
        const info = String(await node.call("CLUSTER", "INFO"));
        const nodes = String(await node.call("CLUSTER", "NODES"))
          .trim()
          .split("\n");
        const replicas = nodes.filter((line) => / (?:myself,)?slave /.test(line) && line.includes(" connected"));
        return {
          known: Number(/cluster_known_nodes:(\d+)/.exec(info)?.[1]),
          state: /cluster_state:(\w+)/.exec(info)?.[1] ?? "",
          replicas: replicas.length,
        };
      });
      if (holds(known)) break;
      if (Date.now() > deadlineMs) throw new Error(`the cluster is not whole: ${JSON.stringify(known)}`);
      await sleep(50);
    }
}

export interface SentinelSet extends AsyncDisposable {
  readonly name: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** From now on what the master is told is lost with it: its replica is stopped, and what is on the way to it is not kept there. */
  cut(): Promise<void>;
}

/** A master, a replica, and three Sentinels of which two decide. */
export async function startSentinels(): Promise<SentinelSet> {
  const master = await startRedis({ "repl-diskless-sync-delay": "0" });
  const replica = await startRedis({ replicaof: `127.0.0.1 ${master.port}`, "repl-diskless-sync-delay": "0" });
  const folder = mkdtempSync(join(tmpdir(), "recloser-sentinel-"));
  const started = await Promise.all(
    [1, 2, 3].map(async (nth) => {
      const port = await freePort();
      const file = join(folder, `${nth}.conf`);
      writeFileSync(
        file,
        `port ${port}
bind 127.0.0.1
dir ${folder}
sentinel monitor main 127.0.0.1 ${master.port} 2
sentinel down-after-milliseconds main 800
sentinel failover-timeout main 4000
sentinel parallel-syncs main 1
`,
      );
      return { port, child: await startSentinelProcess(file) };
    }),
  );
  const deadlineMs = Date.now() + SETTLES_WITHIN_MS;
  for (const { port } of started)
    for (;;) {
      const known = await asked(port, async (sentinel) => {
        const fields = (await sentinel.call("SENTINEL", "MASTER", "main")) as string[];
        const of = (name: string): number => Number(fields[fields.indexOf(name) + 1]);
        return of("num-slaves") >= 1 && of("num-other-sentinels") >= 2;
      });
      if (known) break;
      if (Date.now() > deadlineMs) throw new Error("the Sentinels do not know each other");
      await sleep(100);
    }
  return {
    name: "main",
    sentinels: started.map(({ port }) => ({ host: "127.0.0.1", port })),
    master,
    replica,
    async cut() {
      replica.pause();
      // Else its kernel would take what the master sends, and give it to the replica when that goes on.
      await told(master, (node) => node.call("CLIENT", "KILL", "TYPE", "replica"));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...started.map(({ child }) => ended(child)), master.kill(), replica.kill()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function told<T>(server: RedisServer, tell: (node: Redis) => Promise<T>): Promise<T> {
  return asked(server.port, tell);
}

async function asked<T>(port: number, ask: (node: Redis) => Promise<T>): Promise<T> {
  const node = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: () => null });
  node.on("error", () => {});
  try {
    await node.connect();
    return await ask(node);
  } finally {
    node.disconnect();
  }
}
