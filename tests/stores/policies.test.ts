/** The fleet's policies through real stores: to every replica, past what is older or not ours, and written down. */
import { Redis } from "ioredis";
import { createRecloser, type Recloser } from "recloser";
import { changePolicy, type InspectableStore, policiesIn, type PolicyPlace, readPolicies } from "recloser/inspect";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { asked, migrated } from "../support/postgres-schema.ts";
import { hasPostgres, startPostgres } from "../support/servers/postgres.ts";
import { hasRedis, startRedis } from "../support/servers/redis.ts";

const WHO = { by: "ann", reason: "INC-12" } as const;

interface Kind {
  readonly url: string;
  readonly open: () => InspectableStore;
  readonly end: () => Promise<void>;
}

const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  ...((await hasRedis()) && {
    async Redis() {
      const server = await startRedis();
      return { url: server.url, open: () => redisStore({ url: server.url }), end: () => server.kill() };
    },
  }),
  ...((await hasPostgres()) && {
    async PostgreSQL() {
      const server = await startPostgres();
      await migrated(server.url);
      const open = (): InspectableStore => postgresStore({ connectionString: server.url });
      return { url: server.url, open, end: () => server.close() };
    },
  }),
};

let tries = 0;

describe.each(Object.entries(KINDS))("Through a store in %s", (name, start) => {
  let kind: Kind;
  let store: InspectableStore;
  let place: PolicyPlace;
  beforeAll(async () => {
    kind = await start();
    store = kind.open();
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await kind.end();
  });
  beforeEach(() => {
    place = placeIn(store, `policies ${++tries}`);
  });

  async function replica(own: InspectableStore = kind.open()): Promise<Recloser> {
    const recloser = createRecloser({ store: own, namespace: place.namespace });
    onTestFinished(() => recloser.close());
    await until(() => recloser.storeHealth().mode === "shared");
    return recloser;
  }

  test("a change reaches the replicas that are there, one that comes, and keeps what a circuit is", async () => {
    const [first, second] = [await replica(), await replica()];
    const rules = { consecutiveFailures: false, failureThreshold: 2 } as const;
    const [open, other] = [first.breaker("llm", rules), second.breaker("llm", rules)];
    for (let count = 0; count < 2; count++) await open.execute(() => Promise.reject(new Error())).catch(() => {});
    await until(() => other.state === "open");
    await changePolicy(place, { type: "set", pattern: "ll*", options: { failureRate: 0.25, mode: "observe" }, ...WHO });
    await until(() => [open, other].every((breaker) => breaker.snapshot().policy.failureRate === 0.25));
    expect([open.snapshot().mode, other.snapshot().mode]).toEqual(["observe", "observe"]);
    expect([open.state, other.state]).toEqual(["open", "open"]);
    await expect(other.execute(() => "answer")).resolves.toBe("answer");
    expect((await replica()).breaker("llm").snapshot().policy.failureRate).toBe(0.25);
    await changePolicy(place, { type: "unset", pattern: "ll*", by: "bob" });
    await until(() => [open, other].every((breaker) => breaker.snapshot().mode === "enforce"));
    await expect(other.execute(() => "answer")).rejects.toMatchObject({ code: "ERR_CIRCUIT_OPEN" });
  });

  test("one with a time ends in every replica by itself", async () => {
    const replicas = [await replica(), await replica()];
    const breakers = replicas.map((recloser) => recloser.breaker("llm"));
    const options = { mode: "observe" };
    await changePolicy(place, { type: "set", pattern: "llm", options, ...WHO, for: "3s" });
    await until(() => breakers.every((breaker) => breaker.snapshot().mode === "observe"));
    await until(() => breakers.every((breaker) => breaker.snapshot().mode === "enforce"));
    expect((await readPolicies(place)).options).toEqual([]);
  });

  test("a replica that knows nothing of policies goes on beside", async () => {
    const old = kind.open();
    Object.defineProperty(old, "policies", { value: undefined });
    const recloser = await replica(old);
    const breaker = recloser.breaker("llm", { consecutiveFailures: false, failureThreshold: 1 });
    await changePolicy(place, { type: "set", pattern: "*", options: { mode: "observe" }, ...WHO });
    const newer = (await replica()).breaker("llm");
    await until(() => newer.snapshot().mode === "observe");
    await newer.execute(() => Promise.reject(new Error("one"))).catch(() => {});
    await breaker.execute(() => Promise.reject(new Error("two"))).catch(() => {});
    await until(() => breaker.state === "open" && newer.state === "open");
    expect(recloser.storeHealth().mode).toBe("shared");
    expect(breaker.snapshot().mode).toBe("enforce");
  });

  test("what operators did is in the history, with who and why", async () => {
    const options = { mode: "observe" };
    const set = await changePolicy(place, { type: "set", pattern: "llm", options, ...WHO, for: "2h" });
    const unset = await changePolicy(place, { type: "unset", pattern: "llm", options: ["mode"], by: "bob" });
    expect([set.audited, unset.audited]).toEqual([true, true]);
    const told = await store.history?.events(place.namespace, { withinMs: null, most: 10, only: "overrides" });
    const event = { type: "policy", key: "llm" } as const;
    expect(told?.events.map((kept) => kept.event)).toEqual([
      { ...event, action: "set", options, ...WHO, forMs: 7_200_000 },
      { ...event, action: "unset", options: { mode: null }, by: "bob", reason: "taken back", forMs: null },
    ]);
  });

  test.each([name].filter((one) => one === "Redis"))(
    "what somebody else has put where they belong is set aside",
    async () => {
      const redis = new Redis(kind.url);
      onTestFinished(() => redis.disconnect());
      const key = `rc1:{${place.namespace}}:pol`;
      await redis.set(key, "mine");
      expect((await readPolicies(place)).options).toEqual([]);
      await changePolicy(place, { type: "set", pattern: "*", options: { mode: "observe" }, ...WHO });
      expect(await redis.get(`${key}:q`)).toBe("mine");
      await redis.hset(
        key,
        "nonsense",
        "x",
        "mode *",
        "1 - {",
        "failureRate *",
        '1 - {"value":0.5,"by":"x","reason":"y"}',
      );
      expect((await readPolicies(place)).options).toMatchObject([{ option: "failureRate", value: 0.5 }]);
    },
  );

  test.each([name].filter((one) => one === "PostgreSQL"))(
    "a schema of before is shared, without policies, and says how to have them",
    async () => {
      const schema = "of_before";
      await migrated(kind.url, { schema });
      await asked(
        kind.url,
        `drop function ${schema}.policies; drop function ${schema}.change_policy;
       alter table ${schema}.namespaces rename column policies to gone`,
      );
      const open = (): InspectableStore => postgresStore({ connectionString: kind.url, schema });
      const recloser = await replica(open());
      expect(recloser.storeHealth().mode).toBe("shared");
      const old = open();
      onTestFinished(() => old.close());
      const change = changePolicy(placeIn(old, "old"), { type: "set", pattern: "*", options: { mode: "off" }, ...WHO });
      await expect(change).rejects.toThrow(/recloser\/cli migrate/);
    },
  );
});

function placeIn(store: InspectableStore, namespace: string): PolicyPlace {
  const place = policiesIn(store, namespace);
  if (place === null) throw new Error("the store keeps no policies");
  return place;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tried = 0; tried < 500; tried++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not come to be within 10 s");
}
