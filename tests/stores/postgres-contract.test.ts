/** The store contract on a real PostgreSQL; and its functions against the rules, on a clock that is set. */
import { Pool } from "pg";
import { postgresStore } from "recloser/postgres";
import { storeContract } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asked, migrated } from "../support/postgres-schema.ts";
import { type PostgresServer, startPostgres } from "../support/servers/postgres.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await startPostgres();
  await migrated(server.url);
  pool = new Pool({ connectionString: server.url });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await server.close();
});

describe.each([
  ["a connection string", () => postgresStore({ connectionString: server.url })],
  ["a pool", () => postgresStore({ pool })],
])("By %s, PostgreSQL", (_name, store) => {
  test.each(storeContract({ store }))(
    "$name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    30_000,
  );
});

describe("On a clock that jumps, to deadlines and back, PostgreSQL", () => {
  const schema = "on_a_set_clock";
  beforeAll(async () => {
    await migrated(server.url, { schema });
    const clock = `${schema}.clock_ms() returns double precision language sql volatile as`;
    await asked(
      server.url,
      `create table ${schema}.clock (ms double precision); insert into ${schema}.clock values (0);
       create or replace function ${clock} $$ select ms from ${schema}.clock $$`,
    );
  });
  const clock = {
    set: async (nowMs: number) => void (await pool.query(`update ${schema}.clock set ms = $1`, [nowMs])),
  };
  const store = () => postgresStore({ pool, schema });
  test.each(
    [1, 2, 3, 4, 5].flatMap((seed) => storeContract({ store, clock, seed }).map((check) => ({ ...check, seed }))),
  )(
    "from seed $seed $name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    120_000,
  );
});
