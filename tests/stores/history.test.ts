/** What a store keeps beside its records: the same of each that keeps it. */
import { randomUUID } from "node:crypto";
import { createRecloser, type Recloser, type RecloserOptions } from "recloser";
import { fleetWindows, type HistoryEvent, historyOf, withoutHistory } from "recloser/history";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { HISTORY_KINDS, type HistoryServer, type HistoryStore } from "../support/history-stores.ts";

const TRIPS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "20s" } } as const;
const SOON = { timeout: 20_000, interval: 50 };

describe.each(HISTORY_KINDS)("the history in $kind", (kind) => {
  describe.runIf(kind.canRun)("on a real server", () => {
    let server: HistoryServer;
    let namespace = "";
    beforeAll(async () => {
      server = await kind.start();
    }, 60_000);
    beforeEach(() => {
      namespace = `history ${randomUUID()}`;
    });
    afterAll(() => server.close());

    async function fleet(replicaId: string, options: RecloserOptions = {}, on: HistoryServer = server) {
      const store = on.store();
      const recloser = createRecloser({ store, namespace, replicaId, defaults: TRIPS, ...options });
      onTestFinished(() => recloser.close());
      await recloser.ready();
      await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), SOON);
      return { store, recloser };
    }

    async function reader(): Promise<HistoryStore> {
      const store = server.store();
      onTestFinished(() => store.close());
      await vi.waitFor(() => store.history.replicas(namespace), SOON); // until it is connected
      return store;
    }

    it("tells a machine that comes later what happened, once for the fleet, with who saw it and how", async () => {
      const first = await fleet("first");
      const second = await fleet("second");
      second.recloser.breaker("openai");
      await fail(first.recloser, "openai", 4);
      const later = await reader();
      await vi.waitFor(async () => {
        const { events } = await later.history.events(namespace, { withinMs: null, most: 100 });
        expect(events.filter(({ event }) => isTrip(event))).toHaveLength(1);
      }, SOON);
      const { nowMs, events } = await later.history.events(namespace, { withinMs: 60_000, most: 100 });
      const trip = events.find(({ event }) => isTrip(event));
      expect(trip).toMatchObject({
        replica: "first",
        event: { key: "openai", from: "closed", to: "open", evidence: expect.stringContaining("4 of 4 calls failed") },
      });
      expect(nowMs - (trip?.atMs ?? 0)).toBeLessThan(15_000);
    });

    it("tells how each replica is, and forgets one that leaves", async () => {
      const { store, recloser } = await fleet("first");
      const leaving = await fleet("second");
      recloser.breaker("openai");
      const ids = async (): Promise<readonly string[]> =>
        (await store.history.replicas(namespace)).replicas.map(({ id }) => id).toSorted();
      await vi.waitFor(async () => expect(await ids()).toEqual(["first", "second"]), SOON);
      await leaving.recloser.close();
      expect(await ids()).toEqual(["first"]);
      expect((await store.history.replicas(namespace)).replicas[0]?.report).toMatchObject({
        version: "0.0.0",
        store: { mode: "shared", error: null },
        rejected: {},
      });
    });

    it("keeps a minute's fullest window and what was not made, added up over replicas, when they leave too", async () => {
      const first = await fleet("first");
      const second = await fleet("second");
      await fail(first.recloser, "openai", 4);
      await vi.waitFor(() => expect(second.recloser.breaker("openai").state).toBe("open"), SOON);
      await fail(second.recloser, "openai", 5);
      const { history } = await reader();
      await second.recloser.close();
      await fail(first.recloser, "openai", 2);
      await first.recloser.close();
      const points = await history.series(namespace, "openai", 24);
      expect(Math.max(...points.map(({ failures }) => failures))).toBeGreaterThanOrEqual(4);
      expect(points.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(7);
      expect(await history.series(namespace, "another", 24)).toEqual([]);
    });

    it("adds up what is told of one minute, and gives minutes oldest first at their beginning", async () => {
      const { history } = await reader();
      const point = { key: "openai", calls: 10, failures: 5, rejected: 2 };
      const { nowMs } = await history.replicas(namespace);
      // From the middle of a minute, so that a slow machine means the same one.
      const points = [1, 60, 61, 180].map((minutes) => ({
        ...point,
        ageMs: minutes * 60_000 + (nowMs % 60_000) - 30_000,
      }));
      await history.note(namespace, { replica: "first", report: null, events: [], points });
      await history.note(namespace, { replica: "second", report: null, events: [], points: points.slice(1) });
      const thisMinuteMs = nowMs - (nowMs % 60_000);
      expect(await history.series(namespace, "openai", 24)).toEqual([
        ...[180, 61, 60].map((at) => ({ atMs: thisMinuteMs - at * 60_000, calls: 20, failures: 10, rejected: 4 })),
        { atMs: thisMinuteMs - 60_000, calls: 10, failures: 5, rejected: 2 },
      ]);
    });

    it("keeps apart what operators did, and no more of all of it than fits, each once", async () => {
      const { history } = await reader();
      const override = { type: "override", key: "openai", action: "force-open", by: "ada" } as const;
      const note = (events: readonly { id: string; ageMs: number; event: HistoryEvent }[]) =>
        history.note(namespace, { replica: "loud", report: null, events, points: [] });
      await note([{ id: "o-1", ageMs: 0, event: { ...override, reason: "maintenance", forMs: null } }]);
      const probes = Array.from({ length: 6_000 }, (_, at) => ({
        ...{ id: `x-${at}`, ageMs: 0 },
        event: { type: "probe", key: "openai", result: "failed", by: "first", durationMs: at } as const,
      }));
      for (const some of [probes.slice(0, 3_000), probes.slice(3_000), probes.slice(3_000)]) await note(some);
      const { events } = await history.events(namespace, { withinMs: null, most: 6_000 });
      expect(events).toHaveLength(5_000);
      const overrides = await history.events(namespace, { withinMs: null, most: 10, only: "overrides" });
      expect(overrides.events).toMatchObject([{ replica: "loud", event: { by: "ada", reason: "maintenance" } }]);
    });

    it("counts a change of policy among what operators did", async () => {
      const { history } = await reader();
      const event = {
        type: "policy",
        key: "openai:*",
        action: "set",
        by: "ada",
        reason: "INC-12",
        forMs: null,
      } as const;
      const events = [{ id: "p-1", ageMs: 0, event: { ...event, options: { mode: "observe" } } }];
      await history.note(namespace, { replica: "operator", report: null, events, points: [] });
      const kept = await history.events(namespace, { withinMs: null, most: 10, only: "overrides" });
      expect(kept.events).toMatchObject([{ event: { type: "policy", options: { mode: "observe" } } }]);
    });

    it("tells later what happened while the store was away", async () => {
      const own = await kind.start();
      onTestFinished(() => own.close());
      const { store, recloser } = await fleet("first", {}, own);
      await own.kill();
      await fail(recloser, "openai", 4);
      await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("local"), SOON);
      await own.restart();
      await vi.waitFor(async () => {
        const { events } = await store.history.events(namespace, { withinMs: null, most: 100 });
        expect(events.map(({ event }) => event)).toContainEqual(
          expect.objectContaining({ type: "transition", to: "open", scope: "local" }),
        );
      }, SOON);
    }, 60_000);

    it("keeps every name and every word as it was told", async () => {
      const { history } = await reader();
      const odd = 'a\0b\\0 "ü" \u{1f600} \ud800 {x}';
      const event = { type: "override", key: odd, action: "reset", by: odd, reason: odd, forMs: null } as const;
      const point = { key: "na\0me\\", ageMs: 0, calls: 1, failures: 1, rejected: 0 };
      await history.note(namespace, {
        replica: "re\0plica",
        report: null,
        events: [{ id: "1", ageMs: 5, event }],
        points: [point],
      });
      const { events } = await history.events(namespace, { withinMs: null, most: 10 });
      expect(events).toMatchObject([{ replica: "re\0plica", event }]);
      expect(await history.series(namespace, "na\0me\\", 1)).toMatchObject([{ calls: 1, failures: 1, rejected: 0 }]);
    });

    it("counts the windows of all replicas together", async () => {
      const rules = { failureRate: false, consecutiveFailures: false } as const;
      const first = await fleet("first", { defaults: rules });
      const second = await fleet("second", { defaults: rules });
      await fail(first.recloser, "openai", 2);
      await fail(second.recloser, "openai", 3);
      await vi.waitFor(
        async () =>
          expect(
            (await fleetWindows(first.store, namespace, new Map([["openai", 30_000]]))).get("openai"),
          ).toMatchObject({
            calls: 5,
            failures: 5,
            byKind: { overloaded: 5 },
          }),
        SOON,
      );
    });

    it("does not write down who only looks", async () => {
      const { recloser } = await fleet("looker");
      const looking = createRecloser({ store: withoutHistory(server.store()), namespace, replicaId: "dashboard" });
      onTestFinished(() => looking.close());
      await looking.ready();
      expect(historyOf(recloser)).toMatchObject({ namespace, replicaId: "looker" });
      expect(historyOf(looking)).toBeNull();
    });
  });
});

// Beside the record's, a replica has a circuit of its own, which may be faster than the store.
function isTrip(event: HistoryEvent): boolean {
  return event.type === "transition" && event.scope === "shared" && event.to === "open";
}

async function fail(recloser: Recloser, key: string, times: number): Promise<void> {
  for (let at = 0; at < times; at++)
    await recloser
      .breaker(key)
      .execute(() => Promise.reject(Object.assign(new Error("no"), { status: 503 })))
      .catch(() => {});
}
