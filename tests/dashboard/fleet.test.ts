import { randomUUID } from "node:crypto";
import { createDashboard, type Dashboard } from "@recloser/dashboard";
import { createRecloser, type Recloser } from "recloser";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { makeCalls, times } from "../support/dashboard-rig.ts";
import { HISTORY_KINDS, type HistoryServer, type HistoryStore } from "../support/history-stores.ts";
import { asked, migrated } from "../support/postgres-schema.ts";

const TRIPS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "60s" } } as const;
const SOON = { timeout: 15_000, interval: 50 };

describe.each(HISTORY_KINDS)("a dashboard on $kind, outside of the fleet", (kind) => {
  describe.runIf(kind.canRun)("on a real server", () => {
    let server: HistoryServer;
    let namespace = "";
    beforeAll(async () => {
      server = await kind.start();
    });
    beforeEach(() => {
      namespace = `fleet ${randomUUID()}`;
    });
    afterAll(() => server.close());

    async function replica(replicaId: string, on: HistoryServer = server): Promise<Recloser> {
      const recloser = createRecloser({ store: on.store(), namespace, replicaId, defaults: TRIPS });
      onTestFinished(() => recloser.close());
      await recloser.ready();
      await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), SOON);
      return recloser;
    }

    function reader(): HistoryStore {
      const store = server.store();
      onTestFinished(() => store.close());
      return store;
    }

    function outside(allowActions = false): Dashboard {
      const dashboard = createDashboard({ store: server.store(), namespace, allowActions });
      onTestFinished(() => dashboard.close());
      return dashboard;
    }

    async function got(dashboard: Dashboard, path: string): Promise<Record<string, never>> {
      const response = await dashboard(new Request(`http://localhost/api/v1/${path}`));
      expect(response.status).toBe(200);
      return (await response.json()) as Record<string, never>;
    }

    it("shows what every replica has, also what never failed, with the fleet's rules and counts", async () => {
      const first = await replica("first");
      const second = await replica("second");
      await makeCalls(first, "quiet", times(3, "ok" as const));
      await makeCalls(second, "openai:gpt-5", times(4, "503" as const));
      const dashboard = outside();
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
      const first = await replica("first");
      await makeCalls(first, "openai", times(4, "503" as const));
      const { history } = reader();
      await vi.waitFor(async () => {
        expect((await history.events(namespace, { withinMs: null, most: 10 })).events.length).toBeGreaterThan(0);
      }, SOON);
      const dashboard = outside(true);
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
      const later = outside();
      await vi.waitFor(
        async () =>
          expect((await got(later, "audit"))["events"]).toMatchObject([
            { type: "override", action: "force-closed", by: "ada", reason: "it is us" },
          ]),
        SOON,
      );
    });

    it("says which replica has lost the store, since when and why", async () => {
      const own = await kind.start();
      onTestFinished(() => own.close());
      const first = await replica("first", own);
      first.breaker("openai");
      const inside = createDashboard({ recloser: first });
      onTestFinished(() => inside.close());
      await vi.waitFor(async () => expect((await got(inside, "replicas"))["replicas"]).toHaveLength(1), SOON);
      await own.kill();
      await vi.waitFor(
        async () =>
          expect((await got(inside, "replicas"))["replicas"]).toMatchObject([
            { id: "first", store: { mode: "local", error: expect.any(String) } },
          ]),
        SOON,
      );
    });

    it.each([kind.kind].filter((one) => one === "PostgreSQL"))(
      "says that it is not told what happened, and shows states all the same",
      async () => {
        onTestFinished(() => migrated(server.url));
        await asked(server.url, "drop function recloser.replicas, recloser.story, recloser.series, recloser.note");
        const first = await replica("first");
        await makeCalls(first, "openai", times(4, "503" as const));
        const inside = createDashboard({ recloser: first });
        onTestFinished(() => inside.close());
        const dashboards = [outside(), inside];
        for (const dashboard of dashboards)
          await vi.waitFor(async () => {
            expect(await snapshotOf(dashboard)).toMatchObject({
              breakers: [{ key: "openai", shows: "open" }],
              storeAway: null,
              historyAway: { error: expect.stringContaining("npx @recloser/cli migrate") },
            });
          }, SOON);
        await migrated(server.url);
        for (const dashboard of dashboards)
          await vi.waitFor(async () => {
            expect(await snapshotOf(dashboard)).toMatchObject({ replicas: [{ id: "first" }], historyAway: null });
          }, SOON);
      },
    );
  });
});

async function snapshotOf(dashboard: Dashboard): Promise<unknown> {
  const response = await dashboard(new Request("http://localhost/api/v1/stream"));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const data = new TextDecoder()
    .decode(value)
    .split("\n")
    .find((line) => line.startsWith("data: "));
  return JSON.parse((data ?? "").slice("data: ".length));
}
