/** A statement from its text to its rows: guarded, weighed by the planner, run through the database's own breaker. */
import type { Breaker, Classifier, Recloser } from "recloser";
import { postgresClassifier } from "recloser/classify";
import type { Catalog } from "../database/catalog.ts";
import { type Database, type Rows, StatementError } from "../database/database.ts";
import { type Guarded, guarded, refuseCost } from "../guard/guard.ts";
import { loadParser } from "../guard/parse.ts";
import { GuardRefusal } from "../guard/refusal.ts";

export interface Ran {
  readonly guarded: Guarded;
  readonly rows: Rows;
  readonly schemaVersion: string;
}

/** The database could not be asked: it is away, or its circuit is open. */
export class DatabaseAwayError extends Error {
  override readonly name = "DatabaseAwayError";

  constructor(cause: unknown) {
    super("the database does not answer", { cause });
  }
}

// What a model writes wrong says nothing of the database.
const classify: Classifier = (input) =>
  input.error instanceof StatementError ? "caller-error" : postgresClassifier(input);

// Above the statement's own limit, with room for the connection and the planner. A thread of this process needs none.
const POSTGRES_DEADLINE = "8s";
// Many statements may fail at once over one changed table.
const CATALOG_AGE_MS = 2_000;

export class Statements {
  readonly #database: Database;
  readonly #breaker: Breaker;
  #catalog: Promise<Catalog>;
  #readAtMs: number;

  /** `loadParser` first. */
  private constructor(database: Database, breaker: Breaker, catalog: Catalog) {
    this.#database = database;
    this.#breaker = breaker;
    this.#catalog = Promise.resolve(catalog);
    this.#readAtMs = Date.now();
  }

  static async over(database: Database, recloser: Recloser): Promise<Statements> {
    const [catalog] = await Promise.all([database.catalog(), loadParser()]);
    const timeouts = database.dialect === "postgres" ? { timeouts: { total: POSTGRES_DEADLINE } as const } : {};
    const breaker = recloser.breaker("database", { classify, ...timeouts });
    return new Statements(database, breaker, catalog);
  }

  catalog(): Promise<Catalog> {
    return this.#catalog;
  }

  /**
   * @throws GuardRefusal, StatementError for a statement that cannot be run; DatabaseAwayError for a database that cannot; the
   * signal's reason
   */
  async run(sql: string, signal?: AbortSignal): Promise<Ran> {
    try {
      return await this.#run(sql, signal);
    } catch (error) {
      const mayBeChanged =
        (error instanceof StatementError && error.fault === "wrong") ||
        (error instanceof GuardRefusal && error.reason.startsWith("unknown-"));
      // Perhaps it fits the tables as they are now.
      if (!mayBeChanged || !(await this.#readAgain())) throw error;
      return await this.#run(sql, signal);
    }
  }

  async #run(sql: string, signal: AbortSignal | undefined): Promise<Ran> {
    const catalog = await this.#catalog;
    const statement = guarded(sql, catalog, this.#database.dialect);
    const planned = await this.#ask(() => this.#database.plannedRows(statement.sql), signal);
    if (planned !== null) refuseCost(planned);
    const rows = await this.#ask((running) => this.#database.run(statement.sql, running), signal);
    return { guarded: statement, rows, schemaVersion: catalog.version };
  }

  async #ask<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await this.#breaker.execute((context) => call(context.signal), { signal });
    } catch (error) {
      if (error instanceof StatementError || (signal?.aborted === true && error === signal.reason)) throw error;
      throw new DatabaseAwayError(error);
    }
  }

  /** @returns whether the tables have changed */
  async #readAgain(): Promise<boolean> {
    if (Date.now() - this.#readAtMs < CATALOG_AGE_MS) return false;
    this.#readAtMs = Date.now();
    const before = await this.#catalog;
    try {
      const now = await this.#ask(() => this.#database.catalog(), undefined);
      this.#catalog = Promise.resolve(now);
      return now.version !== before.version;
    } catch {
      return false; // the statement's own error says enough
    }
  }
}
