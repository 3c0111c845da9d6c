import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres } from "../../../tests/support/servers/postgres.ts";
import type { Catalog } from "../src/database/catalog.ts";
import type { Database, Value } from "../src/database/database.ts";
import { openPostgres } from "../src/database/postgres.ts";
import { openSqlite } from "../src/database/sqlite.ts";
import { GOLDEN } from "../src/golden/questions.ts";
import { resultHash } from "../src/golden/result-hash.ts";
import { guarded } from "../src/guard/guard.ts";
import { loadParser } from "../src/guard/parse.ts";
import { shopServer } from "./postgres.ts";
import { shopSnapshot } from "./simulated.ts";

const HASHES = JSON.parse(readFileSync(new URL("../src/golden/hashes.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;

const server = (await hasPostgres()) ? await shopServer() : null;
afterAll(() => server?.close());

const OPEN: Readonly<Record<string, () => Promise<Database>>> = {
  "sql.js": async () => openSqlite(await shopSnapshot()),
  ...(server !== null && { PostgreSQL: () => openPostgres({ connectionString: server.readerUrl }) }),
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
  afterAll(() => database.close());

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

describe.runIf(server !== null)("both databases give the same for", () => {
  let both: readonly Database[];

  beforeAll(async () => {
    await loadParser();
    both = await Promise.all(Object.values(OPEN).map((open) => open()));
  });
  afterAll(() => Promise.all(both.map((database) => database.close())));

  // Where SQLite has other words, or the same words for something else.
  test.each([
    "select count(*)::text, sum(price)::int, avg(price)::numeric(10, 1), round(2.5)::integer, cast(stock as float8) from products group by stock order by stock limit 5",
    "select 7 / 2, 7 / 2.0, 7 % 2, round(7 / 2.0), 1 / 3::numeric from suppliers where id = 1",
    "select price / 3, cost * 2, price - cost from products order by id limit 20",
    "select ordered_on + 1, ordered_on - 1, ordered_on + interval '1 month', ordered_on - interval '1 year 2 days' from orders where id < 50 order by id",
    "select date '2024-01-31' + interval '1 month', date '2024-02-29' - interval '1 year', '2025-03-01'::date - '2024-03-01'::date from suppliers where id = 1",
    "select max(ordered_on) - min(ordered_on) from orders",
    "select extract(year from joined_on), extract(month from joined_on), extract(quarter from joined_on), extract(dow from joined_on), extract(isodow from joined_on), extract(day from joined_on) from customers order by id limit 40",
    "select date_trunc('week', joined_on)::date, date_trunc('quarter', joined_on)::date, date_trunc('year', joined_on)::date, date_trunc('day', joined_on)::date from customers order by id limit 40",
    "select name like 'oak%', name like 'Oak%', name ilike 'oak%', name not ilike '%bowl', name like '%a_', name like '50\\%' from products order by id limit 30",
    "select manager_id from employees order by manager_id, id limit 3",
    "select manager_id from employees order by manager_id desc, id limit 3",
    "select greatest(stock, 100), least(price, cost), coalesce(null, stock), nullif(stock, 0) from products order by id limit 10",
    "select string_agg(name, ', ' order by name) from categories",
    "select upper(name), lower(name), length(name), substring(name from 2 for 3), substr(name, 2), trim('  x  '), replace(name, 'o', '0') from suppliers order by id",
    "select name || ' / ' || country from suppliers order by id",
    "select discontinued, count(*) from products group by discontinued order by discontinued",
    "select count(*) filter (where discontinued is true), sum(case when not discontinued then 1 else 0 end) from products",
    "select segment, rank() over (order by count(*) desc), sum(count(*)) over () from customers group by segment order by segment",
    "select status from orders where status is distinct from 'delivered' union select channel from orders order by 1",
    "select distinct country from customers except select country from suppliers order by 1",
    "select s.name, p.name from suppliers s left join products p on p.supplier_id = s.id and p.stock between 10 and 20 order by s.id, p.id",
    "select name from customers where city in ('Oslo', 'Lyon') and joined_on not between '2022-01-01' and '2023-12-31' order by id limit 10",
    "select avg(x.n) from (select count(*) as n from items group by order_id having count(*) > 1) x",
    "select id from orders where ordered_on >= date_trunc('month', date '2025-06-15') and ordered_on < '2025-06-03' order by id",
  ])("%s", async (sql) => {
    const [one, other] = await Promise.all(
      both.map(async (database) => {
        const { rows } = await database.run(guarded(sql, await database.catalog(), database.dialect).sql);
        return rows.map((row) => row.map(comparable));
      }),
    );
    expect(one).toEqual(other);
  });
});

// PostgreSQL makes an instant of a date plus an interval; truth is a number in SQLite.
function comparable(value: Value): Value {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return Number(value.toFixed(6));
  return typeof value === "string" ? value.replace(/ 00:00:00(?:\+00)?$/, "") : value;
}
