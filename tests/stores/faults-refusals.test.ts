/** A Redis that answers, with errors: full, read-only, loading, busy, not letting one in. Nobody's call may notice. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Recloser } from "recloser";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordFault } from "../support/faults/record.ts";
import { freePort, hasRedis, redisServer, type RedisServer, startRedis } from "../support/servers/redis.ts";
import {
  assertCheap,
  isProtected,
  KEY,
  startReplica,
  replicaUnderLoad,
  expectSurvival,
  until,
} from "../support/store-faults.ts";
import { warningsHeard } from "../support/warnings.ts";

const PASSWORD = "a-secret-of-the-operators";

let server: RedisServer;
// Two of the operator's: one of them may be busy.
let admin: Redis;
let second: Redis;
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis({ "enable-debug-command": "yes", "busy-reply-threshold": "100" });
  [admin, second] = [operatorOf(server.url), operatorOf(server.url)];
  await Promise.all([admin.ping(), second.ping()]);
  const [, version = "unknown"] = /redis_version:(\S+)/.exec(await admin.info("server")) ?? [];
  recordFault({ table: "version", server: "Redis", version });
  await admin.call("ACL", "SETUSER", "app", "on", `>${PASSWORD}`, "~rc1:*", "&rc1:*", "+@all");
});
beforeEach(() => {
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterAll(async () => {
  admin.disconnect();
  second.disconnect();
  await server.kill();
});

function operatorOf(url: string): Redis {
  const operator = new Redis(url);
  operator.on("error", () => {}); // is sent away and kept out by some of the tests, too
  return operator;
}

const set = (name: string, value: string | number) => admin.config("SET", name, value);
const dataFile = async (): Promise<string> => {
  const [, folder = ""] = await admin.config("GET", "dir");
  return join(folder, "dump.rdb");
};
const asApp = (): string => server.url.replace("//", `//app:${PASSWORD}@`);
// Whoever was let in stays in, so the doors are shut with nobody inside.
const sendAway = () => admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

interface Refusal {
  readonly name: string;
  readonly injected: string;
  readonly says: RegExp;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  readonly user?: "app";
}

let nowhere = 0;
const REFUSALS: readonly Refusal[] = [
  {
    name: "is full (OOM)",
    injected: "CONFIG SET maxmemory 1",
    says: /OOM/,
    begin: () => set("maxmemory", 1),
    end: () => set("maxmemory", 0),
  },
  {
    name: "is read-only (READONLY)",
    injected: "REPLICAOF a port of nobody",
    says: /READONLY/,
    begin: async () => {
      nowhere = await freePort();
      await admin.call("REPLICAOF", "127.0.0.1", nowhere);
    },
    end: () => admin.call("REPLICAOF", "NO", "ONE"),
  },
  {
    name: "follows a server that is gone (MASTERDOWN)",
    injected: "REPLICAOF, replica-serve-stale-data no",
    says: /MASTERDOWN/,
    begin: async () => {
      await set("replica-serve-stale-data", "no");
      await admin.call("REPLICAOF", "127.0.0.1", await freePort());
    },
    end: async () => {
      await admin.call("REPLICAOF", "NO", "ONE");
      await set("replica-serve-stale-data", "yes");
    },
  },
  {
    name: "misses its replicas (NOREPLICAS)",
    injected: "CONFIG SET min-replicas-to-write 1",
    says: /NOREPLICAS/,
    begin: () => set("min-replicas-to-write", 1),
    end: () => set("min-replicas-to-write", 0),
  },
  {
    name: "cannot save its data (MISCONF)",
    injected: "BGSAVE where a folder is in the file's place",
    says: /MISCONF/,
    begin: async () => {
      await set("save", "3600 1");
      rmSync(await dataFile(), { recursive: true, force: true });
      mkdirSync(await dataFile());
      await admin.bgsave();
    },
    end: async () => {
      // A folder that stayed would keep the next one from loading its data.
      rmSync(await dataFile(), { recursive: true });
      await set("save", "");
    },
  },
  {
    name: "loads its data (LOADING)",
    injected: "DEBUG RELOAD, key-load-delay",
    says: /LOADING/,
    begin: async () => {
      await admin.call("DEBUG", "POPULATE", 3_000);
      await set("key-load-delay", 800);
      await set("loading-process-events-interval-bytes", 1_024);
      void admin.call("DEBUG", "RELOAD").catch(() => {});
    },
    end: async () => {
      await until("loaded", () => admin.status === "ready", 10_000);
      await admin.ping(); // answered when the reload is over
      await set("key-load-delay", 0);
    },
  },
  {
    name: "runs somebody's endless script (BUSY)",
    injected: "EVAL of an endless loop",
    says: /BUSY/,
    begin: async () => void admin.eval("while true do end", 0).catch(() => {}),
    end: () => second.script("KILL"),
  },
  {
    name: "is paused for a failover (CLIENT PAUSE)",
    injected: "CLIENT PAUSE 3000 ALL",
    says: /no answer within/,
    begin: () => admin.call("CLIENT", "PAUSE", 3_000, "ALL"),
    end: () => admin.ping(), // which waits, as everybody does
  },
  {
    name: "takes no writes during a failover (CLIENT PAUSE WRITE)",
    injected: "CLIENT PAUSE 3000 WRITE",
    says: /no answer within/,
    begin: () => admin.call("CLIENT", "PAUSE", 3_000, "WRITE"),
    end: () => admin.call("CLIENT", "UNPAUSE"),
  },
  {
    name: "does nothing else for seconds (DEBUG SLEEP)",
    injected: "DEBUG SLEEP 2",
    says: /no answer within/,
    begin: async () => void admin.call("DEBUG", "SLEEP", 2).catch(() => {}),
    end: () => admin.ping(), // which waits, as everybody does
  },
  {
    name: "wants a password from now on (NOAUTH)",
    injected: "CONFIG SET requirepass, CLIENT KILL",
    says: /NOAUTH/,
    begin: async () => {
      await set("requirepass", PASSWORD);
      await sendAway();
    },
    end: () => set("requirepass", ""),
  },
  {
    name: "has another password now (WRONGPASS)",
    injected: "ACL SETUSER, CLIENT KILL",
    says: /WRONGPASS/,
    user: "app",
    begin: async () => {
      await admin.call("ACL", "SETUSER", "app", "resetpass", ">another");
      await sendAway();
    },
    end: () => admin.call("ACL", "SETUSER", "app", `>${PASSWORD}`),
  },
  {
    name: "lets the user run no scripts any more (NOPERM)",
    injected: "ACL SETUSER -@scripting",
    says: /NOPERM/,
    user: "app",
    begin: () => admin.call("ACL", "SETUSER", "app", "-@scripting"),
    end: () => admin.call("ACL", "SETUSER", "app", "+@scripting"),
  },
  {
    name: "lets the user write nothing any more (NOPERM in a script)",
    injected: "ACL SETUSER -hset -set",
    says: /NOPERM|ACL failure|can't run/,
    user: "app",
    begin: () => admin.call("ACL", "SETUSER", "app", "-hset", "-set"),
    end: () => admin.call("ACL", "SETUSER", "app", "+hset", "+set"),
  },
  {
    name: "takes no more clients",
    injected: "CONFIG SET maxclients 1, CLIENT KILL",
    says: /max number of clients|closed|ECONNRESET|EPIPE/i,
    begin: async () => {
      await set("maxclients", 1);
      await sendAway();
    },
    end: () => set("maxclients", 10_000),
  },
];

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when Redis", () => {
  test.each(REFUSALS.map((one) => [one.name, one] as const))(
    "%s",
    async (name, { injected, says, user, begin, end }) => {
      const replica = await replicaUnderLoad(user === "app" ? asApp() : server.url, namespace);
      const fault = {
        ...{ name, injected, says },
        begin: async () => void (await begin()),
        end: async () => void (await end()),
      };
      await expectSurvival(replica, fault, others);
      expect(String(replica.recloser.storeHealth().lastError)).not.toContain(PASSWORD);
    },
  );

  test("has lost a part of its cluster (CLUSTERDOWN)", async () => {
    const cluster = await redisServer({ "cluster-enabled": "yes", "cluster-node-timeout": "500" });
    const operator = operatorOf(cluster.url);
    const isWhole = async (): Promise<void> => {
      while (!String(await operator.call("CLUSTER", "INFO")).includes("cluster_state:ok")) await sleep(20);
    };
    try {
      await operator.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
      await isWhole();
      const replica = await replicaUnderLoad(cluster.url, namespace);
      const fault = {
        ...{
          name: "has lost a part of its cluster (CLUSTERDOWN)",
          injected: "CLUSTER DELSLOTSRANGE",
          says: /CLUSTERDOWN/,
        },
        begin: async () => void (await operator.call("CLUSTER", "DELSLOTSRANGE", 0, 16_383)),
        async end() {
          await operator.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
          await isWhole();
        },
      };
      await expectSurvival(replica, fault, startReplica(cluster.url, namespace));
    } finally {
      operator.disconnect();
    }
  });
});

describe.runIf(canRun)("Credentials that are wrong from the start", () => {
  test.each([
    ["a wrong password", "nobody:wrong@", /WRONGPASS/],
    ["a user without scripts", `reader:${PASSWORD}@`, /NOPERM/],
  ] as const)("(%s) are told once, loudly, and cost no call anything", async (_what, user, says) => {
    await admin.call("ACL", "SETUSER", "reader", "on", `>${PASSWORD}`, "~*", "&*", "+@all", "-@scripting");
    const warnings = warningsHeard();
    const replica = await replicaUnderLoad(server.url.replace("//", `//${user}`), namespace);
    const { recloser, calls, storeEvents } = replica;
    await recloser.ready();
    await until("a store event", () => storeEvents.length > 0, 2_000);
    await sleep(1_500); // some more tries
    const span = calls.look();
    expect(span.ends).toEqual({ ok: span.calls });
    assertCheap(span);
    assertCheap((await isProtected(replica)).span);
    const told = await warnings("RECLOSER_STORE_ACCESS");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(says);
    expect(told[0]).not.toContain(PASSWORD);
    expect(storeEvents).toMatchObject([{ mode: "local", error: { message: expect.stringMatching(says) } }]);
    expect(recloser.storeHealth()).toMatchObject({
      mode: "local",
      lastError: { message: expect.stringMatching(says) },
    });
  });
});

describe.runIf(canRun)("A user that may not publish", () => {
  test("shares all the same, by the poll, and is told once", async () => {
    await admin.call("ACL", "SETUSER", "quiet", "on", `>${PASSWORD}`, "~rc1:*", "resetchannels", "+@all", "-publish");
    const warnings = warningsHeard();
    const replica = await replicaUnderLoad(server.url.replace("//", `//quiet:${PASSWORD}@`), namespace);
    const { recloser, breaker, provider, calls, storeEvents } = replica;
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    const other = others.breaker(KEY);
    await until("the other shared", () => others.storeHealth().mode === "shared", 5_000);
    await provider.setFault({ kind: "status", status: 503 });
    await until("tripped", () => breaker.state !== "closed", 2_000);
    await until("the other knows", () => other.state !== "closed", 2_500);
    await provider.setFault(null);
    await until("closed", () => breaker.state === "closed", 5_000);
    await until("the other knows of that, too", () => other.state === "closed", 2_500);
    await sleep(50);
    const { ends, ...cheap } = calls.look();
    expect(Object.keys(ends).filter((end) => end.startsWith("failed"))).toEqual([]);
    assertCheap({ ends, ...cheap });
    expect(storeEvents.map(({ mode }) => mode)).toEqual(["shared"]);
    expect(await warnings("RECLOSER_STORE_PUSH_REFUSED")).toHaveLength(1);
  });
});
