/**
 * Between what a model has written and the database: one SELECT, made of what is allowed, over known tables, with a limit,
 * not too costly. What is run is written anew from the tree that was looked at, so that no comment, encoding or trick of
 * quoting can mean something else to the server than it did here.
 */
import { deparseSync } from "pgsql-deparser";
import type { Dialect } from "../data/ddl.ts";
import type { Catalog } from "../database/catalog.ts";
import { estimatedRows } from "./cost.ts";
import { limited } from "./limit.ts";
import { selectIn } from "./parse.ts";
import { GuardRefusal } from "./refusal.ts";
import { inSqlite } from "./sqlite-dialect.ts";
import { isSameTree } from "./tree.ts";
import { walked } from "./walk.ts";

export interface Guarded {
  /** To be run. */
  readonly sql: string;
  /** The same in PostgreSQL's words: for people, and to be kept. */
  readonly shown: string;
  readonly tables: readonly string[];
  /** About how many rows it would touch. */
  readonly estimatedRows: number;
}

export interface GuardLimits {
  /** How many rows are asked for. Default 200. */
  readonly rows: number;
  /** How many rows a statement may be estimated to touch. Default 5 000 000. */
  readonly touchedRows: number;
}

export const DEFAULT_GUARD_LIMITS: GuardLimits = { rows: 200, touchedRows: 5_000_000 };

/** `loadParser` first. @throws GuardRefusal */
export function guarded(
  sql: string,
  catalog: Catalog,
  dialect: Dialect,
  limits: GuardLimits = DEFAULT_GUARD_LIMITS,
): Guarded {
  const select = selectIn(sql);
  const tables = walked(select, catalog);
  const cost = estimatedRows(select, catalog);
  refuseCost(cost, limits);
  const bounded = limited(select, limits.rows);
  const shown = written(bounded);
  if (!isSameTree(selectIn(shown), bounded))
    throw new GuardRefusal("unreadable", "the statement cannot be written anew");
  return {
    sql: dialect === "sqlite" ? written(inSqlite(bounded, catalog)) : shown,
    shown,
    tables,
    estimatedRows: cost,
  };
}

/** Of the guard's own estimate, and of the planner's. @throws GuardRefusal */
export function refuseCost(rows: number, { touchedRows }: GuardLimits = DEFAULT_GUARD_LIMITS): void {
  if (rows > touchedRows)
    throw new GuardRefusal(
      "too-costly",
      `about ${Math.round(rows).toLocaleString("en")} rows would be touched; ${touchedRows.toLocaleString("en")} may be`,
    );
}

function written(select: object): string {
  return deparseSync({ SelectStmt: select }, { pretty: false });
}
