/** What only PostgreSQL can say of itself: what the role may. */
import type { Client } from "pg";
import { printable } from "../terminal/printable.ts";
import { failure, type Finding, well } from "./finding.ts";

const MAY = `select current_user as role, pg_is_in_recovery() as reads_only,
  has_schema_privilege(n.oid, 'usage') as uses,
  (select count(*)::int from pg_proc p where p.pronamespace = n.oid and not has_function_privilege(p.oid, 'execute')) as functions,
  (select count(*)::int from pg_class c where c.relnamespace = n.oid and c.relkind = 'r' and not (
    has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert') and
    has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')) and c.relname <> 'installed') as tables
  from pg_namespace n where n.nspname = $1`;

interface May {
  readonly role: string;
  readonly reads_only: boolean;
  readonly uses: boolean;
  /** How many may not be called, and not be read and written. */
  readonly functions: number;
  readonly tables: number;
}

export async function postgresChecks(client: Pick<Client, "query">, schema: string): Promise<Finding[]> {
  const { rows } = await client.query<May>(MAY, [schema]);
  const [may] = rows;
  if (may === undefined)
    return [
      failure(
        "rights",
        `there is no schema ${printable(schema)}`,
        "no replica can share anything",
        "recloser migrate -s postgres://admin@host/database --role app",
      ),
    ];
  const role = printable(may.role);
  if (may.reads_only)
    return [
      failure("rights", "the server is a standby, and only reads", "no replica can share anything", "name the primary"),
    ];
  const refused = [
    may.uses ? "" : `use schema ${printable(schema)}`,
    may.functions === 0 ? "" : `call ${may.functions} of its functions`,
    may.tables === 0 ? "" : `read and write ${may.tables} of its tables`,
  ].filter((text) => text !== "");
  if (refused.length === 0) return [well("rights", `role ${role} may read and write`)];
  return [
    failure(
      "rights",
      `role ${role} may not ${refused.join(", ")}`,
      "a replica as this role shares nothing, and goes on alone",
      `recloser migrate -s postgres://admin@host/database --role ${role}`,
    ),
  ];
}
