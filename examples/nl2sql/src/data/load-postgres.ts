/** Puts the shop into a PostgreSQL database, and makes the role that reads it. By whoever owns the database. */
import pg from "pg";
import { createStatements } from "./ddl.ts";
import type { Shop } from "./generate.ts";
import { SHOP } from "./schema.ts";

export interface Reader {
  readonly role: string;
  readonly password: string;
}

/** Tables of the shop that are there already are dropped. */
export async function loadPostgres(connectionString: string, shop: Shop, reader: Reader): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("begin");
    for (const { name } of SHOP.toReversed()) await client.query(`drop table if exists ${name}`);
    for (const statement of createStatements("postgres")) await client.query(statement);
    for (const { name, columns } of SHOP) {
      const list = columns.map((column) => column.name).join(", ");
      const rows = (shop[name] ?? []).map((row) =>
        Object.fromEntries(columns.map((column, at) => [column.name, row[at]])),
      );
      await client.query(
        `insert into ${name} (${list}) select ${list} from json_populate_recordset(null::${name}, $1::json)`,
        [JSON.stringify(rows)],
      );
    }
    for (const statement of readerStatements(client, reader)) await client.query(statement);
    await client.query("commit");
    await client.query("analyze");
  } finally {
    await client.end();
  }
}

// The last line of defence: what it says holds for any statement, whoever has let it through.
function readerStatements(client: pg.Client, { role, password }: Reader): string[] {
  const name = client.escapeIdentifier(role);
  const database = client.escapeIdentifier(client.database ?? "postgres");
  const setting = (text: string): string => `alter role ${name} set ${text}`;
  return [
    `do $$ begin
      if not exists (select from pg_roles where rolname = ${client.escapeLiteral(role)}) then create role ${name}; end if;
    end $$`,
    `alter role ${name} login nosuperuser nocreatedb nocreaterole noreplication connection limit 20 password ${client.escapeLiteral(password)}`,
    `revoke all on database ${database} from public`,
    `grant connect on database ${database} to ${name}`,
    "revoke create on schema public from public",
    `grant usage on schema public to ${name}`,
    `grant select on ${SHOP.map((table) => table.name).join(", ")} to ${name}`,
    setting("default_transaction_read_only = on"),
    setting("statement_timeout = '5s'"),
    setting("idle_in_transaction_session_timeout = '10s'"),
    setting("search_path = pg_catalog, public"),
    setting("work_mem = '16MB'"),
    setting("temp_file_limit = '64MB'"),
    // A role may end the statements of its own kind, and everybody may make large objects, if nothing is said.
    "revoke execute on function pg_terminate_backend(integer, bigint), pg_cancel_backend(integer) from public",
    "revoke execute on function lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lo_unlink(oid) from public",
  ];
}
