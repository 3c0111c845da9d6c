/** The history's tables in PostgreSQL: bounded whatever the clocks do, and nobody's call is the worse for them. */
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { postgresStore } from "recloser/postgres";
import type { HistoryEvent, ReplicaNote } from "recloser/history";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { asked, migrated } from "../support/postgres-schema.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";
import { KEY, replicaUnderLoad, until } from "../support/store-faults.ts";

const canRun = await hasPostgres();
const SOON = { timeout: 20_000, interval: 50 };
const DAY_MS = 86_400_000;
const REPORT = {
  version: "0.0.0",
  store: { mode: "shared", forMs: 0, error: null, roundTripMs: null },
  breakers: 0,
  policyHash: "",
  notClosed: [],
  rules: [],
  rejected: {},
} as const;
const PROBE: HistoryEvent = { type: "probe", key: "openai", result: "failed", by: "first", durationMs: 1 };

// Each is given once per process, so those of an earlier try count too.
const warnings: string[] = [];
process.on("warning", (warning: Error & { readonly code?: string }) => {
  if (warning.code === "RECLOSER_STORE_HISTORY") warnings.push(warning.message);
});

let server: PostgresServer;
let namespace = "";
const direct = (): string => server.urlOf("postgres", "app");
const admin = (sql: string) => asked(server.url, sql);

beforeAll(async () => {
  if (!canRun) return;
  server = await startPostgres();
  await admin("create role app login");
  await migrated(server.url, { role: "app" });
}, 60_000);
beforeEach(() => {
  namespace = `history ${randomUUID()}`;
});
afterAll(() => (canRun ? server.close() : undefined));

function historyOf(url: string = direct()) {
  const store = postgresStore({ connectionString: url });
  onTestFinished(() => store.close());
  return store.history;
}

function noteOf(replica: string, id = "1"): ReplicaNote {
  const point = { key: "openai", ageMs: 0, calls: 4, failures: 2, rejected: 1 };
  return { replica, report: REPORT, events: [{ id, ageMs: 0, event: PROBE }], points: [point] };
}

async function rowsOf(of: string = namespace): Promise<Readonly<Record<string, number>>> {
  const tables = ["events", "hours", "replicas"];
  const counts = tables.map(
    (table) => `(select count(*)::int from recloser.history_${table} where namespace = '${of}') as ${table}`,
  );
  return (await admin(`select ${counts.join(", ")}`))[0] as Readonly<Record<string, number>>;
}

