/** What is known of the database's tables: for the prompt, for the search, and for the guard. */
import { createHash } from "node:crypto";
import type { ColumnType } from "../data/schema.ts";

export interface CatalogColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly comment: string;
  /** How many different values it has, as far as is known; for the guard's estimate of a join. */
  readonly distinct: number;
  /** Some of its values, where there are few: what a question may name. */
  readonly samples: readonly string[];
  /** The table whose `id` it names, or null. */
  readonly references: string | null;
}

export interface CatalogTable {
  readonly name: string;
  readonly comment: string;
  readonly rows: number;
  readonly columns: readonly CatalogColumn[];
}

export interface Catalog {
  readonly tables: ReadonlyMap<string, CatalogTable>;
  /** Changes with any table, column or type; not with the rows. */
  readonly version: string;
}

// A column with more values than these has none that a question would name.
export const MOST_SAMPLES = 12;
// Rows are written by strangers: what is longer than a word or two is no value of a list, and may be an instruction to a model.
const LONGEST_SAMPLE = 24;

/** The samples of a text column; none where it holds more, or other things, than the values of a list. */
export function samplesOf(values: readonly string[]): readonly string[] {
  const isList = values.length <= MOST_SAMPLES && values.every((value) => value.length <= LONGEST_SAMPLE);
  return isList ? values : [];
}

export function catalogOf(tables: readonly CatalogTable[]): Catalog {
  const shape = tables.map(({ name, columns }) => [name, columns.map((column) => [column.name, column.type])]);
  return {
    tables: new Map(tables.map((table) => [table.name, table])),
    version: createHash("sha256").update(JSON.stringify(shape)).digest("hex").slice(0, 12),
  };
}
