/** The page in a real browser: somebody asks, breaks the providers, and watches the ladder. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import { createDashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPage, screenshot } from "../../../tests/support/dashboard-rig.ts";
import { hasBrowser, startBrowser } from "../../../tests/support/servers/chromium.ts";
import { startApplication } from "../src/application.ts";
import { openSqlite } from "../src/database/sqlite.ts";
import { outageRoutes } from "../src/demo/outage-routes.ts";
import { simulatedStack } from "../src/demo/simulated-stack.ts";
import { createApp } from "../src/http/app.ts";
import { pageRoutes } from "../src/http/page.ts";
import { memoryPairStore } from "../src/verified/memory-store.ts";
import { shopSnapshot } from "./simulated.ts";

/** As `npm run ask` starts it, with circuits that are looked at again sooner. Closed with the test. */
async function pageUrl(): Promise<string> {
  const stack = await simulatedStack();
  const application = await startApplication({
    database: await openSqlite(await shopSnapshot()),
    pairs: await memoryPairStore(),
    providers: stack.providers,
    recloser: { defaults: { cooldown: { initial: "300ms", max: "600ms" } } },
  });
  const { agent, recloser } = application;
  const dashboard = createDashboard({ recloser, basePath: "/dashboard" });
  const shown = outageRoutes({ recloser, stack, parts: { database: "sql.js" }, dashboard: "/dashboard/" });
  const app: Server = createApp(agent, { ...(await pageRoutes()), ...shown }, { "/dashboard": nodeHandler(dashboard) });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await dashboard.close();
    app.close();
    app.closeAllConnections();
    await application.close();
    await stack.close();
  });
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}/`;
}

async function ask(page: Page, question: string, mode: string | RegExp): Promise<void> {
  await page.getByLabel("Question", { exact: true }).fill(question);
  await page.keyboard.press("Enter");
  await newest(page, question, mode);
}

async function newest(page: Page, question: string, mode: string | RegExp): Promise<void> {
  const card = page.locator("article").first();
  await card.getByRole("heading", { name: question, exact: true }).waitFor();
  await card.locator(".mode", { hasText: mode }).waitFor();
}

async function both(page: Page, fault: string): Promise<void> {
  for (const name of ["primary", "standby"]) {
    await page.getByLabel(`Fault of ${name}`).selectOption(fault);
    await page.locator(`[data-provider="${name}"]${fault === "none" ? ":not(.ill)" : ".ill"}`).waitFor();
  }
}

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await loaded.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

// As long as a browser takes on a machine with much else to do.
describe.runIf(await hasBrowser())("the page", { timeout: 90_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test("goes down the ladder in an outage, step by step, and comes back by itself", async () => {
    const { page, complaints } = await openPage(browser, await pageUrl(), {}, undefined, "#outage:not([hidden])");
    const question = "Revenue by category";
    await ask(page, question, "live");
    await screenshot(page, "ask-live");
    await both(page, "answers 503");
    await ask(page, question, "cached-sql");
    await ask(page, "Top 3 cities", "template");
    await ask(page, "Who reports to whom?", "queued");
    await page.getByLabel("Wait in the queue").uncheck();
    await ask(page, "Who reports to whom? Please.", "unavailable");
    const last = page.locator("article").first();
    expect(await last.textContent()).toMatch(/The AI service is not answering.*Next try in \d+ s/);
    expect(await page.locator("#ladder [aria-current]").textContent()).toMatch(/^unavailable/);
    expect(await page.getByRole("status").textContent()).toMatch(/Please\.: unavailable, after \d+ ms/);
    await screenshot(page, "ask-outage");
    expect(await violationsOf(page)).toEqual([]);
    await both(page, "none");
    await newest(page, "Who reports to whom? Please.", "unavailable");
    // The one that has waited is answered without anybody's doing.
    await page
      .locator("article", { hasText: "Who reports to whom?" })
      .last()
      .locator(".mode", { hasText: "live" })
      .waitFor();
    // The browser itself writes down that a request was answered 503; nothing else is amiss.
    expect(complaints.filter((text) => !text.includes("503 (Service Unavailable)"))).toEqual([]);
  });

  test("is used with the keyboard alone, at 360 px, in the dark, and leads to the dashboard", async () => {
    const options = { viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;
    const { page, complaints } = await openPage(browser, await pageUrl(), options, undefined, "#outage:not([hidden])");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Revenue by category");
    await page.keyboard.press("Enter");
    await newest(page, "Revenue by category", "live");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await screenshot(page, "ask-360-dark");
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("link", { name: "Dashboard of all circuits" }).focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-connection="live"]').waitFor();
    await page
      .getByRole("button", { name: /^primary:simulated-primary/ })
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });
});
