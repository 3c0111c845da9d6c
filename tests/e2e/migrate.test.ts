/** `recloser migrate`, as an administrator runs it, on a real PostgreSQL. */
import { createRecloser } from "recloser";
import { postgresStore } from "recloser/postgres";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { run } from "../support/cli.ts";
import { asked } from "../support/postgres-schema.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "../support/servers/postgres.ts";

describe.runIf(await hasPostgres())("recloser migrate", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await asked(server.url, "create role app login; create role nobody login");
  }, 60_000);
  afterAll(() => server.close());

  const migrate = (...args: string[]) => run(["migrate", ...args], { RECLOSER_STORE: server.url });
  const version = async () =>
    (await asked(server.url, "select max(version)::int as v from recloser.installed"))[0]?.["v"];

  test("makes a schema that a role without further rights shares circuits by, and does it again without harm", async () => {
    const made = await migrate("--role", "app");
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/schema recloser, version 1 \(made\); history, version 1 \(made\)\n$/),
    });
    const again = await migrate("--role", "app");
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("(as it was); history, version 1 (as it was)"),
    });
    const recloser = createRecloser({
      store: postgresStore({ connectionString: server.urlOf("postgres", "app") }),
      namespace: "migrated",
    });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), { timeout: 20_000 });
    const ddl = asked(server.urlOf("postgres", "app"), "create table recloser.mine (x int)");
    await expect(ddl).rejects.toThrow("permission denied");
  });

  test("gives a history to a schema that was made before there was one", async () => {
    const ofBefore = "drop table old.history_events, old.history_hours, old.history_replicas, old.history_installed";
    await migrate("--schema", "old");
    await asked(server.url, ofBefore);
    const { stdout } = await migrate("--schema", "old");
    expect(stdout).toMatch(/schema old, version 1 \(as it was\); history, version 1 \(made\)\n$/);
  });

  test("prints what it would run, and psql could, without a server", async () => {
    const { code, stdout } = await run(["migrate", "--print", "--schema", "printed"], { RECLOSER_STORE: "" });
    expect(code).toBe(0);
    await asked(server.url, stdout);
    expect(await asked(server.url, `select max(version)::int as v from printed.installed`)).toEqual([{ v: 1 }]);
  });

  test("leaves a newer schema alone", async () => {
    await migrate();
    await asked(server.url, "insert into recloser.installed (version) values (99)");
    onTestFinished(async () => void (await asked(server.url, "delete from recloser.installed where version = 99")));
    const { code, stderr } = await migrate();
    expect(code).toBe(1);
    expect(stderr).toContain("newer than this version of recloser");
    expect(await version()).toBe(99);
  });

  test.each([
    [["-s", "redis://h"], 2, "Redis needs no schema"],
    [["-s", "postgres://app@127.0.0.1:1/app"], 5, "cannot be reached"],
    [["--schema", "x y"], 2, "schema: expected a name"],
  ])("%j ends with %i, saying why", async (args, code, says) => {
    const ended = await migrate(...args);
    expect(ended.stderr).toContain(says);
    expect(ended.code).toBe(code);
  });

  test("says that a role may not", async () => {
    const { code, stderr } = await migrate("-s", server.urlOf("postgres", "nobody"), "--schema", "forbidden");
    expect(code).toBe(4);
    expect(stderr).toContain("permission denied");
  });
});
