/** A breaker's policy on its page, by a browser. */
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { changePolicy, policiesOf, type PolicyPlace } from "recloser/inspect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dashboardRig, makeCalls, openPage, screenshot, times } from "../support/dashboard-rig.ts";
import { hasBrowser, startBrowser } from "../support/servers/chromium.ts";

describe.runIf(await hasBrowser())("the page of a breaker", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it("lets it only observe, says what that means and where each value comes from, and lets it enforce again", async () => {
    const defaults = { failureRate: 0.5, minimumCalls: 10, cooldown: { initial: "60s", jitter: 0 } } as const;
    const { recloser, url } = await dashboardRig({ allowActions: true }, { defaults });
    const place = policiesOf(recloser) as PolicyPlace;
    const set = { type: "set", pattern: "open*", by: "ann", reason: "noisy since Monday" } as const;
    await changePolicy(place, { ...set, options: { minimumCalls: 12 } });
    await makeCalls(recloser, "openai", times(14, "503" as const));
    const { page, complaints } = await openPage(browser, url);
    const row = page.locator('[data-key="openai"]');
    await page.getByRole("button", { name: /^openai, open$/ }).click();
    const details = page.getByRole("region", { name: "Details of openai" });
    await details.getByText("set for the fleet as open* by ann: noisy since Monday").waitFor();
    expect(await details.locator(".policy").textContent()).toMatch(
      /minimumCalls12 set for.*failureRate0\.5 by the code|failureRate0\.5 by the code.*minimumCalls12 set for/,
    );
    await details.getByRole("button", { name: "With the defaults" }).click();
    expect(await details.locator(".policy").textContent()).toContain("window30s default");

    await details.getByRole("button", { name: "Only observe" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.textContent()).toContain("Calls are no longer rejected, in every replica");
    await dialog.getByLabel("Your name").fill("ada");
    await dialog.getByLabel("Reason").fill("trips too early");
    await screenshot(page, "observe-dialog");
    await dialog.getByRole("button", { name: "Only observe" }).click();
    await page.getByRole("button", { name: /^openai, open, observe$/ }).waitFor();
    expect(await row.locator(".tag").textContent()).toBe("observe");
    await details.getByText("only observed: no call is rejected").waitFor();
    await details.getByText("set for the fleet as openai by ada: trips too early, until").waitFor();
    expect(recloser.breaker("openai").snapshot()).toMatchObject({ mode: "observe", state: "open" });
    expect(await page.locator(".below .events").textContent()).toContain(
      "openai: mode set to observe by ada: trips too early",
    );
    await screenshot(page, "observe");
    await page.evaluate(axe.source);
    const found = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }).axe.run(),
    );
    expect(found.violations.map(({ id }) => id)).toEqual([]);

    await details.getByRole("button", { name: "Enforce again" }).click();
    expect(await dialog.textContent()).toContain("It is open: calls will be rejected again at once.");
    await dialog.getByRole("button", { name: "Enforce again" }).click();
    await page.getByRole("button", { name: /^openai, open$/ }).waitFor();
    expect(recloser.breaker("openai").snapshot().mode).toBe("enforce");
    expect(complaints).toEqual([]);
  });
});
