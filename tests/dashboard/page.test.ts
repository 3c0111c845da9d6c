import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeFaults } from "../support/axe-faults.ts";
import { dashboardRig, makeCalls, openPage, screenshot, times } from "../support/dashboard-rig.ts";
import { hasBrowser, startBrowser } from "../support/servers/chromium.ts";

const TRIPS_SOON = { failureRate: 0.5, minimumCalls: 10, cooldown: { initial: "20s", jitter: 0 } } as const;
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

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
    await shows(page, "openai:gpt-5", "closed");
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
    await shows(page, "openai:gpt-5", "open");
    const shownMs = Number(await page.evaluate(() => document.documentElement.dataset["shownMs"]));
    expect(shownMs - trippedMs).toBeLessThan(1_000);
    expect(await rowOf(page, "openai:gpt-5").textContent()).toMatch(
      /calls failed in 30 s: \d+ overloaded.*probe in \d+ s/,
    );
    expect(await page.getByRole("status").textContent()).toContain("openai:gpt-5 opened: 12 of 24 calls failed");
    expect(complaints).toEqual([]);
  });

  it("counts down by the server's clock, on a machine whose own is an hour off", async () => {
    const { recloser, url } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", times(10, "503" as const));
    const { page } = await openPage(browser, url, {}, (context) =>
      context.addInitScript(() => {
        const real = Date.now;
        Date.now = () => real() + 3_600_000;
      }),
    );
    const countdown = rowOf(page, "openai").locator(".countdown");
    const shown = Number((await countdown.textContent())?.replace(" s", ""));
    const leftS = ((recloser.breaker("openai").snapshot().openUntilMs as number) - Date.now()) / 1_000;
    expect(shown).toBeGreaterThan(leftS - 1);
    expect(shown).toBeLessThan(leftS + 3);
  });

  it("holds with a reason and an end, says who, keeps it in the events, and ends it", async () => {
    const { recloser, url } = await dashboardRig({ allowActions: true }, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", times(30, "ok" as const));
    const { page, complaints } = await openPage(browser, url);
    await page.getByRole("button", { name: /^openai,/ }).click();
    await page.getByRole("button", { name: "Hold open" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.textContent()).toMatch(/About [\d.]+ calls a second will be rejected, in every replica/);
    await dialog.getByLabel("Your name").fill("ada");
    await dialog.getByLabel("Reason").fill(`maintenance ${HOSTILE}`);
    await dialog.getByLabel("For").selectOption("5 minutes");
    await screenshot(page, "hold");
    await dialog.getByRole("button", { name: "Hold open" }).click();
    await shows(page, "openai", "held");
    const { override } = recloser.breaker("openai").snapshot();
    expect(override).toMatchObject({ mode: "force-open", by: "ada", reason: `maintenance ${HOSTILE}` });
    expect((override?.untilMs ?? 0) - (override?.sinceMs ?? 0)).toBeCloseTo(300_000, -2);
    expect(await page.locator(".below .events").textContent()).toContain("held open by ada: maintenance <img");
    expect(await rowOf(page, "openai").textContent()).toMatch(/held open.*by ada.*ends in (4|5) min/);
    const audit = (await (await fetch(`${url}api/v1/audit`)).json()) as { events: object[] };
    expect(audit.events).toMatchObject([{ action: "force-open", by: "ada", reason: `maintenance ${HOSTILE}` }]);
    await page.getByRole("button", { name: "End hold" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End hold" }).click();
    await shows(page, "openai", "closed");
    expect(recloser.breaker("openai").snapshot().override).toBeNull();
    expect(complaints).toEqual([]);
  });

  it("tells whoever acts on what has changed meanwhile, and does nothing", async () => {
    const { recloser, url } = await dashboardRig({ allowActions: true }, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", ["ok"]);
    const { page } = await openPage(browser, url);
    await page.getByRole("button", { name: /^openai,/ }).click();
    await page.getByRole("button", { name: "Hold closed" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your name").fill("ada");
    await dialog.getByLabel("Reason").fill("it is us");
    await recloser.breaker("openai").forceOpen({ by: "grace", reason: "it is them" });
    await dialog.getByRole("button", { name: "Hold closed" }).click();
    expect(await dialog.getByRole("alert").textContent()).toContain("It has changed since you looked");
    expect(recloser.breaker("openai").snapshot().override).toMatchObject({ by: "grace" });
  });

  it("has no actions where it only shows", async () => {
    const { recloser, url } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", ["ok"]);
    const { page } = await openPage(browser, url);
    await page.getByRole("button", { name: /^openai,/ }).click();
    await page.getByRole("heading", { name: "openai" }).waitFor();
    expect(await page.getByRole("group", { name: "Actions" }).count()).toBe(0);
    const refused = await page.evaluate(async () => {
      const headers = { "content-type": "application/json", "recloser-csrf": "1", "if-match": "*" };
      const response = await fetch("api/v1/breakers/openai/reset", { method: "POST", headers, body: "{}" });
      return response.status;
    });
    expect(refused).toBe(405);
  });

  it("greys, and says for how long, when its server is gone, and never shows old green as live", async () => {
    const { recloser, url, die } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", ["ok"]);
    const { page } = await openPage(browser, url);
    await shows(page, "openai", "closed");
    await die();
    await page.locator('[data-connection="stale"]').waitFor();
    await page.getByText(/^stale for [2-9] s$/).waitFor();
    for (const part of ["main", ".sums"])
      expect(await page.locator(part).evaluate((shown) => getComputedStyle(shown).filter)).toBe("grayscale(1)");
    await screenshot(page, "stale");
  });

  it("takes up again where it was when the stream breaks and comes back", async () => {
    const { recloser, url, dropConnections } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, "openai", ["ok"]);
    const { page } = await openPage(browser, url);
    dropConnections();
    await page.locator('[data-connection="stale"]').waitFor();
    await makeCalls(recloser, "openai", times(12, "503" as const));
    await page.locator('[data-connection="live"]').waitFor();
    await shows(page, "openai", "open");
    expect(await page.locator(".below .events").textContent()).toContain("openai opened");
  });

  it("shows names and texts of others as text, whatever is in them", async () => {
    const { recloser, url } = await dashboardRig({}, { defaults: TRIPS_SOON });
    await makeCalls(recloser, HOSTILE, times(12, "503" as const));
    await makeCalls(recloser, `${"very-long-".repeat(18)}name`, times(3, "ok" as const));
    await recloser.breaker(`'"\u202e&amp;`).forceOpen({ by: HOSTILE, reason: HOSTILE });
    const { page, complaints } = await openPage(browser, url);
    expect(await page.locator(".rows .name").allTextContents()).toContain(HOSTILE);
    await page.locator(`[data-key^="<img"] .choose`).click();
    expect(await page.locator(".details h2").textContent()).toBe(HOSTILE);
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.title()).toBe("Recloser");
    await screenshot(page, "hostile");
    expect(complaints).toEqual([]);
  });

  it("can be used by the keyboard alone", async () => {
    const { recloser, url } = await dashboardRig({ allowActions: true }, { defaults: TRIPS_SOON });
    for (const key of ["alpha", "beta", "gamma"]) await makeCalls(recloser, key, ["ok"]);
    const { page } = await openPage(browser, url);
    await page.keyboard.press("/");
    await page.keyboard.type("a");
    await page.keyboard.press("Enter");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    expect(await page.locator(".details h2").textContent()).toBe("beta");
    await page.keyboard.press("Escape");
    expect(await page.locator(".details").count()).toBe(0);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Hold open" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("ada");
    await page.keyboard.press("Tab");
    await page.keyboard.type("by keys alone");
    await page.keyboard.press("Enter");
    await page.locator('[data-state="held"]').waitFor();
    const held = [...recloser.breakers()].filter((one) => one.snapshot().override !== null);
    expect(held.map((one) => one.snapshot().override?.reason)).toEqual(["by keys alone"]);
  });

  it("asks for a token where one is needed, says when it is wrong, and shows the breakers with the right one", async () => {
    const token = "a-token-of-sixteen";
    const { recloser, url } = await dashboardRig({ tokens: { viewer: token } });
    await makeCalls(recloser, "openai", ["ok"]);
    const { page } = await openPage(browser, url, {}, undefined, "h1");
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button").click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button").click();
    await shows(page, "openai", "closed");
    expect(await page.evaluate(() => Object.keys(localStorage).length)).toBe(0);
  });

  it("scrolls smoothly through two hundred breakers while they change", async () => {
    const { recloser, url } = await dashboardRig({}, { defaults: TRIPS_SOON });
    const keys = Array.from({ length: 200 }, (_, at) => `provider-${at % 7}:model-${at}`);
    for (const [at, key] of keys.entries())
      await makeCalls(recloser, key, at % 9 === 0 ? times(10, "503" as const) : at % 3 === 0 ? ["ok", "503"] : ["ok"]);
    const { page, complaints } = await openPage(browser, url);
    await page.waitForFunction(() => document.querySelectorAll(".rows .row").length === 200);
    const busy = setInterval(
      () => void makeCalls(recloser, keys[Math.floor(Math.random() * 200)] as string, ["503"]),
      5,
    );
    const frameMs = await medianFrameMs(page);
    clearInterval(busy);
    // What a frame takes on this machine at this moment, on a page of plain lines.
    const plain = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await plain.setContent(`<div>${"<p>a line of text</p>".repeat(400)}</div>`);
    const plainMs = await medianFrameMs(plain);
    await plain.close();
    expect(frameMs).toBeLessThan(3 * plainMs + 17);
    await page.evaluate(() => scrollTo(0, 0));
    await screenshot(page, "two-hundred");
    expect(complaints).toEqual([]);
  });

  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const)("has no fault that axe finds, nor a sideways scroll: %s, %i px wide", async (colorScheme, width) => {
    const { recloser, url } = await dashboardRig({ allowActions: true }, { defaults: TRIPS_SOON });
    await busyFleet(recloser);
    const { page } = await openPage(browser, url, { colorScheme, viewport: { width, height: 800 } });
    await shows(page, "anthropic:claude", "open");
    await screenshot(page, `list-${colorScheme}-${width}`);
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.locator('[data-key="anthropic:claude"] .choose').click();
    await page.locator(".details canvas").waitFor({ state: "attached" });
    await screenshot(page, `details-${colorScheme}-${width}`);
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Hold closed" }).click();
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it("is small, complete by itself, and allows nothing inline", async () => {
    const { url } = await dashboardRig();
    const response = await fetch(url);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const names = [...(await response.text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(
      ([, name]) => name as string,
    );
    expect(names.length).toBeGreaterThanOrEqual(3);
    let bytes = 0;
    for (const name of names) {
      const file = await fetch(url + name);
      expect(file.headers.get("cache-control")).toContain("immutable");
      const zipped = file.body?.pipeThrough(new CompressionStream("gzip"));
      bytes += (await new Response(zipped ?? null).arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThan(80_000);
  });
});

function rowOf(page: Page, key: string) {
  return page.locator(`.rows [data-key="${key}"]`);
}

async function shows(page: Page, key: string, state: string): Promise<void> {
  await page.locator(`.rows [data-key="${key}"][data-state="${state}"]`).waitFor({ state: "attached" });
}

/** While it scrolls from its head to its end. */
async function medianFrameMs(page: Page): Promise<number> {
  const frames = await page.evaluate(async () => {
    const frameMs: number[] = [];
    const end = document.documentElement.scrollHeight - innerHeight;
    let before = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (let at = 0; at < 60; at++) {
      scrollTo(0, (end * at) / 60);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frameMs.push(now - before);
      before = now;
    }
    return frameMs.toSorted((a, b) => a - b);
  });
  return frames[30] as number;
}

/** Some of everything there is to see. */
async function busyFleet(recloser: Parameters<typeof makeCalls>[0]): Promise<void> {
  await makeCalls(recloser, "openai:gpt-5", [...times(40, "ok" as const), ...times(4, "503" as const)]);
  await makeCalls(recloser, "anthropic:claude", [...times(9, "ok" as const), ...times(12, "503" as const)]);
  await makeCalls(recloser, "anthropic:claude", times(37, "503" as const));
  await makeCalls(recloser, "google:gemini", times(25, "ok" as const));
  await makeCalls(recloser, "search", ["ok"]);
  await recloser.breaker("groq:llama").forceOpen({ by: "ada", reason: "provider maintenance", for: "30m" });
  await recloser
    .breaker("mistral:large")
    .execute(() => Promise.reject(Object.assign(new Error(), { status: 429, headers: { "retry-after": "90" } })))
    .catch(() => {});
  recloser.breaker("postgres");
}
