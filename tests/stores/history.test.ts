import { createRecloser, type RecloserOptions } from "recloser";
import { fleetWindows, type HistoryEvent, historyOf, withoutHistory } from "recloser/history";
import { redisStore } from "recloser/redis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { hasRedis, redisServer } from "../support/servers/redis.ts";

const NAMESPACE = "recloser";
const TRIPS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "20s" } } as const;

describe.runIf(await hasRedis())("the history in Redis", () => {
  async function fleet(url: string, replicaId: string, options: RecloserOptions = {}) {
    const store = redisStore({ url });
    const recloser = createRecloser({ store, replicaId, defaults: TRIPS, ...options });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    return { store, recloser };
  }

  // Beside the record's, a replica has a circuit of its own, which may be faster than the store.
  function isTrip(event: HistoryEvent): boolean {
    return event.type === "transition" && event.scope === "shared" && event.to === "open";
  }

  async function fail(recloser: ReturnType<typeof createRecloser>, key: string, times: number): Promise<void> {
    for (let at = 0; at < times; at++)
      await recloser
        .breaker(key)
        .execute(() => Promise.reject(Object.assign(new Error("no"), { status: 503 })))
        .catch(() => {});
  }

  it("tells a machine that comes later what happened, once for the fleet, with who saw it and how", async () => {
    const { url } = await redisServer();
    const first = await fleet(url, "first");
    const second = await fleet(url, "second");
    second.recloser.breaker("openai");
    await fail(first.recloser, "openai", 4);
    const later = redisStore({ url });
    onTestFinished(() => later.close());
    await vi.waitFor(
      async () => {
        const { events } = await later.history.events(NAMESPACE, { withinMs: null, most: 100 });
        expect(events.filter(({ event }) => isTrip(event))).toHaveLength(1);
      },
      { timeout: 10_000 },
    );
    const { nowMs, events } = await later.history.events(NAMESPACE, { withinMs: 60_000, most: 100 });
    const trip = events.find(({ event }) => isTrip(event));
    expect(trip).toMatchObject({
      replica: "first",
      event: { key: "openai", from: "closed", to: "open", evidence: expect.stringContaining("4 of 4 calls failed") },
    });
    expect(nowMs - (trip?.atMs ?? 0)).toBeLessThan(15_000);
  });

  it("tells how each replica is, and forgets one that leaves", async () => {
    const { url } = await redisServer();
    const { store, recloser } = await fleet(url, "first");
    const leaving = await fleet(url, "second");
    recloser.breaker("openai");
    const ids = async (): Promise<readonly string[]> =>
      (await store.history.replicas(NAMESPACE)).replicas.map(({ id }) => id).toSorted();
    await vi.waitFor(async () => expect(await ids()).toEqual(["first", "second"]), { timeout: 10_000 });
    await leaving.recloser.close();
    expect(await ids()).toEqual(["first"]);
    expect((await store.history.replicas(NAMESPACE)).replicas[0]?.report).toMatchObject({
      version: "0.0.0",
      store: { mode: "shared", error: null },
      rejected: {},
    });
  });

  it("keeps a minute's fullest window and what was not made, added up over replicas, when they leave too", async () => {
    const { url } = await redisServer();
    const first = await fleet(url, "first");
    const second = await fleet(url, "second");
    await fail(first.recloser, "openai", 4);
    await vi.waitFor(() => expect(second.recloser.breaker("openai").state).toBe("open"), { timeout: 10_000 });
    await fail(second.recloser, "openai", 5);
    await second.recloser.close();
    await fail(first.recloser, "openai", 2);
    const reader = redisStore({ url });
    onTestFinished(() => reader.close());
    await reader.history.replicas(NAMESPACE).catch(() => {});
    await first.recloser.close();
    const points = await reader.history.series(NAMESPACE, "openai", 24);
    expect(Math.max(...points.map(({ failures }) => failures))).toBeGreaterThanOrEqual(4);
    expect(points.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(7);
  });

  it("keeps apart what operators did, and no more of all of it than fits", async () => {
    const { url } = await redisServer();
    const { store, recloser } = await fleet(url, "first");
    await recloser.breaker("openai").forceOpen({ by: "ada", reason: "maintenance", for: "30m" });
    const probes = Array.from({ length: 6_000 }, (_, at) => ({
      ...{ id: `x-${at}`, ageMs: 0 },
      event: { type: "probe", key: "openai", result: "failed", by: "first", durationMs: at } as const,
    }));
    await vi.waitFor(
      async () =>
        expect(
          (await store.history.events(NAMESPACE, { withinMs: null, most: 10, only: "overrides" })).events,
        ).toMatchObject([{ event: { action: "force-open", by: "ada", reason: "maintenance" } }]),
      { timeout: 10_000 },
    );
    await store.history.note(NAMESPACE, { replica: "loud", report: null, events: probes, points: [] });
    await store.history.note(NAMESPACE, { replica: "loud", report: null, events: probes, points: [] });
    expect((await store.history.events(NAMESPACE, { withinMs: null, most: 6_000 })).events).toHaveLength(5_000);
    const overrides = await store.history.events(NAMESPACE, { withinMs: null, most: 10, only: "overrides" });
    expect(overrides.events).toHaveLength(1);
  });

  it("tells later what happened while the store was away", async () => {
    const server = await redisServer();
    const { store, recloser } = await fleet(server.url, "first");
    await server.kill();
    await fail(recloser, "openai", 4);
    await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("local"), { timeout: 10_000 });
    await server.restart();
    await vi.waitFor(
      async () => {
        const { events } = await store.history.events(NAMESPACE, { withinMs: null, most: 100 });
        expect(events.map(({ event }) => event)).toContainEqual(
          expect.objectContaining({ type: "transition", to: "open", scope: "local" }),
        );
      },
      { timeout: 20_000 },
    );
  });

  it("counts the windows of all replicas together", async () => {
    const { url } = await redisServer();
    const first = await fleet(url, "first", { defaults: { failureRate: false, consecutiveFailures: false } });
    const second = await fleet(url, "second", { defaults: { failureRate: false, consecutiveFailures: false } });
    await fail(first.recloser, "openai", 2);
    await fail(second.recloser, "openai", 3);
    await vi.waitFor(
      async () =>
        expect((await fleetWindows(first.store, NAMESPACE, new Map([["openai", 30_000]]))).get("openai")).toEqual({
          calls: 5,
          failures: 5,
          byKind: { overloaded: 5 },
        }),
      { timeout: 10_000 },
    );
  });

  it("does not write down who only looks", async () => {
    const { url } = await redisServer();
    const { recloser } = await fleet(url, "looker");
    const store = redisStore({ url });
    const looking = createRecloser({ store: withoutHistory(store), replicaId: "dashboard" });
    onTestFinished(() => looking.close());
    await looking.ready();
    expect(historyOf(recloser)).toMatchObject({ namespace: NAMESPACE, replicaId: "looker" });
    expect(historyOf(looking)).toBeNull();
  });
});
