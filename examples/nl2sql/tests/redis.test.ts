/** What replicas share through Redis, and what becomes of it without one. On a real Redis. */
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createBreaker } from "recloser";
import { hasRedis, type RedisServer, startRedis } from "../../../tests/support/servers/redis.ts";
import { redisJobs } from "../src/pipeline/redis-jobs.ts";
import { Library } from "../src/verified/library.ts";
import type { PairStore } from "../src/verified/pair.ts";
import { redisPairStore } from "../src/verified/redis-store.ts";
import { started } from "./simulated.ts";

const DOWN = { kind: "status", status: 503 } as const;

describe.runIf(await hasRedis())("with Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.kill());

  function pairs(): PairStore {
    const client = new Redis(server.url, { maxRetriesPerRequest: 1 });
    client.on("error", () => {});
    onTestFinished(() => client.disconnect());
    return redisPairStore(client);
  }

  function library(): Library {
    return new Library(pairs(), createBreaker({ name: "pairs", timeouts: { total: "2s" } }));
  }

  test("what one replica has confirmed, another knows at once", async () => {
    const [one, other] = [library(), library()];
    await other.load();
    await one.remember("Orders by status", "select 1", "v1");
    expect(await other.confirm("ORDERS by status?")).toBe(true);
    const late = library();
    await late.load();
    expect(await late.exact("orders by status")).toMatchObject({ verified: true, sql: "select 1" });
    expect(late.similar("status of orders", 3)).toHaveLength(1);
    await late.forget("orders by status");
    expect(await library().exact("orders by status")).toBeNull();
  });

  test("a question waits in BullMQ, without an attempt lost, until the provider is back", async () => {
    const application = await started({
      recloser: { defaults: { cooldown: { initial: "500ms", max: "1s" } } },
      queue: (ask) => redisJobs({ url: server.url, ask, name: "waits" }),
    });
    const { agent, primary, standby } = application;
    await Promise.all([primary.setFault(DOWN), standby.setFault(DOWN)]);
    // Until both circuits are open: a job that makes a call which fails has lost an attempt.
    for (let i = 0; i < 4; i++) await agent.ask("Who reports to whom?", { mayQueue: false });
    const answer = await agent.ask("Who reports to whom?");
    const id = answer.kind === "queued" ? answer.jobId : "";
    expect(await agent.queue?.find(id)).toMatchObject({ state: "waiting", question: "Who reports to whom?" });
    await Promise.all([primary.setFault(null), standby.setFault(null)]);
    await expect
      .poll(() => agent.queue?.find(id), { timeout: 25_000, interval: 100 })
      .toMatchObject({ state: "done", answer: { kind: "rows", meta: { degraded: false } } });
    expect(await agent.queue?.find("999")).toBeNull();
  });

  test("that dies, a question is answered all the same, and one that would wait is told to come back", async () => {
    const own = await startRedis();
    const client = new Redis(own.url, { maxRetriesPerRequest: 1, commandTimeout: 500 });
    client.on("error", () => {});
    onTestFinished(async () => {
      client.disconnect();
      await own.kill();
    });
    const application = await started({
      pairs: redisPairStore(client),
      queue: (ask) => redisJobs({ url: own.url, ask, name: "dies" }),
    });
    const { agent, primary, standby } = application;
    await own.kill();
    expect(await agent.ask("Orders by status")).toMatchObject({ kind: "rows", meta: { mode: "live" } });
    await Promise.all([primary.setFault(DOWN), standby.setFault(DOWN)]);
    expect(await agent.ask("Orders by status")).toMatchObject({ kind: "rows", meta: { mode: "cached-sql" } });
    expect((await agent.ask("Who reports to whom?")).kind).toBe("unavailable");
  });
});
