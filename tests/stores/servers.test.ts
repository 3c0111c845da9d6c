import pg from "pg";
import { describe, expect, it } from "vitest";
import { hasPostgres, postgresServer } from "../support/servers/postgres.ts";

describe.runIf(await hasPostgres())("the PostgreSQL of the tests", () => {
  const ask = async (url: string, sql: string, withinMs = 5_000): Promise<unknown> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: withinMs, query_timeout: withinMs });
    client.on("error", () => {}); // ended by its server
    await client.connect();
    try {
      return (await client.query<{ said: unknown }>(sql)).rows[0]?.said;
    } finally {
      await client.end().catch(() => {});
    }
  };

  it("keeps its data over a crash", async () => {
    const server = await postgresServer();
    await ask(server.url, "create table kept as select 7 as said");
    await server.kill();
    await expect(ask(server.url, "select 1 as said")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await server.restart();
    expect(await ask(server.url, "select said from kept")).toBe(7);
  });

  it("says nothing while it is paused, and goes on after", async () => {
    const server = await postgresServer();
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await server.pause();
    const answer = client.query<{ said: number }>("select 8 as said");
    await expect(ask(server.url, "select 1 as said", 300)).rejects.toThrow(/time/);
    await server.resume();
    expect((await answer).rows).toEqual([{ said: 8 }]);
    await client.end();
  });

  it("takes settings, and asks as another role", async () => {
    const server = await postgresServer({ max_connections: "7" });
    await ask(server.url, "create role reader login");
    expect(
      await ask(
        server.urlOf("postgres", "reader"),
        "select current_user || current_setting('max_connections') as said",
      ),
    ).toBe("reader7");
  });
});
