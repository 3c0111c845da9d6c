/** A dashboard on a real port, over a recloser whose calls a test makes, and a browser's page on it. */
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { createRecloser, type Recloser, type RecloserOptions } from "recloser";
import { createDashboard, type Dashboard, type DashboardOptions } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import { onTestFinished } from "vitest";

const SCREENSHOTS = fileURLToPath(new URL("../../.cache/screenshots/", import.meta.url));

export interface DashboardRig {
  readonly recloser: Recloser;
  readonly dashboard: Dashboard;
  readonly url: string;
  /** Ends the server and all its connections, as a process that dies does. */
  readonly die: () => Promise<void>;
  /** Ends all its connections, as a proxy that restarts does. */
  readonly dropConnections: () => void;
}

/** Ended with the running test. */
export async function dashboardRig(
  options: Omit<DashboardOptions, "recloser"> = {},
  ofRecloser: RecloserOptions = {},
): Promise<DashboardRig> {
  const recloser = createRecloser(ofRecloser);
  const dashboard = createDashboard({ recloser, ...options });
  const server = createServer((request, response) => void nodeHandler(dashboard)(request, response));
  await listening(server);
  const die = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(async () => {
    await dashboard.close();
    await die();
    await recloser.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    recloser,
    dashboard,
    url: `http://127.0.0.1:${port}${options.basePath ?? ""}/`,
    die,
    dropConnections: () => server.closeAllConnections(),
  };
}

export function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

/** A new page, closed with the running test; what it complains of in its console, or asks of another origin, is collected. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare: (context: BrowserContext) => Promise<unknown> = async () => {},
  until = '[data-connection="live"]',
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(10_000);
  await prepare(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  await page.locator(until).waitFor();
  return { page, complaints };
}

/** Kept in .cache/screenshots, for whoever wants to see what the tests saw. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
}

/** Calls that fail or succeed, one after the other. */
export async function makeCalls(recloser: Recloser, key: string, outcomes: readonly ("ok" | "503")[]): Promise<void> {
  const breaker = recloser.breaker(key);
  for (const outcome of outcomes) {
    const call = (): Promise<string> =>
      outcome === "ok"
        ? Promise.resolve("ok")
        : Promise.reject(Object.assign(new Error("overloaded"), { status: 503 }));
    await breaker.execute(call).catch(() => {});
  }
}

export function times<T>(count: number, outcome: T): readonly T[] {
  return Array.from({ length: count }, () => outcome);
}
