/** Who may ask: clients by their keys, each its own routes; where nobody needs a key, nobody from elsewhere. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ClientConfig } from "../../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { plainServer } from "../../support/plain-server.ts";
import { post, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const client = (id: string, other: Partial<ClientConfig> = {}): ClientConfig => ({
  id,
  keySha256: sha256(`key-of-${id}`),
  routes: null,
  maxInFlight: null,
  mayBypass: false,
  priority: "interactive",
  ...other,
});

describe("Where others than this machine can ask", () => {
  test.each(["0.0.0.0", "::", "192.168.1.1", "gateway.example.com", ""])(
    "at %j, nobody may ask without a key",
    async (host) => {
      const config = gatewayConfig({ targets: [target("one", "http://a.test")], listen: { host, port: 0 } });
      await expect(startGateway(config)).rejects.toThrow(/clients: expected one at least/);
    },
  );

  test("no reload takes the keys away", async () => {
    const config = gatewayConfig({
      targets: [target("one", "http://a.test")],
      listen: { host: "0.0.0.0", port: 0 },
      clients: [client("team")],
    });
    await using gateway = await startGateway(config);
    await expect(gateway.gateway.reload({ ...config, clients: [] })).rejects.toThrow("clients");
    const none = { ...config, clients: [], listen: { host: "127.0.0.1", port: 0 } };
    await expect(gateway.gateway.reload(none)).rejects.toThrow("clients");
    const port = new URL(gateway.url).port;
    expect((await sendRaw(`http://127.0.0.1:${port}`, post(PATH, { model: "m" }))).status).toBe(401);
  });
});

describe("A key", () => {
  test.each<[string, Record<string, string>]>([
    ["of nothing", { authorization: "" }],
    ["of nothing but its scheme", { authorization: "Bearer " }],
    ["that is the hash of one", { authorization: `Bearer ${sha256("key-of-team")}` }],
    ["with something before it", { authorization: "Bearer xkey-of-team" }],
    ["with something after it", { authorization: "Bearer key-of-teamx" }],
    ["in another case", { authorization: "Bearer KEY-OF-TEAM" }],
    ["twice in one header", { authorization: "Bearer key-of-team, Bearer key-of-team" }],
    ["behind a wrong one", { "x-recloser-key": "wrong", authorization: "Bearer key-of-team" }],
    ["of thirty thousand bytes", { authorization: `Bearer ${"k".repeat(30_000)}` }],
    ["in a cookie", { cookie: "key=key-of-team" }],
  ])("%s is none", async (_name, headers) => {
    const server = await plainServer();
    const clients = [client("team"), client("nobody", { keySha256: sha256("") })];
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], clients }));
    expect((await sendRaw(gateway.url, post(PATH, { model: "m" }, headers))).status).toBe(401);
    expect(server.received).toEqual([]);
  });

  test("is asked for before a body is read", async () => {
    const server = await plainServer();
    const config = gatewayConfig({ targets: [target("one", server.url)], clients: [client("team")] });
    await using gateway = await startGateway(config);
    const head = `POST ${PATH} HTTP/1.1\r\nhost: g\r\ncontent-length: 30000000\r\n\r\n`;
    expect((await sendRaw(gateway.url, head)).status).toBe(401);
  });
});

describe("A client that may use some routes only", () => {
  test.each([
    ["one of them, by its model", PATH, "cheap-1", {}, 200],
    ["one of them, by its name", "/r/cheap/v1/chat/completions", "cheap-1", {}, 200],
    ["another one, by its model", PATH, "dear-1", {}, 403],
    ["another one, by its name", "/r/dear/v1/chat/completions", "dear-1", {}, 403],
    ["another one, by a header", PATH, "cheap-1", { "x-recloser-route": "dear" }, 403],
    [
      "another one, by a header behind a name",
      "/r/cheap/v1/chat/completions",
      "dear-1",
      { "x-recloser-route": "dear" },
      403,
    ],
    ["one of them for another model, by its name", "/r/cheap/v1/chat/completions", "dear-1", {}, 403],
    ["one of them for another model, by a header", PATH, "dear-1", { "x-recloser-route": "cheap" }, 403],
    ["one that is not there", "/r/none/v1/chat/completions", "cheap-1", {}, 404],
  ])("uses %s", async (_name, path, model, headers, status) => {
    const server = await plainServer();
    const routes = [route("cheap", ["one"], { models: ["cheap-*"] }), route("dear", ["one"], { models: ["dear-*"] })];
    const clients = [client("team", { routes: ["cheap"] })];
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], routes, clients }));
    const key = { authorization: "Bearer key-of-team" };
    expect((await sendRaw(gateway.url, post(path, { model }, { ...key, ...headers }))).status).toBe(status);
    expect(server.received).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe("Where nobody needs a key", () => {
  async function asked(
    headers: Readonly<Record<string, string>>,
    clients: readonly ClientConfig[] = [],
  ): Promise<number> {
    const server = await plainServer();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], clients }));
    const lines = Object.entries({ host: "localhost:8787", ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const { status } = await sendRaw(gateway.url, `GET /v1/models HTTP/1.1\r\n${lines.join("")}\r\n`);
    expect(server.received).toHaveLength(status === 200 ? 1 : 0);
    return status;
  }

  test.each<[string, Record<string, string>]>([
    ["a page from elsewhere", { origin: "https://evil.test" }],
    ["a page from elsewhere that looks like here", { origin: "http://localhost.evil.test" }],
    ["a page that hides where it is from", { origin: "null" }],
    ["no origin at all", { origin: "" }],
    ["a picture on a page from elsewhere", { "sec-fetch-site": "cross-site" }],
    ["a page of a neighbour", { "sec-fetch-site": "same-site" }],
    ["a name that leads here", { host: "evil.example.com" }],
    ["a name that leads here, with our port", { host: "evil.example.com:8787" }],
    ["a name that begins like ours", { host: "localhost.evil.com" }],
    ["a name that has an address in it", { host: "127.0.0.1.nip.io" }],
    ["a host that is none", { host: "a b" }],
    ["an empty host", { host: "" }],
  ])("%s is refused", async (_name, headers) => {
    expect([400, 403]).toContain(await asked(headers));
  });

  test.each<[string, Record<string, string>]>([
    ["an SDK", { host: "127.0.0.1:8787" }],
    ["an SDK by IPv6", { host: "[::1]:8787" }],
    ["a program in a container", { host: "host.docker.internal:8787" }],
    ["a service by its name", { host: "gateway:8787" }],
    ["a page from here", { origin: "http://localhost:3000" }],
    ["a page from here, by its address", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "cross-site" }],
    ["an application", { origin: "vscode-webview://a1b2" }],
    ["a browser's address line", { "sec-fetch-site": "none" }],
  ])("%s is answered", async (_name, headers) => {
    expect(await asked(headers)).toBe(200);
  });

  test("pages may ask where they have a key", async () => {
    const headers = { origin: "https://app.example.com", host: "llm.example.com", authorization: "Bearer key-of-team" };
    expect(await asked(headers, [client("team")])).toBe(200);
  });
});

test("A fault of the gateway's own is told to its operator, and to a caller no more than that there was one", async () => {
  const server = await plainServer();
  const routes = [route("main", ["one", "two"], { choice: "weighted" })];
  const targets = [target("one", server.url), target("two", server.url)];
  const defects: unknown[] = [];
  await using gateway = await startGateway(gatewayConfig({ targets, routes }), {
    random: () => {
      throw new Error("the-inner-secret");
    },
    onDefect: (error) => void defects.push(error),
  });
  const { status, text, body, headers } = await sendRaw(gateway.url, post(PATH, { model: "m" }));
  expect(status).toBe(500);
  expect(text).not.toMatch(/the-inner-secret|\.ts|\.js|\bat /);
  expect(body).toContain('"code":"internal_error"');
  expect(headers["x-recloser-request-id"]).toMatch(/^[\da-f]+-/);
  expect(String(defects[0])).toContain("the-inner-secret");
});
