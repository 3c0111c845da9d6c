/** What PostgreSQL knows of the tables that the role may read. */
import type { PoolClient } from "pg";
import type { ColumnType } from "../data/schema.ts";
import { type Catalog, catalogOf, type CatalogColumn, MOST_SAMPLES, samplesOf } from "./catalog.ts";

// From what ANALYZE has found, so that it costs nothing on large tables.
const COLUMNS = `
select c.relname as "table", obj_description(c.oid) as "tableComment", greatest(c.reltuples, 0)::float8 as "rows",
  a.attname as "column", format_type(a.atttypid, null) as "type", col_description(c.oid, a.attnum) as "comment",
  coalesce(case when s.n_distinct < 0 then -s.n_distinct * c.reltuples else s.n_distinct end, 0)::float8 as "distinct",
  to_json(s.most_common_vals::text::text[]) as "samples",
  (select f.relname from pg_constraint k join pg_class f on f.oid = k.confrelid
    where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] limit 1) as "references"
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = a.attname
where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm') and has_table_privilege(c.oid, 'select')
order by c.oid, a.attnum`;

interface Row {
  readonly table: string;
  readonly tableComment: string | null;
  readonly rows: number;
  readonly column: string;
  readonly type: string;
  readonly comment: string | null;
  readonly distinct: number;
  /** JSON. */
  readonly samples: string | null;
  readonly references: string | null;
}

export async function readPostgresCatalog(client: PoolClient): Promise<Catalog> {
  const { rows } = await client.query<Row>(COLUMNS);
  const tables = byTable(rows);
  return catalogOf(
    [...tables].map(([name, columns]) => ({
      name,
      comment: columns[0]?.tableComment ?? "",
      rows: columns[0]?.rows ?? 0,
      columns: columns.map(columnOf),
    })),
  );
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.table, [...(groups.get(row.table) ?? []), row]);
  return groups;
}

function columnOf({ column, type, comment, distinct, samples, references }: Row): CatalogColumn {
  const values = samples === null || type !== "text" ? [] : (JSON.parse(samples) as string[]).toSorted();
  return {
    name: column,
    type: typeOf(type),
    comment: comment ?? "",
    distinct: Math.round(distinct),
    samples: distinct <= MOST_SAMPLES ? samplesOf(values) : [],
    references,
  };
}

function typeOf(type: string): ColumnType {
  if (/^(?:small|big)?int/.test(type)) return "integer";
  if (/^(?:numeric|real|double|money)/.test(type)) return "money";
  if (/^(?:date|timestamp)/.test(type)) return "date";
  return type === "boolean" ? "boolean" : "text";
}
