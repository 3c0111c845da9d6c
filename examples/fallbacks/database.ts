/** A database: a breaker of its own, which knows a server that is down from a row that is there twice. */
import { type Breaker, createBreaker } from "recloser";
import { postgresClassifier } from "recloser/classify";
import { executeWhenClosed } from "recloser/fallback";

/** What is used of `pg`'s pool. */
export interface Pool {
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface Product {
  readonly id: number;
  readonly name: string;
}

export function databaseBreaker(): Breaker {
  return createBreaker({
    name: "products-db",
    classify: postgresClassifier,
    failureThreshold: 5,
    timeouts: { total: "2s" },
    cooldown: { initial: "1s" }, // a database that restarts is back soon
  });
}

/** For a page that somebody looks at: without its extra rows rather than not at all. */
export async function related(breaker: Breaker, pool: Pool, id: number): Promise<readonly Product[]> {
  const text = "select id, name from products where related_to = $1";
  const { rows } = await breaker.execute(() => pool.query(text, [id]), { fallback: () => ({ rows: [] }) });
  return rows as readonly Product[];
}

/** For an import at night, which has the time: waits while the database restarts, and goes on in step with others. */
export async function save(breaker: Breaker, pool: Pool, product: Product): Promise<void> {
  const text = "insert into products (id, name) values ($1, $2) on conflict (id) do update set name = $2";
  const insert = () => pool.query(text, [product.id, product.name]);
  // An upsert may be made twice, so one that fails as the probe waits on, like those behind it.
  await executeWhenClosed(breaker, insert, { maxWait: "10m", maxWaiting: 100, idempotent: true });
}
