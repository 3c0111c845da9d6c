/**
 * `recloser/postgres`: circuits shared by all replicas through PostgreSQL (13 or later), for teams that have it and no Redis.
 *
 * @example
 * import { createRecloser } from "recloser";
 * import { postgresStore } from "recloser/postgres";
 *
 * const recloser = createRecloser({ store: postgresStore({ connectionString: "postgres://app@localhost/app" }) });
 */
import { InvalidOptionError } from "../../errors.ts";
import { unsaid } from "../../unsaid.ts";
import { fields } from "../../validate.ts";
import { broughtPool, ownPool } from "./connection.ts";
import type { PoolLike } from "./port.ts";
import { schemaNamed } from "./schema.ts";
import { PostgresStore } from "./store.ts";

export { migrationSql } from "./schema.ts";
export type { MigrationOptions } from "./schema.ts";
export type { PoolClientLike, PoolLike } from "./port.ts";
export type { PostgresStore } from "./store.ts";

export type PostgresStoreOptions = {
  /** The schema with the tables, made by `recloser migrate`. Default `"recloser"`. */
  readonly schema?: string | undefined;
} & (
  | {
      /** `postgres://user:password@host:5432/database`. Needs pg beside recloser; up to three connections of its own. */
      readonly connectionString: string;
      readonly pool?: undefined;
    }
  | {
      /**
       * A `pg.Pool` of yours. One of its connections listens and is not given back; if all are in use for long, the circuits
       * are not shared for as long: a pool for the store alone, or a connection string, is better.
       */
      readonly pool: PoolLike;
      readonly connectionString?: undefined;
    }
);

/**
 * A store for `createRecloser({ store })`. A call never waits for it: what it decides by is in the process, and with
 * PostgreSQL down, hung or slow each process goes on by itself and comes back by itself. Constructing it neither connects nor
 * fails for want of a server. It is closed with the last recloser that uses it; a pool that was brought stays open.
 *
 * The tables and functions are made once, by `recloser migrate` or with {@link migrationSql}, never by an application.
 *
 * @throws InvalidOptionError naming the field
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  checkNames(options);
  const { connectionString, pool, schema = "recloser" } = options;
  const where = schemaNamed(schema);
  if ((connectionString === undefined) === (pool === undefined)) {
    const which = pool === undefined ? "none of them" : "both";
    throw new InvalidOptionError("options", "either connectionString or pool", which);
  }
  if (pool !== undefined) {
    if (typeof (pool as Partial<PoolLike> | null)?.connect !== "function")
      throw new InvalidOptionError("pool", "a pg.Pool", unsaid(pool));
    return new PostgresStore(broughtPool(pool), where);
  }
  if (
    typeof connectionString !== "string" ||
    !/^postgres(ql)?:\/\//i.test(connectionString) ||
    !URL.canParse(connectionString)
  )
    throw new InvalidOptionError("connectionString", "postgres://user@host:port/database", unsaid(connectionString));
  return new PostgresStore(ownPool(connectionString), where);
}

// What is given here may hold a password, at its right place or at a wrong one: no error repeats it.
function checkNames(options: unknown): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const named = isObject ? Object.entries(options).map(([name, value]) => [name, unsaid(value)]) : null;
  fields("options", named === null ? unsaid(options) : Object.fromEntries(named), [
    "connectionString",
    "pool",
    "schema",
  ]);
}
