/** Makes the schema in PostgreSQL by the library's own SQL, and says what it was and is. */
import type { Client } from "pg";
import { InvalidOptionError } from "recloser";
import { migrationSql } from "recloser/postgres";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import type { Shell } from "../shell.ts";
import { printable } from "../terminal/printable.ts";
import { UsageError } from "../usage-error.ts";
import { storeFailure } from "../verbs/source/failures.ts";
import { isPostgres, type StoreSettings, storeSettings } from "../verbs/source/options.ts";
import { passwordOf } from "../verbs/source/password.ts";
import type { MigrateGiven } from "./command.ts";

// Somebody may hold a lock for a while; to wait longer than that is to stop others who wait behind.
const LOCK_TIMEOUT_MS = 10_000;

export async function migrate(shell: Shell, given: MigrateGiven): Promise<void> {
  const schema = given.schema ?? "recloser";
  const sql = sqlOf(schema, given.role);
  if (given.print === true) return void shell.stdout.write(sql);
  const settings = storeSettings(shell, given);
  if (!isPostgres(settings.url.protocol))
    throw new UsageError("--store", "postgres://host:port/database: Redis needs no schema", settings.url.protocol);
  const where = `${settings.url.protocol}//${settings.url.host}${printable(settings.url.pathname)}`;
  try {
    const { before, after } = await withClient(settings, async (client) => {
      await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const found = await versionsOf(client, schema);
      await client.query(sql);
      return { before: found, after: await versionsOf(client, schema) };
    });
    const [circuits, history] = PARTS.map((part) => becameText(before[part], after[part]));
    shell.stdout.write(`${where}: schema ${schema}, version ${circuits}; history, version ${history}\n`);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "RC001")
      throw new CommandFailure(
        EXIT.failed,
        `${where}: ${printable((error as Error).message)}\nUse a newer version of @recloser/cli.`,
      );
    throw storeFailure(error, where);
  }
}

function sqlOf(schema: string, role: string | undefined): string {
  try {
    return migrationSql({ schema, role });
  } catch (error) {
    if (InvalidOptionError.is(error)) throw new UsageError(`--${error.option}`, error.expected, String(error.received));
    throw error;
  }
}

// Each has a version of its own: circuits are shared without a history.
const PARTS = ["installed", "history_installed"] as const;
type Versions = Readonly<Record<(typeof PARTS)[number], number | null>>;

function becameText(before: number | null, after: number | null): string {
  const was = before === null ? "made" : before === after ? "as it was" : `was version ${before}`;
  return `${after} (${was})`;
}

async function versionsOf(client: Client, schema: string): Promise<Versions> {
  return {
    installed: await versionOf(client, `"${schema}".installed`),
    history_installed: await versionOf(client, `"${schema}".history_installed`),
  };
}

async function versionOf(client: Client, table: string): Promise<number | null> {
  const { rows: tables } = await client.query<{ found: string | null }>("select to_regclass($1) as found", [table]);
  if (typeof tables[0]?.found !== "string") return null;
  const { rows } = await client.query<{ version: number | null }>(`select max(version) as version from ${table}`);
  return rows[0]?.version ?? null;
}

async function withClient<T>(settings: StoreSettings, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import("pg");
  const password = await passwordOf(settings);
  const url = new URL(settings.url);
  if (password !== null) url.password = encodeURIComponent(password);
  const client = new pg.Client({
    connectionString: url.href,
    connectionTimeoutMillis: settings.limitMs,
    query_timeout: LOCK_TIMEOUT_MS + settings.limitMs,
    application_name: "recloser migrate",
  });
  client.on("error", () => {}); // told by the question that it breaks
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
