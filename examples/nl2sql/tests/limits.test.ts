/** What holds with the guard switched off: each statement goes to the database as it is. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres } from "../../../tests/support/servers/postgres.ts";
import type { Database } from "../src/database/database.ts";
import { openPostgres } from "../src/database/postgres.ts";
import { openSqlite } from "../src/database/sqlite.ts";
import { HOSTILE } from "./hostile.ts";
import { shopServer } from "./postgres.ts";
import { shopSnapshot } from "./simulated.ts";

const LIMITS = { statementMs: 300, rows: 50, bytes: 100_000 };
// With tables, rows and a sum over each: a change of any would show.
const STATE =
  "select (select count(*) from orders) + (select sum(id) from categories) + (select sum(price) from products) + (select count(*) from customers) as state";

const server = (await hasPostgres()) ? await shopServer() : null;
afterAll(() => server?.close());

const OPEN: Readonly<Record<string, () => Promise<Database>>> = {
  "sql.js": async () => openSqlite(await shopSnapshot(), LIMITS),
  ...(server !== null && {
    PostgreSQL: () => openPostgres({ connectionString: server.readerUrl, limits: LIMITS, connections: 2 }),
  }),
};

describe.each(Object.entries(OPEN))("%s, without a guard,", (name, open) => {
  let database: Database;
  let before: unknown;

  beforeAll(async () => {
    database = await open();
    before = (await database.run(STATE)).rows;
  });
  afterAll(() => database.close());

  test("is after every hostile statement what it was, and answers", async () => {
    for (const [hostile, sql] of HOSTILE) {
      const end = await database.run(sql).then(
        ({ rows }) => rows.length,
        (error: unknown) => (error as Error).name,
      );
      // Of a statement that ran, only rows came back; one that did not is the statement's fault, not the database's.
      expect(typeof end === "number" ? end <= LIMITS.rows : end, hostile).toBe(
        typeof end === "number" ? true : "StatementError",
      );
    }
    expect((await database.run(STATE)).rows).toEqual(before);
  });

  test.each([
    ["a write", "with gone as (delete from orders returning id) select count(*) from gone"],
    ["a second statement", "select 1; delete from orders"],
    [
      "a change of its own settings",
      name === "sql.js" ? "pragma query_only = 0" : "set session authorization postgres",
    ],
  ])("refuses %s", async (_what, sql) => {
    await expect(database.run(sql)).rejects.toMatchObject({ name: "StatementError" });
    expect((await database.run(STATE)).rows).toEqual(before);
  });

  test("ends a statement that takes too long, and answers the next one", async () => {
    const beganMs = performance.now();
    await expect(database.run("select count(*) from items a, items b, items c")).rejects.toMatchObject({
      fault: "too-long",
    });
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    expect((await database.run("select count(*) from suppliers")).rows).toEqual([[40]]);
  });

  test("gives no more rows than its limit, and says so", async () => {
    const { rows, truncated } = await database.run("select id from items");
    expect([rows.length, truncated]).toEqual([LIMITS.rows, true]);
    expect((await database.run("select id from suppliers")).truncated).toBe(false);
  });

  test("gives no more bytes than its limit", async () => {
    const large =
      "select replace(replace(replace(string_agg(name, ''), 'a', email_like), 'e', email_like), 'o', email_like) as text from (select name, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as email_like from customers) x group by email_like";
    const asked = database.run(name === "sql.js" ? large.replace("string_agg(name, '')", "group_concat(name)") : large);
    const given = await asked.then(
      ({ rows }) => JSON.stringify(rows).length,
      (error: unknown) => (error as { fault?: string }).fault,
    );
    expect(given === "too-large" || Number(given) <= LIMITS.bytes, String(given)).toBe(true);
    expect((await database.run("select count(*) from suppliers")).rows).toEqual([[40]]);
  });

  test("ends a statement whose caller has left", async () => {
    const caller = new AbortController();
    const running = database.run("select count(*) from items a, items b, items c", caller.signal);
    const left = new Error("left");
    setTimeout(() => caller.abort(left), 20);
    await expect(running).rejects.toBe(left);
    expect((await database.run("select count(*) from suppliers")).rows).toEqual([[40]]);
  });

  test("answers many at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => (await database.run(`select ${at} as n`)).rows),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, at) => [[at]]));
  });
});

describe.runIf(server !== null)("the role that reads PostgreSQL", () => {
  let reader: pg.Client;

  beforeAll(async () => {
    reader = new pg.Client({ connectionString: server?.readerUrl });
    await reader.connect();
    // As if somebody had got hold of the connection itself, and undone what can be undone.
    await reader.query("set default_transaction_read_only = off");
  });
  afterAll(() => reader.end());

  test.each([
    "delete from orders",
    "insert into categories values (99, 'x')",
    "create table mine (a int)",
    "create temp table mine (a int)",
    "drop table orders",
    "copy customers to '/tmp/x'",
    "copy customers to program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select lo_from_bytea(0, 'x')",
    "select pg_terminate_backend(1)",
    "select * from pg_authid",
    "set role postgres",
    "set session authorization postgres",
    "alter role asker superuser",
    "create extension dblink",
    "do $$ begin lock table orders in access exclusive mode; end $$",
    "select id from orders for update",
  ])("may not: %s", async (sql) => {
    await expect(reader.query(sql)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:42501|25006|0A000|58P01|42704)$/),
    });
  });

  test("may read the shop", async () => {
    expect((await reader.query("select count(*)::int as n from orders")).rows).toEqual([{ n: 8_000 }]);
  });
});
