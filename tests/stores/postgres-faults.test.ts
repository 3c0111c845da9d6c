/** PostgreSQL gone, hung, slow, locked, full, read-only, of another version: nobody's call may notice. */
import { Client } from "pg";
import type { Breaker, Recloser, StoreError } from "recloser";
import { postgresStore } from "recloser/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { recordFault } from "../support/faults/record.ts";
import { asked, migrated } from "../support/postgres-schema.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { warningsHeard } from "../support/warnings.ts";
import {
  assertCheap,
  expectSurvival,
  isProtected,
  KEY,
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
  const [said] = await admin("show server_version");
  recordFault({ table: "version", server: "PostgreSQL", version: String(said?.["server_version"]) });
}, 60_000);
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterEach(() => proxy.close());
afterAll(async () => {
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
      const injected = `proxy: ${fault.kind}`;
      const [begin, end] = [() => proxy.set(fault), () => proxy.set(null)];
      await expectSurvival(replica, { name: `the network ${name}`, injected, begin, end, says }, others);
    });
  },
);

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when PostgreSQL", () => {
  test("is stopped under 500 calls a second, and continued", async () => {
    const replica = await replicaUnderLoad(direct(), namespace, 500);
    const fault = {
      name: "hung, under 500 calls a second",
      injected: "SIGSTOP",
      says: /no answer within|does not answer/,
    };
    await expectSurvival(replica, { ...fault, begin: () => server.pause(), end: () => server.resume() }, others);
  });

  test("crashes, and comes back with what it had", async () => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const fault = { name: "crashed, restarted", injected: "SIGKILL", says: /ECONNREFUSED|ECONNRESET|terminat/i };
    await expectSurvival(replica, { ...fault, begin: () => server.kill(), end: () => server.restart() }, others);
  });

  test.each([
    [
      "lets nobody else in",
      "CONNECTION LIMIT 0, backends terminated",
      `alter role app connection limit 0; ${endBackends}`,
      "alter role app connection limit -1",
      /too many connections/,
    ],
    [
      "can be read only",
      "default_transaction_read_only",
      `alter role app set default_transaction_read_only = on; ${endBackends}`,
      `alter role app reset default_transaction_read_only; ${endBackends}`,
      /read-only/,
    ],
    [
      "takes the right to write away",
      "REVOKE",
      "revoke insert, update, delete on all tables in schema recloser from app",
      "grant insert, update, delete on all tables in schema recloser to app",
      /permission denied/,
    ],
    [
      "has the schema of a later version",
      "its function that compares versions",
      "create or replace function recloser.check_version(wants integer) returns void language plpgsql immutable as $$ begin raise exception 'the schema is of version 2' using errcode = 'RC001'; end $$",
      null,
      /version 2/,
    ],
    [
      "has lost the schema",
      "ALTER SCHEMA … RENAME",
      "alter schema recloser rename to lost",
      "alter schema lost rename to recloser",
      /recloser/,
    ],
  ] as const)("%s", async (name, injected, begin, end, says) => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const back = async (): Promise<void> =>
      void (end === null ? await migrated(server.url, { role: "app" }) : await admin(end));
    await expectSurvival(
      replica,
      { name, injected, begin: async () => void (await admin(begin)), end: back, says },
      others,
    );
  });

  test("has its table locked by somebody else", async () => {
    const replica = await replicaUnderLoad(direct(), namespace);
    const locker = new Client({ connectionString: server.url });
    await locker.connect();
    onTestFinished(() => locker.end());
    const fault = { name: "table locked", injected: "LOCK TABLE … ACCESS EXCLUSIVE", says: /lock|no answer within/ };
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

/** Whatever a busy machine makes of one word, in the end the row is there. */
async function hasRecord(breaker: Breaker): Promise<void> {
  let rows: readonly unknown[] = [];
  const say = async (): Promise<void> => {
    await breaker.forceOpen({ by: "a test", reason: "to have a record" }).catch(() => {});
    rows = await admin(`select name from recloser.records where namespace = '${namespace}'`);
  };
  await until("there is a record", () => rows.length > 0, 5_000, say);
}

describe.runIf(canRun)("A row that is no record", () => {
  test.each([
    ["of another program", `'{"hello": 1}'`],
    ["without a number", `facts - 'step'`],
    ["with text for a number", `jsonb_set(facts, '{cooldownMs}', '"soon"')`],
    ["with a list for a hold", `jsonb_set(facts, '{holds}', '{"auth": [1]}')`],
    ["with a bucket of nothing", `jsonb_set(facts, '{buckets}', '[{}]')`],
    [
      "that is huge",
      `facts || jsonb_build_object('more', (select string_agg(md5(n::text), '') from generate_series(1, 9000) n))`,
    ],
  ])("%s, is set aside, and the record begins anew, with a warning", async (_what, facts) => {
    const warnings = warningsHeard();
    const recloser = startReplica(direct(), namespace);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    const breaker = recloser.breaker(KEY);
    await hasRecord(breaker);
    await admin(`update recloser.records set facts = ${facts} where namespace = '${namespace}'`);
    let kept: readonly unknown[] = [];
    // On a busy machine a word may not be answered in time.
    const reset = async (): Promise<void> => {
      await breaker.reset({ by: "a test" }).catch(() => {});
      kept = await admin(`select name from recloser.set_aside where namespace = '${namespace}'`);
    };
    await until("it is set aside", () => kept.length > 0, 5_000, reset);
    expect(kept).toEqual([{ name: KEY }]);
    expect(await warnings("RECLOSER_STORE_QUARANTINE")).toEqual([expect.stringContaining("recloser")]);
    const store = postgresStore({ connectionString: direct() });
    onTestFinished(() => store.close());
    expect((await store.read(namespace, [KEY])).records.get(KEY)).toMatchObject({ version: 1, override: null });
    expect(recloser.storeHealth().mode).toBe("shared");
  });

  test("keeps the fields of a later version, and shows none of them", async () => {
    const recloser = startReplica(direct(), namespace);
    await until("shared", () => recloser.storeHealth().mode === "shared", 5_000);
    const breaker = recloser.breaker(KEY);
    await hasRecord(breaker);
    await admin(`update recloser.records set facts = facts || '{"later": {"x": 1}}' where namespace = '${namespace}'`);
    await breaker.reset({ by: "a test" });
    const [row] = await admin(`select facts->'later' as later from recloser.records where namespace = '${namespace}'`);
    expect(row).toEqual({ later: { x: 1 } });
    expect(recloser.storeHealth().mode).toBe("shared");
  });
});

describe.runIf(canRun)("What waits behind a question that is not answered", () => {
  test("fails with it, as never sent, instead of being asked one after the other", async () => {
    const store = postgresStore({ connectionString: direct() });
    onTestFinished(() => store.close());
    await store.ping(namespace);
    await server.pause();
    const beganMs = performance.now();
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => store.ping(namespace)));
    const tookMs = performance.now() - beganMs;
    await server.resume();
    const unsent = answers.map((one) => one.status === "rejected" && (one.reason as StoreError).isUnsent);
    // Those that were on their way: on the connection that there was, and on a second one if it came about.
    expect(unsent.filter((is) => !is).length).toBeLessThanOrEqual(2);
    expect(answers.map(({ status }) => status)).not.toContain("fulfilled");
    expect(tookMs, "a second, not six").toBeLessThan(3_000);
    expect(await store.ping(namespace)).toBe(true);
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