describe.runIf(canRun)("The tables of the history", () => {
  test("keep no more rows of a namespace than their number, whatever is told", async () => {
    await admin(`
      insert into recloser.history_events (namespace, replica, id, at_ms, is_override, event)
        select '${namespace}', 'old', n::text, recloser.clock_ms(), n % 2 = 0, '{}' from generate_series(1, 9000) n;
      insert into recloser.history_hours (namespace, name, hour, minutes)
        select '${namespace}', 'k' || n, recloser.clock_ms() / 3600000, '{}' from generate_series(1, 50500) n;
      insert into recloser.history_replicas (namespace, id, report, seen_ms)
        select '${namespace}', 'r' || n, '{}', recloser.clock_ms() - n from generate_series(1, 1500) n`);
    await historyOf().note(namespace, noteOf("first"));
    const { events, hours, replicas } = await rowsOf();
    expect({ hours, replicas }).toEqual({ hours: 50_000, replicas: 1_000 });
    expect(events).toBe(5_000);
  });

  test("keep what operators did, however much else happens", async () => {
    await admin(`
      insert into recloser.history_events (namespace, replica, id, at_ms, is_override, event)
        select '${namespace}', 'old', n::text, recloser.clock_ms(), n <= 1200, '{}' from generate_series(1, 8000) n`);
    await historyOf().note(namespace, noteOf("first"));
    const [row] = await admin(
      `select count(*) filter (where is_override)::int as overrides, count(*)::int as all from recloser.history_events where namespace = '${namespace}'`,
    );
    expect(row).toEqual({ overrides: 1_000, all: 6_000 });
    expect((await historyOf().events(namespace, { withinMs: null, most: 9_000 })).events).toHaveLength(5_000);
  });

  test.each([
    ["a year ahead", 365 * DAY_MS],
    ["a year behind", -365 * DAY_MS],
  ])(
    "leave nothing of a time when the clock was %s, also of a namespace that nobody tells of any more",
    async (_when, offMs) => {
      const clock = (off: number) =>
        admin(
          `create or replace function recloser.clock_ms() returns double precision language sql volatile as $$ select extract(epoch from clock_timestamp())::double precision * 1000 + ${off} $$`,
        );
      onTestFinished(async () => void (await clock(0)));
      const left = `${namespace} left`;
      const history = historyOf();
      await clock(offMs);
      for (const one of [namespace, left]) await history.note(one, noteOf("first"));
      await clock(0);
      expect(await rowsOf(left)).toEqual({ events: 1, hours: 1, replicas: 1 });
      await history.note(namespace, noteOf("second", "2"));
      expect(await rowsOf(left)).toEqual({ events: 0, hours: 0, replicas: 0 });
      expect(await rowsOf()).toEqual({ events: 1, hours: 1, replicas: 1 });
      expect((await history.replicas(namespace)).replicas.map(({ id }) => id)).toEqual(["second"]);
      expect(await history.series(namespace, "openai", 24)).toHaveLength(1);
    },
  );

  test("take what twenty replicas tell of the same minute at once, in whatever order, and lose none", async () => {
    const keys = Array.from({ length: 40 }, (_, at) => `k${at}`);
    const told = Array.from({ length: 20 }, (_, at) => {
      const point = { ageMs: 0, calls: 4, failures: 2, rejected: 1 };
      const order = keys.map((__, nth) => keys[(nth * (at + 1) * 7) % 40] ?? "");
      const points = [...new Set([...order, ...keys])].map((key) => ({ key, ...point }));
      return historyOf(server.url).note(namespace, { ...noteOf(`r${at}`), points });
    });
    const ended = await Promise.allSettled(told);
    expect(ended.filter(({ status }) => status === "rejected")).toEqual([]);
    const history = historyOf();
    const sums = await Promise.all(keys.map((key) => history.series(namespace, key, 1)));
    expect(sums.map((points) => points.reduce((sum, { calls }) => sum + calls, 0))).toEqual(keys.map(() => 80));
    expect((await history.replicas(namespace)).replicas).toHaveLength(20);
  });

  test("tell what a clock that ran back has put into the future, and what came since after it", async () => {
    const history = historyOf();
    await history.note(namespace, { ...noteOf("first"), events: [{ id: "a", ageMs: -3_600_000, event: PROBE }] });
    for (let at = 0; at < 3; at++) await history.note(namespace, noteOf("first", `b${at}`));
    const { events } = await history.events(namespace, { withinMs: null, most: 2 });
    expect(events, "the newest are those that came last").toHaveLength(2);
    expect((await rowsOf())["events"]).toBe(4);
  });
});

