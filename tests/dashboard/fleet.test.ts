import { createDashboard, type Dashboard } from "@recloser/dashboard";
import { createRecloser, type Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { makeCalls, times } from "../support/dashboard-rig.ts";
import { hasRedis, redisServer } from "../support/servers/redis.ts";

const TRIPS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "60s" } } as const;
const SOON = { timeout: 15_000, interval: 50 };

describe.runIf(await hasRedis())("a dashboard on a store, outside of the fleet", () => {
  async function replica(url: string, replicaId: string): Promise<Recloser> {
    const recloser = createRecloser({ store: redisStore({ url }), replicaId, defaults: TRIPS });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    return recloser;
  }

  function outside(url: string, allowActions = false): Dashboard {
    const dashboard = createDashboard({ store: redisStore({ url }), allowActions });
    onTestFinished(() => dashboard.close());
    return dashboard;
  }

  async function got(dashboard: Dashboard, path: string): Promise<Record<string, never>> {
    const response = await dashboard(new Request(`http://localhost/api/v1/${path}`));
    expect(response.status).toBe(200);
    return (await response.json()) as Record<string, never>;
  }

  it("shows what every replica has, also what never failed, with the fleet's rules and counts", async () => {
    const { url } = await redisServer();
    const first = await replica(url, "first");
    const second = await replica(url, "second");
    await makeCalls(first, "quiet", times(3, "ok" as const));
    await makeCalls(second, "openai:gpt-5", times(4, "503" as const));
    const dashboard = outside(url);
    await vi.waitFor(async () => {
      const { breakers, replicas } = {
        ...(await got(dashboard, "breakers")),
        ...(await got(dashboard, "replicas")),
      } as unknown as { breakers: { key: string }[]; replicas: { id: string }[] };
      expect(replicas.map(({ id }) => id).toSorted()).toEqual(["first", "second"]);
      expect(breakers.find(({ key }) => key === "quiet")).toMatchObject({
        state: "closed",
        rules: { failureRate: 0.5, minimumCalls: 4 },
      });
      expect(breakers.find(({ key }) => key === "openai:gpt-5")).toMatchObject({
        shows: "open",
        evidence: expect.stringContaining("4 of 4 calls failed"),
      });
    }, SOON);
  });

  it("tells what happened before it was there, and who acts through it", async () => {
    const { url } = await redisServer();
    const first = await replica(url, "first");
    await makeCalls(first, "openai", times(4, "503" as const));
    await vi.waitFor(async () => {
      const { events } = await redisStoreEvents(url);
      expect(events).toBeGreaterThan(0);
    }, SOON);
    const dashboard = outside(url, true);
    await vi.waitFor(async () => {
      expect((await got(dashboard, "events"))["events"]).toContainEqual(
        expect.objectContaining({ type: "transition", key: "openai", to: "open", replica: "first" }),
      );
      await got(dashboard, "breakers/openai");
    }, SOON);
    const held = await dashboard(
      new Request("http://localhost/api/v1/breakers/openai/override", {
        method: "POST",
        headers: { "content-type": "application/json", "recloser-csrf": "1", "if-match": "*" },
        body: JSON.stringify({ mode: "force-closed", reason: "it is us", by: "ada", forMs: 60_000 }),
      }),
    );
    expect(held.status).toBe(200);
    await vi.waitFor(() => expect(first.breaker("openai").snapshot().override).toMatchObject({ by: "ada" }), SOON);
    expect(first.breaker("openai").state).toBe("closed");
    const later = outside(url);
    await vi.waitFor(
      async () =>
        expect((await got(later, "audit"))["events"]).toMatchObject([
          { type: "override", action: "force-closed", by: "ada", reason: "it is us" },
        ]),
      SOON,
    );
  });

  it("says which replica has lost the store, since when and why", async () => {
    const server = await redisServer();
    const first = await replica(server.url, "first");
    first.breaker("openai");
    const inside = createDashboard({ recloser: first });
    onTestFinished(() => inside.close());
    await vi.waitFor(async () => expect((await got(inside, "replicas"))["replicas"]).toHaveLength(1), SOON);
    await server.kill();
    await vi.waitFor(
      async () =>
        expect((await got(inside, "replicas"))["replicas"]).toMatchObject([
          { id: "first", store: { mode: "local", error: expect.any(String) } },
        ]),
      SOON,
    );
  });
});

async function redisStoreEvents(url: string): Promise<{ readonly events: number }> {
  const store = redisStore({ url });
  try {
    return { events: (await store.history.events("recloser", { withinMs: null, most: 10 })).events.length };
  } catch {
    return { events: 0 }; // it is not connected yet
  } finally {
    await store.close();
  }
}
