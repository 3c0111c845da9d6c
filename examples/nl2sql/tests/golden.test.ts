import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres } from "../../../tests/support/servers/postgres.ts";
import type { Catalog } from "../src/database/catalog.ts";
import type { Database } from "../src/database/database.ts";
import { openPostgres } from "../src/database/postgres.ts";
import { openSqlite } from "../src/database/sqlite.ts";
import { GOLDEN } from "../src/golden/questions.ts";
import { resultHash } from "../src/golden/result-hash.ts";
import { guarded } from "../src/guard/guard.ts";
import { loadParser } from "../src/guard/parse.ts";
import { type ShopServer, shopServer } from "./postgres.ts";
import { shopSnapshot } from "./simulated.ts";

const HASHES = JSON.parse(readFileSync(new URL("../src/golden/hashes.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;

let server: ShopServer | null = null;
const withPostgres = await hasPostgres();

const OPEN: Readonly<Record<string, () => Promise<Database>>> = {
  "sql.js": async () => openSqlite(await shopSnapshot()),
  ...(withPostgres && {
    PostgreSQL: async () => {
      server = await shopServer();
      return openPostgres({ connectionString: server.readerUrl });
    },
  }),
};

test("there are forty golden questions, each with the hash of its result", () => {
  expect(GOLDEN).toHaveLength(40);
  expect(Object.keys(HASHES)).toEqual(GOLDEN.map(({ question }) => question));
});

describe.each(Object.entries(OPEN))("on %s", (_name, open) => {
  let database: Database;
  let catalog: Catalog;

  beforeAll(async () => {
    await loadParser();
    database = await open();
    catalog = await database.catalog();
  });
  afterAll(async () => {
    await database.close();
    await server?.close();
  });

  test.each(GOLDEN.map(({ question, sql }) => [question, sql] as const))("%s", async (question, sql) => {
    const statement = guarded(sql, catalog, database.dialect);
    expect(resultHash(await database.run(statement.sql))).toBe(HASHES[question]);
  });

  test("the shop is known by its tables, comments, values and ties", () => {
    expect([...catalog.tables.keys()].toSorted()).toEqual(
      "categories customers employees items orders payments products returns suppliers".split(" "),
    );
    const orders = catalog.tables.get("orders");
    expect(orders).toMatchObject({ comment: "one purchase of a customer", rows: 8_000 });
    expect(orders?.columns.find(({ name }) => name === "status")).toMatchObject({
      type: "text",
      samples: ["cancelled", "delivered", "open", "shipped"],
    });
    expect(orders?.columns.find(({ name }) => name === "customer_id")).toMatchObject({ references: "customers" });
  });
});
