import { beforeAll, describe, expect, test } from "vitest";
import type { Catalog } from "../src/database/catalog.ts";
import { openSqlite } from "../src/database/sqlite.ts";
import { GOLDEN } from "../src/golden/questions.ts";
import { guarded } from "../src/guard/guard.ts";
import { loadParser } from "../src/guard/parse.ts";
import { GuardRefusal } from "../src/guard/refusal.ts";
import { HOSTILE } from "./hostile.ts";
import { shopSnapshot } from "./simulated.ts";

let catalog: Catalog;

beforeAll(async () => {
  await loadParser();
  const database = await openSqlite(await shopSnapshot());
  catalog = await database.catalog();
  await database.close();
});

function refusal(sql: string): string {
  try {
    return `let through as ${guarded(sql, catalog, "postgres").shown}`;
  } catch (error) {
    if (error instanceof GuardRefusal) return error.reason;
    throw error;
  }
}

describe("the guard refuses", () => {
  test.each(HOSTILE)("%s", (_name, sql, reason) => {
    expect(refusal(sql)).toBe(reason);
  });

  test("the same in capital letters, with comments for spaces and in a subquery", () => {
    const select = HOSTILE.filter(([, sql]) => /^(?:select|with) (?!recursive)/.test(sql) && !sql.includes("'"));
    expect(select.length).toBeGreaterThan(30);
    for (const [name, sql] of select) {
      const disguised = sql.replaceAll(/ (?=(?:[^"]*"[^"]*")*[^"]*$)/g, "/**/ \n").replace(/^select/, "SeLeCt");
      expect(refusal(disguised), name).not.toContain("let through");
    }
  });
});

describe("the guard lets through", () => {
  test.each(GOLDEN.map(({ question, sql }) => [question, sql] as const))("the SQL of: %s", (_question, sql) => {
    const statement = guarded(sql, catalog, "postgres");
    expect(statement.shown).toMatch(/^(?:SELECT|WITH) [^]* LIMIT \d+$/);
    // What it has written is let through again, unchanged.
    expect(guarded(statement.shown, catalog, "postgres").shown).toBe(statement.shown);
  });

  test("one statement with its semicolon", () => {
    expect(guarded("select name from customers;", catalog, "postgres").shown).toBe(
      "SELECT name FROM customers LIMIT 200",
    );
  });

  test("no comment, and no way of quoting but one", () => {
    const { shown } = guarded(
      `select /* ' */ "name" -- ; drop table orders\n from public.customers where city = E'\\'; drop table orders; --'`,
      catalog,
      "postgres",
    );
    expect(shown).toBe("SELECT name FROM public.customers WHERE city = '''; drop table orders; --' LIMIT 200");
  });
});

describe("the limit", () => {
  const limitOf = (sql: string): string | undefined =>
    /LIMIT (\d+)/.exec(guarded(sql, catalog, "postgres", { rows: 100, touchedRows: 1e6 }).shown)?.[1];

  test("is put where there is none, and cut where it is larger", () => {
    expect(limitOf("select name from customers")).toBe("100");
    expect(limitOf("select name from customers limit all")).toBe("100");
    expect(limitOf("select name from customers limit null")).toBe("100");
    expect(limitOf("select name from customers limit 5000")).toBe("100");
    expect(limitOf("select name from customers limit 7")).toBe("7");
    expect(limitOf("select name from customers limit 0")).toBe("0");
    expect(limitOf("select name from customers union select name from employees limit 300")).toBe("100");
  });
});

describe("the estimate", () => {
  const rowsOf = (sql: string): number =>
    guarded(sql, catalog, "postgres", { rows: 1, touchedRows: Infinity }).estimatedRows;

  test("of a join by keys is about the larger table", () => {
    const joined = rowsOf(
      "select 1 from items i join orders o on o.id = i.order_id join customers c on c.id = o.customer_id",
    );
    expect(joined).toBeGreaterThan(20_000);
    expect(joined).toBeLessThan(100_000);
  });

  test("does not depend on the order in which tables are named", () => {
    const forms = [
      "select 1 from customers c, items i, orders o where o.id = i.order_id and c.id = o.customer_id",
      "select 1 from items i, customers c, orders o where c.id = o.customer_id and i.order_id = o.id",
      "select 1 from orders o join items i on i.order_id = o.id, customers c where c.id = o.customer_id",
    ];
    const [first = 0] = forms.map(rowsOf);
    for (const form of forms) expect(rowsOf(form)).toBeCloseTo(first, 0);
  });

  test("of a join without a condition is the product", () => {
    expect(rowsOf("select 1 from customers, suppliers")).toBeGreaterThan(2_000 * 40);
  });
});
