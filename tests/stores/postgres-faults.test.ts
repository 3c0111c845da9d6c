/** PostgreSQL gone, hung, slow, locked, full, read-only, of another version: nobody's call may notice. */
import { Client } from "pg";
import type { Recloser } from "recloser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { asked, migrated } from "../support/postgres-schema.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import {
  assertCheap,
  expectSurvival,
  isProtected,
  KEY,
  printRows,
  replicaUnderLoad,
  startReplica,
  until,
} from "../support/store-faults.ts";

let server: PostgresServer;
let proxy: TcpProxy;
// A replica that faults of the network and of one role do not reach.
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasPostgres();
const proxied = (): string => `postgres://app@127.0.0.1:${proxy.port}/postgres`;
const direct = (): string => server.urlOf("postgres", "app");
const admin = (sql: string) => asked(server.url, sql);
const endBackends = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'";

beforeAll(async () => {
  server = await startPostgres();
  await admin("create role app login");
  await migrated(server.url, { role: "app" });
}, 60_000);
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterEach(() => proxy.close());
afterAll(async () => {
  printRows();
  await server.close();
});

describe.runIf(canRun)(
  "No call fails or waits, and the fleet is whole again within seconds, when the network to PostgreSQL",
  () => {
    test.each([
      ["loses everything for a while", { kind: "blackhole" }, /no answer within|does not answer|cannot be reached/],
      [
        "forgets its connections without a word",
        { kind: "half-open" },
        /no answer within|does not answer|cannot be reached/,
      ],
      ["resets every connection", { kind: "reset" }, /ECONNRESET|terminated|closed/i],
      ["takes 500 ms", { kind: "latency", ms: 500 }, /no answer within/],
      ["brings bytes that are no answer", { kind: "garbage" }, /./],
    ] as const)("%s", async (name, fault, says) => {
      const replica = await replicaUnderLoad(proxied(), namespace);
      await expectSurvival(replica, { name, begin: () => proxy.set(fault), end: () => proxy.set(null), says }, others);
    });
  },
);

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL", () => {
  test("is stopped under 500 calls a second, and continued", async () => {
    const replica = await replicaUnderLoad(direct(), namespace, 500);
    const fault = { name: "stopped (SIGSTOP), 500 calls/s", says: /no answer within|does not answer/ };
    await expectSurvival(replica, { ...fault, begin: () => server.pause(), end: () => server.resume() }, others);
  });

  test("crashes, and comes back with what it had", async () => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const fault = { name: "crashed, restarted", says: /ECONNREFUSED|ECONNRESET|terminat/i };
    await expectSurvival(replica, { ...fault, begin: () => server.kill(), end: () => server.restart() }, others);
  });

  test.each([
    [
      "lets nobody else in",
      `alter role app connection limit 0; ${endBackends}`,
      "alter role app connection limit -1",
      /too many connections/,
    ],
    [
      "can be read only",
      `alter role app set default_transaction_read_only = on; ${endBackends}`,
      `alter role app reset default_transaction_read_only; ${endBackends}`,
      /read-only/,
    ],
    [
      "takes the right to write away",
      "revoke insert, update, delete on all tables in schema recloser from app",
      "grant insert, update, delete on all tables in schema recloser to app",
      /permission denied/,
    ],
    [
      "has the schema of a later version",
      "create or replace function recloser.check_version(wants integer) returns void language plpgsql immutable as $$ begin raise exception 'the schema is of version 2' using errcode = 'RC001'; end $$",
      null,
      /version 2/,
    ],
    ["has lost the schema", "alter schema recloser rename to lost", "alter schema lost rename to recloser", /recloser/],
  ] as const)("%s", async (name, begin, end, says) => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const back = async (): Promise<void> =>
      void (end === null ? await migrated(server.url, { role: "app" }) : await admin(end));
    await expectSurvival(replica, { name, begin: async () => void (await admin(begin)), end: back, says }, others);
  });

  test("has its table locked by somebody else", async () => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const locker = new Client({ connectionString: server.url });
    await locker.connect();
    onTestFinished(() => locker.end());
    const fault = { name: "table locked", says: /lock|no answer within/ };
    await expectSurvival(
      replica,
      {
        ...fault,
        begin: async () => void (await locker.query("begin; lock table recloser.records in access exclusive mode")),
        end: async () => void (await locker.query("rollback")),
      },
      others,
    );
  });

  test("is not there at the start: nothing is thrown or waited for", async () => {
    await server.kill();
    onTestFinished(() => server.restart().catch(() => {}));
    const beganMs = performance.now();
    const replica = await replicaUnderLoad(direct(), namespace);
    await replica.recloser.ready();
    expect(performance.now() - beganMs, "ready() is bounded").toBeLessThan(1_500);
    expect(replica.recloser.storeHealth().mode).toBe("local");
    assertCheap((await isProtected(replica)).span);
    await server.restart();
    await until("joined", () => replica.recloser.storeHealth().mode === "shared", 4_500);
    const { calls, ends } = replica.calls.look();
    expect(ends).toEqual({ ok: calls });
  });
});

describe.runIf(canRun)("While the connection that listens", () => {
  test("is lost, changes are known by the poll, and then by a push again", async () => {
    const { recloser, breaker, storeEvents } = await replicaUnderLoad(direct(), namespace);
    const other = others.breaker(KEY);
    await until("both share", () => [recloser, others].every((one) => one.storeHealth().mode === "shared"), 5_000);
    const hears = async (mode: "force-open" | null): Promise<number> => {
      if (mode === null) await other.clearOverride({ by: "a test" });
      else await other.forceOpen({ by: "a test", reason: "to be heard" });
      return until("heard", () => (breaker.snapshot().override !== null) === (mode !== null), 3_000);
    };
    await hears("force-open");
    await admin(`${endBackends} and query like 'listen%'`);
    expect(await hears(null)).toBeLessThan(2_000);
    let listening = 0;
    const look = async (): Promise<void> => {
      listening = (await admin("select 1 from pg_stat_activity where usename = 'app' and query like 'listen%'")).length;
    };
    await until("it listens again", () => listening > 0, 10_000, look);
    expect(storeEvents.filter(({ mode }) => mode === "local")).toEqual([]);
  });
});