describe.runIf(canRun)("No call fails or waits, circuits stay shared, and it is told", () => {
  test.each([
    [
      "lacks the right",
      "revoke all on recloser.history_events, recloser.history_replicas from app",
      /permission denied/,
    ],
    [
      "has a schema of before",
      "drop function recloser.note, recloser.story, recloser.series, recloser.replicas",
      /does not exist/,
    ],
    [
      "has a later history",
      "create or replace function recloser.check_history(wants integer) returns void language plpgsql immutable as $$ begin raise exception 'the history is of version 2' using errcode = 'RC001'; end $$",
      /version 2/,
    ],
  ])("when it %s", async (_what, begin, says) => {
    onTestFinished(() => migrated(server.url, { role: "app" }));
    await admin(begin);
    const { recloser, breaker, calls, storeEvents } = await replicaUnderLoad(direct(), namespace, 100);
    await until("shared", () => recloser.storeHealth().mode === "shared", 10_000);
    storeEvents.length = 0;
    await breaker.forceClosed({ by: "a test", reason: "something to tell" });
    const history = historyOf();
    await expect(history.replicas(namespace)).rejects.toThrow(says);
    await vi.waitFor(() => expect(warnings.join("\n")).toMatch(says), SOON);
    await breaker.clearOverride({ by: "a test" });
    expect(storeEvents).toEqual([]);
    const { calls: count, ends } = calls.look();
    expect(ends).toEqual({ ok: count });
    // Mended, what happened meanwhile is told.
    await migrated(server.url, { role: "app" });
    await vi.waitFor(async () => {
      const { events } = await history.events(namespace, { withinMs: null, most: 10 });
      expect(events.map(({ event }) => event.type === "override" && event.action)).toContain("force-closed");
    }, SOON);
  });

  test("when its tables are locked by somebody else, and others' records are asked for beside", async () => {
    const { recloser, breaker, calls, storeEvents } = await replicaUnderLoad(direct(), namespace, 100);
    await until("shared", () => recloser.storeHealth().mode === "shared", 10_000);
    storeEvents.length = 0;
    const locker = new Client({ connectionString: server.url });
    await locker.connect();
    onTestFinished(() => locker.end());
    await locker.query(
      "begin; lock table recloser.history_events, recloser.history_hours, recloser.history_replicas in access exclusive mode",
    );
    const store = postgresStore({ connectionString: direct() });
    onTestFinished(() => store.close());
    const beganMs = performance.now();
    const looks = Array.from({ length: 3 }, () => store.history.replicas(namespace));
    const looked = Promise.allSettled(looks).then(() => false);
    let answered = 0;
    while (await Promise.race([looked, store.ping(namespace)])) answered++;
    expect(answered, "what circuits ask is answered meanwhile").toBeGreaterThan(5);
    for (const look of looks) await expect(look).rejects.toThrow(/lock/);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    await breaker.forceClosed({ by: "a test", reason: "something to tell" });
    await breaker.clearOverride({ by: "a test" });
    expect(storeEvents).toEqual([]);
    await locker.query("rollback");
    await vi.waitFor(async () => {
      const { events } = await store.history.events(namespace, { withinMs: null, most: 10 });
      expect(events.map(({ event }) => event.type === "override" && event.action)).toContain("clear");
    }, SOON);
    const { calls: count, ends } = calls.look();
    expect(ends).toEqual({ ok: count });
    expect(recloser.breaker(KEY).state).toBe("closed");
  });
});

describe.runIf(canRun)("A schema that was made before there was a history", () => {
  test("shares circuits as it is, is brought up to date by a migration, and one that is newer is left alone", async () => {
    const schema = `h_${randomUUID().slice(0, 8)}`;
    await migrated(server.url, { schema });
    const version = async () =>
      (await admin(`select max(version)::int as v from "${schema}".history_installed`))[0]?.["v"];
    await admin(
      `drop table "${schema}".history_events, "${schema}".history_hours, "${schema}".history_replicas, "${schema}".history_installed; drop function "${schema}".note`,
    );
    const store = postgresStore({ connectionString: server.url, schema });
    onTestFinished(() => store.close());
    expect(await store.ping(namespace)).toBe(true);
    await expect(store.history.note(namespace, noteOf("first"))).rejects.toThrow("does not exist");
    await migrated(server.url, { schema, role: "app" });
    await store.history.note(namespace, noteOf("first"));
    const asApp = postgresStore({ connectionString: direct(), schema });
    onTestFinished(() => asApp.close());
    await asApp.history.note(namespace, noteOf("second"));
    expect((await asApp.history.replicas(namespace)).replicas.map(({ id }) => id).toSorted()).toEqual([
      "first",
      "second",
    ]);
    expect(await version()).toBe(1);
    await admin(`insert into "${schema}".history_installed (version) values (2)`);
    await expect(migrated(server.url, { schema })).rejects.toThrow(/the history in the schema .* is newer/);
    expect(await version()).toBe(2);
  });
});
