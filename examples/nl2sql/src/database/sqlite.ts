/** The database that needs no install: SQLite in memory (sql.js), in a thread that can be ended. */
import { Worker } from "node:worker_threads";
import initSqlJs from "sql.js";
import { createStatements } from "../data/ddl.ts";
import type { Shop } from "../data/generate.ts";
import { SHOP } from "../data/schema.ts";
import { type Catalog, catalogOf, type CatalogColumn, MOST_SAMPLES, samplesOf } from "./catalog.ts";
import {
  type Database,
  DEFAULT_LIMITS,
  type Limits,
  type Rows,
  StatementError,
  type StatementFault,
} from "./database.ts";

/** The shop as the bytes of a database file, from which each thread starts. @param migrations run at the end */
export async function sqliteSnapshot(shop: Shop, migrations: readonly string[] = []): Promise<Uint8Array> {
  const { Database: SqlJs } = await initSqlJs();
  const database = new SqlJs();
  try {
    for (const statement of createStatements("sqlite")) database.run(statement);
    for (const { name, columns } of SHOP) {
      // A statement for each table and not for each row: as fast as SQLite reads JSON.
      const cells = columns.map((_, index) => `value ->> ${index}`).join(", ");
      database.run(`insert into ${name} select ${cells} from json_each(?)`, [JSON.stringify(shop[name] ?? [])]);
    }
    for (const statement of migrations) database.run(statement);
    return database.export();
  } finally {
    database.close();
  }
}

export async function openSqlite(snapshot: Uint8Array, limits: Partial<Limits> = {}): Promise<Database> {
  const thread = new StatementThread(snapshot, { ...DEFAULT_LIMITS, ...limits });
  await thread.begin();
  return {
    dialect: "sqlite",
    label: "SQLite in memory (sql.js)",
    catalog: () => readCatalog((sql) => thread.run(sql)),
    plannedRows: () => Promise.resolve(null),
    run: (sql, signal) => thread.run(sql, signal),
    close: () => thread.close(),
  };
}

interface Reply {
  readonly id: number;
  readonly rows?: Rows;
  readonly fault?: StatementFault;
  readonly message?: string;
}

/** One statement after the other; the thread is ended with the statement that does not end. */
class StatementThread {
  readonly #snapshot: Uint8Array;
  readonly #limits: Limits;
  #worker: Promise<Worker> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #lastId = 0;
  #closed = false;

  constructor(snapshot: Uint8Array, limits: Limits) {
    this.#snapshot = snapshot;
    this.#limits = limits;
  }

  async begin(): Promise<void> {
    await this.#thread();
  }

  run(sql: string, signal?: AbortSignal): Promise<Rows> {
    const running = this.#turn.then(() => this.#runNow(sql, signal));
    this.#turn = running.catch(() => {});
    return running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#worker)?.terminate();
  }

  async #runNow(sql: string, signal?: AbortSignal): Promise<Rows> {
    signal?.throwIfAborted();
    const worker = await this.#thread();
    const { statementMs } = this.#limits;
    const id = ++this.#lastId;
    const over = new AbortController();
    try {
      return await new Promise<Rows>((resolve, reject) => {
        const give = (reason: unknown): void => {
          // The next thread starts while nobody waits for it.
          this.#worker = null;
          void worker.terminate().then(() => (this.#closed ? undefined : this.begin()));
          reject(reason);
        };
        worker.on("message", (reply: Reply) => {
          if (reply.id !== id) return;
          if (reply.rows !== undefined) resolve(reply.rows);
          else reject(new StatementError(reply.fault ?? "wrong", reply.message ?? ""));
        });
        worker.on("error", give);
        const late = new StatementError("too-long", `the statement was ended after ${statementMs} ms`);
        const timer = setTimeout(() => give(late), statementMs);
        const onAbort = (): void => give(signal?.reason);
        signal?.addEventListener("abort", onAbort, { once: true });
        over.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        });
        worker.postMessage({ id, sql }, []);
      });
    } finally {
      over.abort();
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
    }
  }

  #thread(): Promise<Worker> {
    if (this.#closed) throw new Error("the database is closed");
    this.#worker ??= startThread(this.#snapshot, this.#limits);
    return this.#worker;
  }
}

async function startThread(snapshot: Uint8Array, { rows, bytes }: Limits): Promise<Worker> {
  const worker = new Worker(new URL("./sqlite-worker.js", import.meta.url), {
    workerData: { snapshot, limits: { rows, bytes } },
    execArgv: [],
  });
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  worker.removeAllListeners("error");
  // It must not keep the process that uses it.
  worker.unref();
  return worker;
}

async function readCatalog(run: (sql: string) => Promise<Rows>): Promise<Catalog> {
  const { rows: found } = await run(
    "select m.name, p.name, lower(p.type) from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' order by m.rowid, p.cid",
  );
  const tables = new Map<string, string[]>();
  for (const [table, column] of found) {
    const columns = tables.get(String(table)) ?? [];
    tables.set(String(table), [...columns, String(column)]);
  }
  const described = [...tables].map(async ([name, columns]) => {
    const shipped = SHOP.find((table) => table.name === name);
    const counts = await run(
      `select count(*), ${columns.map((column) => `count(distinct "${column}")`).join(", ")} from "${name}"`,
    );
    const [rows = 0, ...distinct] = (counts.rows[0] ?? []).map(Number);
    const list = columns.map(async (column, index): Promise<CatalogColumn> => {
      const known = shipped?.columns.find((each) => each.name === column);
      const type = known?.type ?? "text";
      const isSampled = type === "text" && (distinct[index] ?? 0) <= MOST_SAMPLES;
      const samples = isSampled ? await run(`select distinct "${column}" from "${name}" order by 1`) : { rows: [] };
      return {
        name: column,
        type,
        comment: known?.comment ?? "",
        distinct: distinct[index] ?? 0,
        samples: samplesOf(samples.rows.map(([value]) => String(value))),
        references: known?.references ?? null,
      };
    });
    return { name, comment: shipped?.comment ?? "", rows, columns: await Promise.all(list) };
  });
  return catalogOf(await Promise.all(described));
}
