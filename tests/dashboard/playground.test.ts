/** The page as `npm start` serves it, in a browser: an outage by a click. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type House, openHouse } from "../../packages/cli/src/demo/playground/house.ts";
import { Playground } from "../../packages/cli/src/demo/playground/playground.ts";
import { axeFaults } from "../support/axe-faults.ts";
import { dashboardRig, openPage, screenshot } from "../support/dashboard-rig.ts";
import { hasBrowser, startBrowser } from "../support/servers/chromium.ts";
import { stillDemonstration } from "../support/still-demonstration.ts";

// A row of failures fills sooner, and nobody waits for the default's five seconds.
const SOON = { cooldown: { initial: "1500ms", max: "1500ms", jitter: 0 } } as const;
const RPS = 30;

async function openPlayground(): Promise<House> {
  const playground = await Playground.open({ rps: RPS, seed: 1, defaults: SOON });
  onTestFinished(() => playground.close());
  const house = await openHouse(playground, { page: 0, gateway: 0 });
  onTestFinished(() => house[Symbol.asyncDispose]());
  playground.begin();
  return house;
}

describe.runIf(await hasBrowser())("the page of npm start", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it("lets a newcomer cause an outage by a click, see the breaker trip, heal it, and see it close", async () => {
    const { pageUrl, gatewayUrl } = await openPlayground();
    const { page, complaints } = await openPage(browser, pageUrl);
    await breakerShows(page, "closed");
    await page.getByLabel("503").check();
    await page.locator('.says[data-on="503"]').waitFor();
    await breakerShows(page, "open");
    for (const name of ["A", "B", "C", "gateway"]) await replicaShows(page, name, "open");
    expect(await page.locator('[data-arm="with"] [data-count="rejected"]:not(.none)').waitFor()).toBeUndefined();
    expect(await page.locator('[data-arm="without"] [data-count="rejected"]').count()).toBe(0);
    // A program of the newcomer's own is told the same by the gateway.
    const own = await fetch(`${gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-5", messages: [] }),
    });
    expect({ status: own.status, text: await own.text() }).toMatchObject({
      status: 503,
      text: expect.stringContaining("circuit_open"),
    });
    await page.getByLabel("A fallback where a call is not made").check();
    await page.locator('[data-arm="with"] [data-count="fallbacks"]:not(.none)').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await screenshot(page, "playground-open");
    await page.getByLabel("Healthy").check();
    await breakerShows(page, "closed");
    await page.locator('[data-arm="with"] [data-count="answered"]:not(.none)').waitFor();
    await page.locator(".rows .choose").click();
    await page.getByText(/calls rejected × [\d.]+ s, which a failed one took/).waitFor();
    expect(complaints).toEqual([]);
  });

  it("can be turned by the keyboard alone, and copies the lines for an SDK", async () => {
    const { pageUrl } = await openPlayground();
    const { page } = await openPage(browser, pageUrl, {}, (context) =>
      context.grantPermissions(["clipboard-read", "clipboard-write"]),
    );
    await page.getByLabel("Healthy").focus();
    await page.keyboard.press("ArrowRight");
    await page.locator('.says[data-on="503"]').waitFor();
    await page.getByRole("slider").focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(`${RPS + 1} a second`).waitFor();
    await page.getByRole("button", { name: "Anthropic" }).press("Enter");
    await page.getByRole("button", { name: "Copy" }).press("Enter");
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^export ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/anthropic\n/,
    );
  });

  it("has no fault that axe finds, nor a sideways scroll, in the dark and 360 px wide", async () => {
    const { pageUrl } = await openPlayground();
    const viewport = { width: 360, height: 900 };
    const { page } = await openPage(browser, pageUrl, { colorScheme: "dark", viewport });
    await page.getByLabel("503").check();
    await breakerShows(page, "open");
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
    await screenshot(page, "playground-dark-360");
  });

  it("shows the switches locked to whoever may only look, and none where nothing is demonstrated", async () => {
    const demo = stillDemonstration();
    const { url } = await dashboardRig({ demo });
    const { page } = await openPage(browser, url);
    expect(await page.getByLabel("503").isDisabled()).toBe(true);
    expect(await page.getByRole("slider").isDisabled()).toBe(true);
    const { url: plainUrl } = await dashboardRig();
    const { page: plain } = await openPage(browser, plainUrl);
    expect(await plain.getByRole("region", { name: "Demonstration" }).count()).toBe(0);
    expect(await plain.getByRole("heading", { name: "Replicas" }).count()).toBe(1);
  });
});

async function breakerShows(page: Page, state: string): Promise<void> {
  await page.locator(`.rows [data-key="simulated:large"][data-state="${state}"]`).waitFor({ state: "attached" });
}

async function replicaShows(page: Page, name: string, state: string): Promise<void> {
  await page.locator(`[data-replica="${name}"][data-state="${state}"]`).waitFor();
}
