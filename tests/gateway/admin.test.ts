import { createHash } from "node:crypto";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import type { AdminConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";
import type { GatewayOptions } from "@recloser/gateway";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const SIM = target("sim", "sim:", { provider: "sim", auth: { kind: "none" }, allowPrivate: false });

function start(admin: Partial<AdminConfig> = {}, options: GatewayOptions = {}): Promise<TestGateway> {
  const all = { host: "127.0.0.1", port: 0, readOnlyTokens: [], operatorTokens: [], allowedHosts: [], ...admin };
  return startGateway(gatewayConfig({ targets: [SIM], routes: [route("sim", ["sim"])], admin: all }), options);
}

const WITH_TOKENS = { readOnlyTokens: [sha256("look")], operatorTokens: [sha256("act")] };
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

type Sent = Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> };

function raw(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

describe("Health and readiness", () => {
  test("are told to whoever asks, by whatever name", async () => {
    await using gateway = await start(WITH_TOKENS);
    for (const path of ["/healthz", "/readyz"]) {
      expect((await sendRaw(gateway.adminUrl, raw(`GET ${path}`, { host: "10.1.2.3:8788" }))).status).toBe(200);
      expect((await sendRaw(gateway.adminUrl, raw(`POST ${path}`))).status).toBe(405);
    }
  });

  test("do not fail because a circuit is open", async () => {
    await using gateway = await start();
    await gateway.gateway.recloser.breaker("one").forceOpen({ by: "test", reason: "drill" });
    expect(await (await fetch(`${gateway.adminUrl}/readyz`)).json()).toEqual({ status: "ready" });
  });

  test("say that it is stopping while what is under way ends, and that it lives", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    const admin = { host: "127.0.0.1", port: 0, readOnlyTokens: [], operatorTokens: [], allowedHosts: [] };
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], admin }));
    const open = openRaw(
      gateway.url,
      post("/v1/chat/completions", { model: "m", messages: [{ role: "user", content: "hello" }] }),
    );
    await expect.poll(() => provider.requests.length).toBe(1);
    const closed = gateway.gateway.close();
    const ready = await fetch(`${gateway.adminUrl}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: "stopping" }]);
    expect((await fetch(`${gateway.adminUrl}/healthz`)).status).toBe(200);
    open.socket.destroy();
    await closed;
    await expect(fetch(`${gateway.adminUrl}/healthz`)).rejects.toThrow("fetch failed");
  });
});

describe("The door", () => {
  test.each<[string, Record<string, string>, number]>([
    ["by its own address", { host: "127.0.0.1:8788" }, 200],
    ["as localhost", { host: "LOCALHOST:1" }, 200],
    ["by a name that is allowed", { host: "gate.example" }, 200],
    ["by a name that is allowed, at a port", { host: "gate.example:8443" }, 200],
    ["by a name that was made to lead here", { host: "evil.example" }, 421],
    ["by an address that is not its own", { host: "10.0.0.1" }, 421],
    ["by no name", { host: "" }, 400],
    ["by two", { host: "localhost\r\nhost: evil.example" }, 400],
    ["by a name with a path in it", { host: "localhost/@evil" }, 400],
    ["from its own page", { origin: "http://localhost" }, 200],
    ["from its own page behind TLS", { host: "gate.example", origin: "https://gate.example" }, 200],
    ["from a foreign page", { origin: "https://evil.example" }, 403],
    ["from a page of another port", { origin: "http://localhost:3000" }, 403],
    ["from a page without an origin", { origin: "null" }, 403],
  ])("asked %s", async (_name, headers, status) => {
    await using gateway = await start({ allowedHosts: ["gate.example"] });
    const answer = await sendRaw(gateway.adminUrl, raw("GET /api/v1/breakers", headers));
    expect(answer.status).toBe(status);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test.each<[string, Record<string, string>, number, number]>([
    ["no token", {}, 401, 401],
    ["a wrong one", { authorization: "Bearer nobody" }, 401, 401],
    ["an empty one", { authorization: "Bearer " }, 401, 401],
    ["the hash of one", { authorization: `Bearer ${sha256("act")}` }, 401, 401],
    ["one that may look", { authorization: "Bearer look" }, 200, 403],
    ["an operator's", { authorization: "Bearer act" }, 200, 200],
    ["one as the password", { authorization: basic("ann", "act") }, 200, 200],
    ["one as the user", { authorization: basic("act", "") }, 401, 401],
  ])("with %s", async (_name, headers, looking, acting) => {
    await using gateway = await start(WITH_TOKENS);
    const send = (path: string, init: Sent = {}): Promise<Response> =>
      fetch(`${gateway.adminUrl}${path}`, { ...init, headers: { ...init.headers, ...headers } });
    const looked = await Promise.all(["/api/v1/breakers", "/metrics", "/sim", "/nothing"].map((path) => send(path)));
    expect(looked.map(({ status }) => status)).toEqual([looking, looking, looking, looking === 200 ? 404 : looking]);
    expect(looked[0]?.headers.has("www-authenticate")).toBe(looking === 401);
    const acted = await send("/sim/sim/reset", { method: "POST", headers: { "recloser-csrf": "1" } });
    expect(acted.status).toBe(acting);
  });

  test.each<[string, Record<string, string>, number]>([
    ["a form of another page", { "content-type": "application/x-www-form-urlencoded" }, 403],
    ["a foreign page's, from a browser without Origin", { "recloser-csrf": "1", "sec-fetch-site": "cross-site" }, 403],
    ["its own page", { "recloser-csrf": "1", "sec-fetch-site": "same-origin" }, 200],
  ])("a change by %s", async (_name, headers, status) => {
    await using gateway = await start();
    const init = { method: "POST", headers };
    expect((await fetch(`${gateway.adminUrl}/sim/sim/reset`, init)).status).toBe(status);
  });

  test("a preflight is refused, so that no browser sends our header for a foreign page", async () => {
    await using gateway = await start();
    const headers = { origin: "https://evil.example", "access-control-request-headers": "recloser-csrf" };
    const answer = await sendRaw(gateway.adminUrl, raw("OPTIONS /sim/sim/fault", headers));
    expect(answer.status).toBe(403);
    expect(answer.text.toLowerCase()).not.toContain("access-control-allow");
  });

  test.each(["//evil.example/x", "http://evil.example/api/v1/breakers", "/api/v1/breakers/../../x", "*"])(
    "the target %s leads nowhere",
    async (path) => {
      await using gateway = await start();
      expect((await sendRaw(gateway.adminUrl, raw(`GET ${path}`))).status).toBeOneOf([400, 404]);
    },
  );

  test("the keys of the data port open nothing, and its paths are not here", async () => {
    await using gateway = await start();
    expect((await sendRaw(gateway.adminUrl, post("/v1/chat/completions", {}))).status).toBe(421);
    expect((await sendRaw(gateway.adminUrl, raw("GET /v1/models"))).status).toBe(404);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  });
});

describe("Every answer", () => {
  test("forbids what a page could be made to do", async () => {
    const page = new Response("<html>", { headers: { "content-type": "text/html", "content-security-policy": "x" } });
    await using gateway = await start({}, { mount: () => () => page.clone() });
    for (const path of ["/healthz", "/metrics", "/sim", "/sim/none", "/"]) {
      const { headers } = await fetch(`${gateway.adminUrl}${path}`);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'.*script-src 'self'.*frame-ancestors/);
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-powered-by")).toBeNull();
    }
  });

  test("says which methods there are", async () => {
    await using gateway = await start();
    const headers = { "recloser-csrf": "1" };
    const asked = [
      ["DELETE", "/api/v1/breakers", "GET, HEAD"],
      ["POST", "/metrics", "GET, HEAD"],
      ["PUT", "/sim", "GET, HEAD"],
      ["GET", "/sim/sim/fault", "PUT"],
      ["GET", "/sim/sim/reset", "POST"],
      ["PATCH", "/sim/sim/fault", "PUT"],
    ] as const;
    for (const [method, path, allowed] of asked) {
      const answer = await fetch(`${gateway.adminUrl}${path}`, { method, headers });
      expect([path, answer.status, answer.headers.get("allow")]).toEqual([path, 405, allowed]);
      expect(await answer.json()).toMatchObject({ status: 405, code: "method_not_allowed" });
    }
  });

  test("to HEAD is that to GET without its body", async () => {
    await using gateway = await start();
    const answer = await sendRaw(gateway.adminUrl, raw("HEAD /api/v1/breakers", { connection: "close" }));
    expect([answer.status, answer.body]).toEqual([200, ""]);
  });

  test("to a body that is too large comes before it is read", async () => {
    await using gateway = await start();
    const head = { "recloser-csrf": "1", "content-length": "900000000" };
    expect((await sendRaw(gateway.adminUrl, raw("PUT /sim/sim/fault", head))).status).toBe(413);
  });
});

test("GET /api/v1/breakers shows the circuits, and no name of one breaks out of the JSON", async () => {
  await using gateway = await start();
  const { recloser } = gateway.gateway;
  recloser.breaker("</script><img src=x onerror=alert(1)>\u202e");
  await recloser.breaker("held").forceOpen({ by: "<b>ann</b>", reason: "drill & more\u2028" });
  const answer = await fetch(`${gateway.adminUrl}/api/v1/breakers`);
  const text = await answer.text();
  expect(text).not.toMatch(/[<>&\u2028\u202e]/);
  const { breakers, store } = JSON.parse(text) as { breakers: { name: string }[]; store: object };
  expect(breakers.map(({ name }) => name)).toEqual(["</script><img src=x onerror=alert(1)>\u202e", "held"]);
  expect(breakers[1]).toMatchObject({
    override: { mode: "force-open", by: "<b>ann</b>", reason: "drill & more\u2028" },
  });
  expect(store).toMatchObject({ mode: "local", lastError: null });
});

describe("The simulated provider", () => {
  const ask = post("/sim/v1/chat/completions", { model: "m", messages: [{ role: "user", content: "hello" }] });
  const headers = { "recloser-csrf": "1" };

  test("fails as it is told to, and is well again", async () => {
    await using gateway = await start();
    const fault = { kind: "status", status: 400 };
    const set = await fetch(`${gateway.adminUrl}/sim/sim/fault`, {
      method: "PUT",
      headers,
      body: JSON.stringify(fault),
    });
    expect(await set.json()).toMatchObject({ fault });
    expect((await sendRaw(gateway.url, ask)).status).toBe(400);
    const states = (await (await fetch(`${gateway.adminUrl}/sim`)).json()) as object;
    expect(states).toMatchObject({ sim: { fault, stats: { requests: 1 } } });
    await fetch(`${gateway.adminUrl}/sim/sim/reset`, { method: "POST", headers });
    expect((await sendRaw(gateway.url, ask)).status).toBe(200);
  });

  test.each([
    ["no fault of ours", '{"kind":"explode"}', "invalid_fault"],
    ["no JSON", "{", "invalid_body"],
    ["nothing", "", "invalid_body"],
  ])("does not take %s", async (_name, body, code) => {
    await using gateway = await start();
    const answer = await fetch(`${gateway.adminUrl}/sim/sim/fault`, { method: "PUT", headers, body });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code })]);
    expect(gateway.gateway.simulated.get("sim")?.fault).toBeNull();
  });
});

describe("What is mounted", () => {
  test("gets what is not the listener's own, with who asks, after the door", async () => {
    const seen: string[] = [];
    const mount: GatewayOptions["mount"] = (recloser) => async (request, access) => {
      const { pathname, search } = new URL(request.url);
      const said = await request.text();
      seen.push(`${request.method} ${pathname}${search} ${said} ${access.role} ${access.by ?? "nobody"}`);
      return Response.json([...recloser.breakers()].length);
    };
    await using gateway = await start(WITH_TOKENS, { mount });
    const send = (path: string, init: Sent = {}): Promise<Response> =>
      fetch(`${gateway.adminUrl}${path}`, {
        ...init,
        headers: { authorization: basic("ann", "act"), ...init.headers },
      });
    expect(await (await send("/")).json()).toBe(0);
    const body = '{"reason":"drill"}';
    await send("/api/v1/breakers/openai%2Feu%3Agpt/override?x=1", {
      method: "POST",
      headers: { "recloser-csrf": "1" },
      body,
    });
    await send("/api/v1/breakers/x/reset", { method: "POST", body });
    await send("/healthz");
    await send("/metrics");
    expect(seen).toEqual([
      "GET /  operator ann",
      'POST /api/v1/breakers/openai%2Feu%3Agpt/override?x=1 {"reason":"drill"} operator ann',
    ]);
  });

  test("may stream, learns that its reader has left, and does not keep the gateway from stopping", async () => {
    let left = 0;
    const mount: GatewayOptions["mount"] = () => (request) => {
      request.signal.addEventListener("abort", () => left++);
      const body = new ReadableStream({
        start: (stream) => stream.enqueue(new TextEncoder().encode("event: hello\n\n")),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const gateway = await start({}, { mount });
    const first = openRaw(gateway.adminUrl, raw("GET /stream"));
    await first.seen("event: hello");
    first.socket.destroy();
    await expect.poll(() => left).toBe(1);
    const second = openRaw(gateway.adminUrl, raw("GET /stream"));
    await second.seen("event: hello");
    await gateway.gateway.close();
    await second.closed;
    await expect.poll(() => left).toBe(2);
  });

  test("is not the listener's undoing where it throws", async () => {
    const mount: GatewayOptions["mount"] = () => () => {
      throw new Error("secret of a page");
    };
    await using gateway = await start({}, { mount });
    const answer = await fetch(`${gateway.adminUrl}/`);
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("secret")]);
    expect(gateway.defects).toEqual([expect.objectContaining({ message: "secret of a page" })]);
  });
});
