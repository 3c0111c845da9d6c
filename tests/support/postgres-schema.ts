/** A schema of the store on a test's server. */
import { Client } from "pg";
import { type MigrationOptions, migrationSql } from "recloser/postgres";

export async function migrated(url: string, options: MigrationOptions = {}): Promise<void> {
  await asked(url, migrationSql(options));
}

/** Runs some statements and gives the rows of the last. */
export async function asked(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const results = await client.query<Record<string, unknown>>(sql);
    const last = Array.isArray(results) ? (results as (typeof results)[]).at(-1) : results;
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
}
