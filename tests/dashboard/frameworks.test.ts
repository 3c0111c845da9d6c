/** The apps of examples/dashboard, on a real socket. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createDashboard, type Dashboard } from "@recloser/dashboard";
import { createRecloser, type Recloser } from "recloser";
import { describe, expect, onTestFinished, test } from "vitest";
import { createApp as expressApp } from "../../examples/dashboard/express.ts";
import { createApp as fastifyApp } from "../../examples/dashboard/fastify.ts";
import { createApp as honoApp } from "../../examples/dashboard/hono.ts";
import { createApp as nodeApp } from "../../examples/dashboard/node.ts";
import { listening } from "../support/dashboard-rig.ts";

const FRAMEWORKS: Readonly<Record<string, (dashboard: Dashboard) => Promise<RequestListener>>> = {
  hono: async (dashboard) => getRequestListener(honoApp(dashboard).fetch),
  express: async (dashboard) => expressApp(dashboard),
  fastify: async (dashboard) => {
    const app = fastifyApp(dashboard);
    await app.ready();
    return (request, response) => app.routing(request, response);
  },
  "node:http": async (dashboard) => nodeApp(dashboard).listeners("request")[0] as RequestListener,
};

async function serving(framework: string): Promise<{ readonly url: string; readonly recloser: Recloser }> {
  const recloser = createRecloser();
  recloser.breaker("a/b");
  const dashboard = createDashboard({ recloser, basePath: "/breakers", allowActions: true });
  const server = createServer(await FRAMEWORKS[framework]!(dashboard));
  await listening(server);
  onTestFinished(async () => {
    await dashboard.close();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, recloser };
}

describe.each(Object.keys(FRAMEWORKS))("%s", (framework) => {
  test("serves the page and its files below the path, beside the application", async () => {
    const { url } = await serving(framework);
    expect(await (await fetch(url)).text()).toBe("the application");
    const page = await fetch(`${url}/breakers`);
    expect(page.url).toBe(`${url}/breakers/`);
    const [, script] = /src="\.\/(assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
    const file = await fetch(`${page.url}${script}`);
    expect(file.headers.get("content-type")).toContain("text/javascript");
    expect((await fetch(`${url}/breakers/api/v1/nothing`)).headers.get("content-type")).toBe(
      "application/problem+json",
    );
  });

  test("acts, with a body that reaches the dashboard, on a name with a slash in it", async () => {
    const { url, recloser } = await serving(framework);
    const path = `${url}/breakers/api/v1/breakers/a%2Fb/override`;
    const headers = { "content-type": "application/json", "recloser-csrf": "1", "if-match": "*", origin: url };
    const body = JSON.stringify({ mode: "force-open", reason: "why", by: "ada" });
    expect((await fetch(path, { method: "POST", headers, body })).status).toBe(200);
    expect(recloser.breaker("a/b").state).toBe("open");
    const ended = await fetch(path, { method: "DELETE", headers, body: '{"by":"ada"}' });
    expect(ended.status).toBe(200);
    expect(recloser.breaker("a/b").state).toBe("closed");
    const foreign = await fetch(path, {
      method: "POST",
      headers: { ...headers, origin: "https://evil.example" },
      body,
    });
    expect(foreign.status).toBe(403);
  });

  test("streams as it happens, and lets a reader that leaves go", async () => {
    const { url, recloser } = await serving(framework);
    const stream = await fetch(`${url}/breakers/api/v1/stream`);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toContain("event: snapshot");
    await recloser.breaker("a/b").forceOpen({ by: "ada", reason: "why" });
    let text = "";
    while (!text.includes('"action":"force-open"')) text += await next();
    await reader.cancel();
    // More than may read at a time: they do not all stay.
    for (let at = 0; at < 110; at++) {
      const stop = new AbortController();
      const one = await fetch(`${url}/breakers/api/v1/stream`, { signal: stop.signal });
      expect(one.status).toBe(200);
      stop.abort();
    }
  });
});
