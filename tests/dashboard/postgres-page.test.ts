/** The page in a browser, on a fleet that shares PostgreSQL: what happened before it was opened, and what it says when nobody tells. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import type { Browser } from "playwright-core";
import { createRecloser, type Recloser } from "recloser";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { listening, makeCalls, openPage, screenshot, times } from "../support/dashboard-rig.ts";
import { HISTORY_KINDS, type HistoryServer } from "../support/history-stores.ts";
import { asked, migrated } from "../support/postgres-schema.ts";
import { hasBrowser, startBrowser } from "../support/servers/chromium.ts";

const SOON = { timeout: 20_000, interval: 50 };
const TRIPS = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "10m" } } as const;
const postgres = HISTORY_KINDS.find(({ kind }) => kind === "PostgreSQL");

describe.runIf(postgres?.canRun === true && (await hasBrowser()))("the page on a fleet that shares PostgreSQL", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  async function replica(server: HistoryServer, replicaId: string): Promise<Recloser> {
    const recloser = createRecloser({ store: server.store(), replicaId, defaults: TRIPS });
    onTestFinished(() => recloser.close());
    await recloser.ready();
    await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), SOON);
    return recloser;
  }

  async function outside(server: HistoryServer): Promise<string> {
    const dashboard = createDashboard({ store: server.store() });
    const handle = nodeHandler(dashboard);
    const http = createServer((request, response) => void handle(request, response));
    await listening(http);
    onTestFinished(async () => {
      await dashboard.close();
      http.closeAllConnections();
      http.close();
    });
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  }

  it("tells what led to it, of every replica; without a history, that it is not told, and what to do", async () => {
    const server = (await postgres?.start()) as HistoryServer;
    onTestFinished(() => server.close());
    const [first, second] = [await replica(server, "web-1"), await replica(server, "web-2")];
    await makeCalls(second, "anthropic:claude", times(6, "ok" as const));
    await makeCalls(first, "openai:gpt-5", times(4, "503" as const));
    await second.breaker("mistral:large").forceOpen({ by: "ada", reason: "maintenance", for: "30m" });
    const reader = server.store();
    onTestFinished(() => reader.close());
    await vi.waitFor(async () => {
      const { events } = await reader.history.events("recloser", { withinMs: null, most: 99 });
      expect(events.map(({ event }) => event.type)).toEqual(expect.arrayContaining(["transition", "override"]));
    }, SOON);
    const { page, complaints } = await openPage(browser, await outside(server));
    await page.locator('[data-key="openai:gpt-5"][data-state="open"]').waitFor();
    const text = async (): Promise<string> => (await page.locator("body").textContent()) ?? "";
    await vi.waitFor(async () => {
      for (const word of ["4 of 4 calls failed", "maintenance", "ada", "web-1", "web-2", "anthropic:claude"])
        expect(await text()).toContain(word);
    }, SOON);
    await screenshot(page, "postgres-fleet");
    await page.locator('[data-key="openai:gpt-5"]').first().click();
    await screenshot(page, "postgres-details");
    await page.keyboard.press("Escape");
    await asked(server.url, "drop function recloser.replicas, recloser.story, recloser.series, recloser.note");
    const warning = page.getByRole("alert");
    await warning.waitFor();
    expect(await warning.textContent()).toMatch(/does not tell what happened, since .*npx @recloser\/cli migrate/);
    await page.locator('[data-key="openai:gpt-5"][data-state="open"]').waitFor();
    await screenshot(page, "postgres-untold");
    await migrated(server.url);
    await warning.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });
});
