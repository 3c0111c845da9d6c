/** The statements that create the shop, in each database's dialect. */
import { type ColumnDefinition, type ColumnType, SHOP, type TableDefinition } from "./schema.ts";

export type Dialect = "postgres" | "sqlite";

const TYPES: Readonly<Record<Dialect, Readonly<Record<ColumnType, string>>>> = {
  postgres: { integer: "integer", text: "text", money: "numeric(12,2)", date: "date", boolean: "boolean" },
  // REAL and not NUMERIC: that would store 12.00 as the integer 12, and 12 / 5 would be 2.
  sqlite: { integer: "integer", text: "text", money: "real", date: "date", boolean: "boolean" },
};

/** One statement each; with PostgreSQL also the comments. */
export function createStatements(dialect: Dialect): string[] {
  return SHOP.flatMap((table) => [
    `create table ${table.name} (${table.columns.map((column) => columnText(column, dialect)).join(", ")})`,
    ...foreignKeyIndexes(table),
    ...(dialect === "postgres" ? comments(table) : []),
  ]);
}

function columnText({ name, type, nullable, references }: ColumnDefinition, dialect: Dialect): string {
  const rest = name === "id" ? " primary key" : nullable === true ? "" : " not null";
  return `${name} ${TYPES[dialect][type]}${rest}${references === undefined ? "" : ` references ${references} (id)`}`;
}

function foreignKeyIndexes({ name, columns }: TableDefinition): string[] {
  return columns
    .filter(({ references }) => references !== undefined)
    .map((column) => `create index ${name}_${column.name} on ${name} (${column.name})`);
}

function comments({ name, comment, columns }: TableDefinition): string[] {
  return [
    `comment on table ${name} is ${quoted(comment)}`,
    ...columns.map((column) => `comment on column ${name}.${column.name} is ${quoted(column.comment)}`),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
