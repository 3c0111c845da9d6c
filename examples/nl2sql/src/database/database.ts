/** What the agent asks of a database, and what it tells apart of what can go wrong there. */
import type { Dialect } from "../data/ddl.ts";
import type { Catalog } from "./catalog.ts";

export type Value = string | number | boolean | null;

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** There were more, or larger ones, than are given out. */
  readonly truncated: boolean;
}

export interface Limits {
  /** How long one statement may run. Default 5 000. */
  readonly statementMs: number;
  /** How many rows are given out. Default 200. */
  readonly rows: number;
  /** How many bytes these may have together, about. Default 1 000 000. */
  readonly bytes: number;
}

export const DEFAULT_LIMITS: Limits = { statementMs: 5_000, rows: 200, bytes: 1_000_000 };

/** A database that is only read. Its limits hold whatever the statement is, also one that no guard has seen. */
export interface Database {
  readonly dialect: Dialect;
  /** For people: which one it is. */
  readonly label: string;
  /** Tables, columns, comments and samples, as they are now. */
  catalog(): Promise<Catalog>;
  /** How many rows the planner expects to touch; null where the database has no such estimate. */
  plannedRows(sql: string): Promise<number | null>;
  /** @throws StatementError for the statement's own fault; anything else speaks of the database */
  run(sql: string, signal?: AbortSignal): Promise<Rows>;
  close(): Promise<void>;
}

export type StatementFault = "wrong" | "forbidden" | "too-long" | "too-large";

/** The statement's own fault, not the database's: it is wrong, may not be run, takes too long or gives too much. */
export class StatementError extends Error {
  override readonly name = "StatementError";
  readonly fault: StatementFault;

  constructor(fault: StatementFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}
