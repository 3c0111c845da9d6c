/** PostgreSQL, as a role that may only read. */
import pg from "pg";
import { type Database, DEFAULT_LIMITS, type Limits, type Rows, StatementError, type Value } from "./database.ts";
import { readPostgresCatalog } from "./postgres-catalog.ts";
import { statementFault } from "./postgres-faults.ts";

export interface PostgresOptions {
  /** Of the reading role: see `shopStatements` for what it may not do. */
  readonly connectionString: string;
  readonly limits?: Partial<Limits>;
  /** How many statements run at once. Default 10. */
  readonly connections?: number;
}

const { INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, BOOL } = pg.types.builtins;
const NUMBERS: ReadonlySet<number> = new Set([INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC]);
const TRUTH: number = BOOL;

/** Numbers as numbers, truth as truth, and all else, dates among them, as the text that the server gives. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type: number) => (text: string) =>
    NUMBERS.has(type) ? Number(text) : type === TRUTH ? text === "t" : text,
};

// What is begun again is asked for anew: nothing of a statement outlives its transaction, nor does a lock.
const OVER = "rollback; select pg_advisory_unlock_all()";

export async function openPostgres({
  connectionString,
  limits: given,
  connections = 10,
}: PostgresOptions): Promise<Database> {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    connectionTimeoutMillis: 2_000,
    types,
  });
  // A connection breaks beside its statements, too: whoever uses it learns of it there, and whoever asks next gets another.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const begin = `begin read only; set local timezone to 'UTC'; set local statement_timeout = ${limits.statementMs}`;

  async function within<T>(signal: AbortSignal | undefined, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const client = await pool.connect();
    let isHeld = true;
    const giveBack = (broken: boolean): void => {
      if (isHeld) client.release(broken);
      isHeld = false;
    };
    // `pg` takes no signal: the connection goes, and the server ends what nobody reads by its own limit.
    const onAbort = (): void => giveBack(true);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await client.query(begin);
      return await work(client);
    } catch (error) {
      signal?.throwIfAborted();
      const fault = statementFault(error);
      if (fault === null || fault.fault === "too-large") giveBack(true);
      throw fault ?? error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (isHeld)
        await client.query(OVER).then(
          () => giveBack(false),
          () => giveBack(true),
        );
    }
  }

  return {
    dialect: "postgres",
    label: `PostgreSQL at ${new URL(connectionString).host}`,
    catalog: () => within(undefined, readPostgresCatalog),
    plannedRows: (sql) =>
      within(undefined, async (client) => {
        const { rows } = await client.query({ ...one(`explain (format json) ${sql}`), rowMode: "array" });
        return mostRows(JSON.parse(String(rows[0]?.[0])));
      }),
    run: (sql, signal) => within(signal, (client) => read(client, sql, limits)),
    close: () => pool.end(),
  };
}

// By the extended protocol, in which a text is one statement.
function one(text: string): pg.QueryConfig {
  return { text, queryMode: "extended" } as pg.QueryConfig;
}

/** Through a cursor, which takes nothing but a query that does not write, and gives no more rows than are wanted. */
async function read(client: pg.PoolClient, sql: string, { rows: most, bytes }: Limits): Promise<Rows> {
  await client.query(one(`declare asked no scroll cursor for ${sql}`));
  const watch = watchBytes(client, bytes);
  try {
    const { fields, rows } = await client.query<Value[]>({
      ...one(`fetch forward ${most + 1} from asked`),
      rowMode: "array",
    } as pg.QueryArrayConfig);
    return { columns: fields.map(({ name }) => name), rows: rows.slice(0, most), truncated: rows.length > most };
  } catch (error) {
    throw watch.isOver ? new StatementError("too-large", `the rows have more than ${bytes} bytes`, error) : error;
  } finally {
    watch.end();
  }
}

interface Watch {
  readonly isOver: boolean;
  end(): void;
}

// Nothing else bounds what one value may hold; the driver keeps a row until it is whole.
function watchBytes(client: pg.PoolClient, most: number): Watch {
  const { stream } = (client as unknown as { connection: { stream: NodeJS.ReadableStream & { destroy(): void } } })
    .connection;
  let received = 0;
  let isOver = false;
  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= most || isOver) return;
    isOver = true;
    stream.destroy();
  };
  stream.on("data", onData);
  return {
    get isOver() {
      return isOver;
    },
    end: () => void stream.off("data", onData),
  };
}

interface Plan {
  readonly "Plan Rows"?: number;
  readonly Plans?: readonly Plan[];
}

/** The most rows that any step of a plan is expected to give. */
function mostRows([{ Plan: plan }]: readonly [{ readonly Plan: Plan }]): number {
  const of = (step: Plan): number => Math.max(step["Plan Rows"] ?? 0, ...(step.Plans ?? []).map(of));
  return of(plan);
}
