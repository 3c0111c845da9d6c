/** A fleet seen and operated through its store, by somebody who is none of its replicas. */
import { createRecloser, type Recloser } from "recloser";
import { type InspectableStore, operate, readRecords } from "recloser/inspect";
import { type SharedStore, withoutHistory } from "recloser/history";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { migrated } from "../support/postgres-schema.ts";
import { hasPostgres, startPostgres } from "../support/servers/postgres.ts";
import { hasRedis, startRedis } from "../support/servers/redis.ts";

interface Kind {
  readonly open: () => InspectableStore;
  readonly end: () => Promise<void>;
}

const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  ...((await hasRedis()) && {
    async Redis() {
      const server = await startRedis();
      return { open: () => redisStore({ url: server.url }), end: () => server.kill() };
    },
  }),
  ...((await hasPostgres()) && {
    async PostgreSQL() {
      const server = await startPostgres();
      await migrated(server.url);
      return { open: () => postgresStore({ connectionString: server.url }), end: () => server.close() };
    },
  }),
};

describe.each(Object.entries(KINDS))("Through a store in %s", (_name, start) => {
  let kind: Kind;
  let store: InspectableStore;
  let namespace: string;
  beforeAll(async () => {
    kind = await start();
    store = kind.open();
  });
  afterAll(async () => {
    await store.close();
    await kind.end();
  });
  beforeEach(({ task }) => {
    namespace = task.name;
  });

  async function replica(): Promise<Recloser> {
    const recloser = createRecloser({ store: kind.open(), namespace });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    return recloser;
  }
  const fail = (): Promise<never> => Promise.reject(new Error("down"));

  test("who did what, why and for how long is in the history, once; what changed nothing is not", async () => {
    const record = { namespace, name: "llm" };
    const held = await operate(store, record, { type: "force-open", by: "alice", reason: "drill", for: "1m" });
    const released = await operate(store, record, { type: "clear-override", by: "bob" });
    const again = await operate(store, record, { type: "clear-override", by: "carol" });
    expect([held, released, again].map(({ changed, audited }) => [changed, audited])).toEqual([
      [true, true],
      [true, true],
      [false, null],
    ]);
    const { history } = store as SharedStore;
    const { events = [] } = (await history?.events(namespace, { withinMs: null, most: 10, only: "overrides" })) ?? {};
    expect(events.map(({ event }) => event)).toEqual([
      { type: "override", key: "llm", action: "force-open", by: "alice", reason: "drill", forMs: 60_000 },
      { type: "override", key: "llm", action: "clear", by: "bob", reason: null, forMs: null },
    ]);
  });

  test("is done where the store keeps no history", async () => {
    const plain: InspectableStore = {
      ...withoutHistory(store),
      names: (...asked) => store.names(...asked),
      inspect: (...asked) => store.inspect(...asked),
    };
    const reset = await operate(plain, { namespace, name: "llm" }, { type: "reset", by: "alice" });
    expect(reset).toMatchObject({ changed: true, audited: null });
  });

  test("a trip is seen with its evidence, and with the rules it was judged by", async () => {
    const rules = { window: "10s", minimumCalls: 5, failureRate: 0.4, consecutiveFailures: false } as const;
    const breaker = (await replica()).breaker("llm", { ...rules, slowCall: { after: "2s", rate: 0.75 } });
    for (let i = 0; i < 5; i++) await breaker.execute(fail).catch(() => {});
    await until(async () => (await readRecords(store, namespace, ["llm"])).records[0]?.state === "open");
    const { nowMs, records } = await readRecords(store, namespace);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      name: "llm",
      effectiveState: "open",
      reason: "failure-rate",
      evidence: { failures: 5, windowMs: 10_000 },
      rules: {
        windowMs: 10_000,
        minimumCalls: 5,
        failureRate: 0.4,
        failureThreshold: false,
        consecutiveFailures: false,
        slowCall: { afterMs: 2_000, rate: 0.75 },
      },
    });
    expect(records[0]?.sinceMs).toBeLessThanOrEqual(nowMs);
  });

  test("what has not tripped shows how far it is from it", async () => {
    const breaker = (await replica()).breaker("llm", { minimumCalls: 50 });
    await breaker.execute(fail).catch(() => {});
    await until(async () => (await readRecords(store, namespace)).records.length === 1);
    await breaker.execute(() => Promise.resolve(1));
    const seen = async () => (await readRecords(store, namespace)).records[0];
    await until(async () => (await seen())?.window.calls === 2);
    expect(await seen()).toMatchObject({ state: "closed", window: { failures: 1, failureRate: 0.5 } });
  });

  test("an override reaches every replica, is seen with its author, and ends for all", async () => {
    const breakers = (await Promise.all([replica(), replica()])).map((one) => one.breaker("llm"));
    const word = { type: "force-open", by: "alice", reason: "maintenance", for: "30m" } as const;
    const held = await operate(store, { namespace, name: "llm" }, word);
    expect(held).toMatchObject({ before: null, changed: true, after: { effectiveState: "open", state: "closed" } });
    expect(held.after.override).toMatchObject({ by: "alice", reason: "maintenance", mode: "force-open" });
    expect(held.after.override?.untilMs).toBeCloseTo(held.nowMs + 30 * 60_000, -2);
    await until(async () => breakers.every(({ state }) => state === "open"));

    const clear = { type: "clear-override", by: "alice" } as const;
    expect(await operate(store, { namespace, name: "llm" }, clear)).toMatchObject({ changed: true });
    await until(async () => breakers.every(({ state }) => state === "closed"));
    expect(await operate(store, { namespace, name: "llm" }, clear)).toMatchObject({ changed: false });
  });

  test("more records than a page holds are all read", async () => {
    const names = Array.from({ length: 300 }, (_, at) => `llm-${at}`);
    const word = { type: "force-closed", by: "alice", reason: "many" } as const;
    await Promise.all(names.map((name) => operate(store, { namespace, name }, word)));
    const { records } = await readRecords(store, namespace);
    expect(records.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test.each([
    [{ type: "force-open", by: "", reason: "x" }, "by"],
    [{ type: "force-open", by: "alice", reason: "" }, "reason"],
    [{ type: "force-open", by: "alice", reason: "x", for: "soon" }, "for"],
    [{ type: "reset", by: "" }, "by"],
  ])("%j is refused, and names the field", async (word, option) => {
    await expect(operate(store, { namespace, name: "llm" }, word as never)).rejects.toMatchObject({ option });
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + 10_000; Date.now() < endMs;) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come to be so");
}
