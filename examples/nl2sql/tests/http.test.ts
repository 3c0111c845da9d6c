import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { outageRoutes } from "../src/demo/outage-routes.ts";
import { createApp, type Routes } from "../src/http/app.ts";
import { pageRoutes } from "../src/http/page.ts";
import { type Started, started } from "./simulated.ts";

async function listening({ agent }: Started, routes: Routes = {}): Promise<string> {
  const server = createApp(agent, routes).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(url: string, body: unknown, type = "application/json"): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(url, { method: "POST", headers: { "content-type": type }, body: text });
}

test("a question is answered by the simulated provider, a real client, the guard and the database", async () => {
  const application = await started();
  const response = await post(`${await listening(application)}/ask`, { question: "How many customers do we have?" });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    kind: "rows",
    columns: ["customers"],
    rows: [[2_000]],
    meta: { mode: "live", degraded: false, provider: "primary", simulated: true, explanation: "given" },
  });
  expect(application.primary.stats().byOutcome).toEqual({ success: 2 });
});

test("without a provider a question waits as a job, or is refused with when to come back", async () => {
  const application = await started();
  const url = await listening(application);
  for (const provider of [application.primary, application.standby])
    await provider.setFault({ kind: "status", status: 503 });
  const question = "Who reports to whom?";

  const queued = await post(`${url}/ask`, { question });
  expect(queued.status).toBe(202);
  const place = queued.headers.get("location") ?? "";
  expect(place).toMatch(/^\/jobs\/[\w-]+$/);
  expect(await queued.json()).toMatchObject({ kind: "queued", meta: { mode: "queued", degraded: true } });
  expect((await fetch(url + place)).status).toBe(202);

  const refused = await post(`${url}/ask`, { question, mayQueue: false });
  expect(refused.status).toBe(503);
  expect(refused.headers.get("content-type")).toBe("application/problem+json");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  const problem = (await refused.json()) as { detail: string };
  expect(problem).toMatchObject({ status: 503, kind: "unavailable", of: "provider", meta: { mode: "unavailable" } });
  expect(problem.detail).toMatch(
    /^The AI service is not answering\. Saved questions still work\. Next try in \d+ s\.$/,
  );
});

test.each([
  [400, {}, "question"],
  [400, { question: "  " }, "question"],
  [400, { question: "a".repeat(501) }, "question"],
  [400, { question: "a", maxWaitMs: 1 }, "maxWaitMs"],
  [400, { question: "a", sql: "drop table orders" }, "sql"],
  [400, "{", "JSON"],
  [413, { question: "a".repeat(20_000) }, "bytes"],
])("a wrong request is told %i, and which field is wrong: %j", async (status, body, word) => {
  const response = await post(`${await listening(await started())}/ask`, body);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { detail: string }).detail).toContain(word);
});

test("a form of another site is refused by its content type", async () => {
  const url = await listening(await started());
  expect((await post(`${url}/ask`, { question: "a" }, "text/plain")).status).toBe(415);
});

test("a question is confirmed, and then answered without a model", async () => {
  const application = await started();
  const url = await listening(application);
  const question = "Orders by channel";
  expect((await post(`${url}/feedback`, { question })).status).toBe(404);
  await post(`${url}/ask`, { question });
  expect((await post(`${url}/feedback`, { question })).status).toBe(200);
  const asked = application.primary.stats().requests;
  const again = await (await post(`${url}/ask`, { question: "please show me the ORDERS by channel!" })).json();
  expect(again).toMatchObject({ kind: "rows", meta: { mode: "cached-sql", degraded: false, verified: true } });
  expect(application.primary.stats().requests).toBe(asked);
});

test("the page lets no foreign script in, and nothing is served that is not named", async () => {
  const url = await listening(await started(), await pageRoutes());
  const page = await fetch(`${url}/`);
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*\bsrc="\/page\.js")|\son\w+=|style="/);
  for (const path of ["/page.js", "/page.css"]) expect((await fetch(url + path)).status).toBe(200);
  for (const path of ["/package.json", "/../package.json", "/%2e%2e/package.json", "/jobs/none", "/ask"])
    expect((await fetch(url + path)).status, path).toBe(404);
  expect((await fetch(`${url}//`)).status).toBe(400);
});

test("there is no outage switch where the providers are real", async () => {
  const application = await started();
  const routes = outageRoutes({ recloser: application.recloser, stack: null, parts: {}, dashboard: null });
  const url = await listening(application, routes);
  expect((await post(`${url}/outage`, { provider: "primary", fault: "hangs" })).status).toBe(404);
  expect(await (await fetch(`${url}/state`)).json()).toMatchObject({ providers: [] });
});
