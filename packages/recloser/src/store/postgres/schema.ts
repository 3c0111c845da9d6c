/** Where the tables are, and how they come to be. Nothing is made while an application runs: that is an administrator's. */
import { InvalidOptionError } from "../../errors.ts";
import { HISTORY_VERSION, SQL, VERSION } from "./sql.generated.ts";

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** The schema's name as SQL, or an error. */
export function schemaNamed(schema: unknown, option = "schema"): string {
  if (typeof schema !== "string" || !NAME.test(schema) || schema.startsWith("pg_"))
    throw new InvalidOptionError(option, "a name of a-z, 0-9 and _ that does not begin with a digit or pg_", schema);
  return `"${schema}"`;
}

export interface MigrationOptions {
  /** Where the tables and functions are to be. Default `"recloser"`. */
  readonly schema?: string | undefined;
  /** A role that applications connect as: it is granted what a store needs, and no more. Default: none is. */
  readonly role?: string | undefined;
}

/**
 * The SQL that makes the schema, or brings it up to this version: one transaction, for one server at a time, and again
 * without harm. It refuses to touch a schema that is newer. For `psql`, or a migration tool; `recloser migrate` runs the same.
 *
 * @throws InvalidOptionError naming the field
 *
 * @example
 * await writeFile("recloser.sql", migrationSql({ role: "app" }));
 */
export function migrationSql({ schema = "recloser", role }: MigrationOptions = {}): string {
  const where = schemaNamed(schema);
  const make = SQL.replaceAll("@schema@", where)
    .replaceAll("@version@", String(VERSION))
    .replaceAll("@history@", String(HISTORY_VERSION));
  const grants = role === undefined ? "" : grantsTo(roleNamed(role), where);
  return `begin;
select pg_advisory_xact_lock(hashtextextended('recloser ${schema}', 0));
create schema if not exists ${where};
create table if not exists ${where}.installed (version integer primary key, at timestamptz not null default now());
create table if not exists ${where}.history_installed (version integer primary key, at timestamptz not null default now());
do $$
begin
  if exists (select from ${where}.installed where version > ${VERSION}) then
    raise exception 'the schema ${schema} is newer than this version of recloser, which makes version ${VERSION}: nothing was changed'
      using errcode = 'RC001';
  end if;
  if exists (select from ${where}.history_installed where version > ${HISTORY_VERSION}) then
    raise exception 'the history in the schema ${schema} is newer than this version of recloser, which makes version ${HISTORY_VERSION}: nothing was changed'
      using errcode = 'RC001';
  end if;
end
$$;
${make}
insert into ${where}.installed (version) values (${VERSION}) on conflict do nothing;
insert into ${where}.history_installed (version) values (${HISTORY_VERSION}) on conflict do nothing;
${grants}commit;
`;
}

function grantsTo(role: string, schema: string): string {
  return `grant usage on schema ${schema} to ${role};
grant select, insert, update, delete on all tables in schema ${schema} to ${role};
grant execute on all functions in schema ${schema} to ${role};
`;
}

function roleNamed(role: unknown): string {
  if (typeof role !== "string" || role === "" || role.length > 63 || role.includes("\0"))
    throw new InvalidOptionError("role", "the name of a role", role);
  return `"${role.replaceAll('"', '""')}"`;
}
