/** Behind a pooler that lends a connection for one transaction: the whole contract but for pushes, and it is said. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRecloser } from "recloser";
import { postgresStore } from "recloser/postgres";
import { storeContract } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { asked, migrated } from "../support/postgres-schema.ts";
import { type Pooler, startPgbouncer } from "../support/servers/pgbouncer.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";
import { failOnce, KEY, POLICY, until } from "../support/store-faults.ts";
import { warningsHeard } from "../support/warnings.ts";

const PUSHED = "a change is pushed to whoever listens, until they end it";

describe.runIf(await hasPostgres())("Behind PgBouncer in transaction mode, PostgreSQL", () => {
  let server: PostgresServer;
  let pooler: Pooler;
  beforeAll(async () => {
    server = await startPostgres();
    await migrated(server.url);
    pooler = await startPgbouncer(server);
  }, 60_000);
  afterAll(async () => {
    await pooler[Symbol.asyncDispose]();
    await server.close();
  });

  const checks = storeContract({ store: () => postgresStore({ connectionString: pooler.url }), operations: 300 });
  test.each(checks.filter(({ name }) => name !== PUSHED))(
    "$name",
    async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    },
    30_000,
  );

  test("shares by the poll, says that nothing is heard, and keeps no connection for it", async () => {
    const warnings = warningsHeard();
    let said: readonly string[] = [];
    const [one, other] = [pooler.url, server.url].map((connectionString) => {
      const store = postgresStore({ connectionString });
      const recloser = createRecloser({ store, namespace: "pooled", defaults: POLICY });
      onTestFinished(() => recloser.close());
      return recloser;
    }) as [ReturnType<typeof createRecloser>, ReturnType<typeof createRecloser>];
    await until("both share", () => [one, other].every((each) => each.storeHealth().mode === "shared"), 5_000);
    await failOnce(one.breaker(KEY));
    const look = async () => void (said = await warnings("RECLOSER_STORE_PUSH_REFUSED"));
    await until("it is said", () => said.length > 0, 5_000, look);
    expect(said[0]).toContain("behind a pooler");
    await other.breaker(KEY).forceOpen({ by: "a test", reason: "to be found by the poll" });
    await until("the poll has found it", () => one.breaker(KEY).snapshot().override !== null, 3_000);
    await sleep(200);
    const listening = "select count(*)::int as n from pg_stat_activity where query like 'listen%'";
    expect(await asked(server.url, listening)).toEqual([{ n: 1 }]); // the one that goes past the pooler
  });
});
