import { describe, expect, test } from "vitest";
import { migrationSql, postgresStore } from "./index.ts";
import { ownPool } from "./connection.ts";

const pool = { connect: () => Promise.reject(new Error("none")) };
const made = (options: unknown) => () => postgresStore(options as never);

describe("postgresStore", () => {
  test("takes a connection string or a pool, and connects to neither", () => {
    expect(postgresStore({ connectionString: "postgres://app@127.0.0.1:1/app" }).kind).toBe("postgres");
    expect(postgresStore({ pool, schema: "circuits" }).kind).toBe("postgres");
  });

  test.each([
    [{}, 'options: expected either connectionString or pool; received "none of them"'],
    [{ pool, connectionString: "postgres://h/db" }, 'received "both"'],
    [{ pool: {} }, 'pool: expected a pg.Pool; received "an object"'],
    [{ connectionString: "redis://u:hunter2@h" }, "connectionString: expected postgres://user@host:port/database"],
    [{ connectionString: 5 }, "connectionString: expected postgres://"],
    [{ pool, schema: "Bad-Name" }, "schema: expected a name"],
    [{ pool, schema: "pg_circuits" }, "schema: expected a name"],
    [{ pool, schema: 'x"; drop table y' }, "schema: expected a name"],
    [{ pool, shema: "x" }, "shema"],
    [null, "options"],
  ])("refuses %j, naming the field", (options, says) => {
    expect(made(options)).toThrow(says);
  });

  test("repeats no password", () => {
    expect(made({ connectionString: "postgre://u:hunter2@h/db" })).toThrow(/^(?!.*hunter2)/s);
    expect(made({ conectionString: "postgres://u:hunter2@h/db" })).toThrow(/^(?!.*hunter2)/s);
  });

  test("says which package is missing", () => {
    expect(() => ownPool("postgres://h/db", () => false)).toThrow(/npm install pg/);
  });
});

describe("migrationSql", () => {
  test("names its schema everywhere, and none else", () => {
    const sql = migrationSql({ schema: "circuits" });
    expect(sql).not.toContain("@schema@");
    expect(sql).not.toContain("@version@");
    expect(sql).toContain('create schema if not exists "circuits"');
    expect(sql).not.toMatch(/\brecloser"?\./);
  });

  test("grants a role, whatever it is called", () => {
    expect(migrationSql({ role: 'app "x"' })).toContain('grant usage on schema "recloser" to "app ""x""";');
    expect(migrationSql()).not.toContain("grant");
  });

  test.each([[{ schema: "1" }], [{ schema: 7 }], [{ role: "" }], [{ role: 1 }]])("refuses %j", (options) => {
    expect(() => migrationSql(options as never)).toThrow(/schema|role/);
  });
});
