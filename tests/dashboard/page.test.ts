import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboardRig, makeCalls, openPage, screenshot, times } from "../support/dashboard-rig.ts";
import { hasBrowser, startBrowser } from "../support/servers/chromium.ts";

const TRIPS_SOON = { failureRate: 0.5, minimumCalls: 10, cooldown: { initial: "20s", jitter: 0 } } as const;

describe.runIf(await hasBrowser())("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it("shows that a breaker has tripped, and why, within a second and without a reload", async () => {
    const { recloser, url } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai:gpt-5", times(12, "ok" as const));
    const { page, complaints } = await openPage(browser, url);
    const row = page.locator('[data-key="openai:gpt-5"]');
    await row.and(page.locator('[data-state="closed"]')).waitFor();
    // The page itself notes when it shows the trip: the driver's own round trips are not counted.
    await page.evaluate(() => {
      const rows = document.querySelector(".rows") as HTMLElement;
      new MutationObserver(() => {
        if (document.querySelector('[data-state="open"]') !== null)
          document.documentElement.dataset["shownMs"] ??= String(Date.now());
      }).observe(rows, { subtree: true, attributes: true, childList: true });
    });
    let trippedMs = 0;
    recloser.on("transition", () => (trippedMs ||= Date.now()));
    await makeCalls(recloser, "openai:gpt-5", times(14, "503" as const));
    await row.and(page.locator('[data-state="open"]')).waitFor();
    const shownMs = Number(await page.evaluate(() => document.documentElement.dataset["shownMs"]));
    expect(shownMs - trippedMs).toBeLessThan(1_000);
    expect(await row.textContent()).toMatch(/calls failed in 30 s: \d+ overloaded.*probe in \d+ s/);
    await screenshot(page, "trip");
    expect(complaints).toEqual([]);
  });
});
