/**
 * Pictures of the live page for the README and the guide, of a real outage: `npm run screenshots` writes docs/images.
 *
 * Each is of the page as the demo serves it: callers for half a minute, 503, the trip, and what callers get then.
 */
import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { openHouse } from "../packages/cli/src/demo/playground/house.ts";
import { Playground } from "../packages/cli/src/demo/playground/playground.ts";
import { startBrowser } from "../tests/support/servers/chromium.ts";

const FOLDER = fileURLToPath(new URL("../docs/images/", import.meta.url));
const MOST_BYTES = 200_000;
const HEALTHY_MS = 22_000;
const OUTAGE_MS = 14_000;

mkdirSync(FOLDER, { recursive: true });
const playground = await Playground.open({ rps: 12, seed: 1 });
const house = await openHouse(playground, { page: null, gateway: null });
const browser = await startBrowser();
try {
  playground.begin();
  const light = await pageOn(browser, house.pageUrl, "light");
  await light.waitForTimeout(HEALTHY_MS);
  await light.getByLabel("503").check();
  await light.locator('.rows [data-state="open"]').waitFor();
  const dark = await pageOn(browser, house.pageUrl, "dark");
  await light.waitForTimeout(OUTAGE_MS);
  for (const [page, name] of [
    [light, "page-light"],
    [dark, "page-dark"],
  ] as const) {
    const path = `${FOLDER}${name}.png`;
    await page.screenshot({ path });
    const { size } = statSync(path);
    console.log(`docs/images/${name}.png  ${size} bytes`);
    if (size > MOST_BYTES) throw new Error(`${name}.png has more than ${MOST_BYTES} bytes`);
  }
} finally {
  await browser.close();
  await house[Symbol.asyncDispose]();
  await playground.close();
}

async function pageOn(from: Browser, url: string, colorScheme: "light" | "dark"): Promise<Page> {
  const context = await from.newContext({ viewport: { width: 1200, height: 816 }, colorScheme });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('[data-connection="live"]').waitFor();
  return page;
}
