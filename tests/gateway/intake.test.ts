/** Requests that could mean two things, are too large, or mean nothing: answered without a provider hearing of them. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { watchedCall } from "../support/faults/answered.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { plainServer, type PlainServer } from "../support/plain-server.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway, type TestGateway } from "../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [] };

async function rig(limits: Parameters<typeof gatewayConfig>[0]["limits"] = {}): Promise<{
  server: PlainServer;
  gateway: TestGateway;
}> {
  const server = await plainServer();
  return { server, gateway: await startGateway(gatewayConfig({ targets: [target("one", server.url)], limits })) };
}

async function expectRefused(raw: string | Uint8Array, status: number, code?: string): Promise<void> {
  const { server, gateway } = await rig();
  await using _closed = gateway;
  const call = watchedCall(gateway);
  const answer = await sendRaw(gateway.url, raw);
  call.record("client", answer);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(code === undefined ? "" : `"code":"${code}"`);
  expect(server.received).toEqual([]);
  expect(gateway.defects).toEqual([]);
  // The process serves on.
  expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
}

const head = (line: string, ...headers: string[]): string => `${[line, ...headers].join("\r\n")}\r\n\r\n`;

describe("A request line", () => {
  test.each([
    ["absolute form", "GET http://evil.test/v1/models HTTP/1.1"],
    ["//host", "GET //evil.test/v1/models HTTP/1.1"],
    ["dot segments", "GET /v1/../v1/models HTTP/1.1"],
    ["escaped dots", "GET /v1/%2e%2e/models HTTP/1.1"],
    ["an escaped slash", "GET /v1/a%2fb HTTP/1.1"],
    ["a backslash", "GET /v1/a\\b HTTP/1.1"],
  ])("with %s is refused", (_name, line) => expectRefused(head(line, "host: gateway"), 400));

  test("for a path that is nobody's is a 404", () =>
    expectRefused(head("GET /admin HTTP/1.1", "host: g"), 404, "unknown_path"));
  test.each(["TRACE", "OPTIONS"])("with %s is a 405", (method) =>
    expectRefused(head(`${method} /v1/models HTTP/1.1`, "host: g"), 405),
  );
  test("with CONNECT closes the connection", () => expectRefused(head("CONNECT evil.test:443 HTTP/1.1", "host: g"), 0));
});

describe("Headers", () => {
  test("without a Host are refused", () => expectRefused(head("GET /v1/models HTTP/1.1"), 400));
  test("with two Hosts are refused", () =>
    expectRefused(head("GET /v1/models HTTP/1.1", "host: a", "host: b"), 400, "invalid_host"));
  test("with both lengths are refused", () =>
    expectRefused(
      `${head(`POST ${PATH} HTTP/1.1`, "host: g", "content-length: 4", "transfer-encoding: chunked")}0\r\n\r\n`,
      400,
    ));
  test("that are too large are refused", () =>
    expectRefused(head("GET /v1/models HTTP/1.1", "host: g", `x-a: ${"a".repeat(40_000)}`), 431));
  test.each([
    ["x-recloser-timeout-ms", "0"],
    ["x-recloser-timeout-ms", "1e3"],
    ["x-recloser-stream", "fast"],
  ])("%s: %s is refused", (name, value) => expectRefused(post(PATH, ask, { [name]: value }), 400, "invalid_header"));
  test("that would go around the circuits are not everybody's", () =>
    expectRefused(post(PATH, ask, { "x-recloser-bypass": "I want to" }), 403, "bypass_not_allowed"));
});

describe("A body", () => {
  test.each([
    ["malformed JSON", '{"model":'],
    ["no JSON", "hello"],
    ["a list", "[]"],
    ["nothing", ""],
    ["JSON that nests too deep", `{"model":"m","x":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`],
  ])("of %s is refused", (_name, body) => expectRefused(post(PATH, body), 400, "invalid_body"));

  test("of invalid UTF-8 is refused", () => {
    const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const raw = head(
      `POST ${PATH} HTTP/1.1`,
      "host: g",
      "content-type: application/json",
      `content-length: ${body.length}`,
    );
    return expectRefused(Buffer.concat([Buffer.from(raw), body]), 400, "invalid_body");
  });

  test("with a model that is no name is refused", () =>
    expectRefused(post(PATH, { model: "a\u0000b" }), 400, "invalid_model"));
  test("that is encoded is refused", () =>
    expectRefused(post(PATH, ask, { "content-encoding": "gzip" }), 415, "encoded_body"));

  test("that says it is too large is refused before it has come", () =>
    expectRefused(head(`POST ${PATH} HTTP/1.1`, "host: g", "content-length: 33554433"), 413, "body_too_large"));

  test("that turns out to be too large is refused then", async () => {
    const { server, gateway } = await rig({ bodyBytes: 100_000 });
    await using _closed = gateway;
    const chunk = `${(60_000).toString(16)}\r\n${"a".repeat(60_000)}\r\n`;
    const raw = head(`POST ${PATH} HTTP/1.1`, "host: g", "transfer-encoding: chunked");
    const answer = await sendRaw(gateway.url, raw + chunk + chunk);
    expect([answer.status, answer.headers["connection"], server.received]).toEqual([413, "close", []]);
  });

  test("that is announced is asked for only where it will be taken", async () => {
    const { gateway, server } = await rig();
    await using _closed = gateway;
    const expects = [`POST ${PATH} HTTP/1.1`, "host: g", "expect: 100-continue", "content-type: application/json"];
    const large = await sendRaw(gateway.url, head(...(expects as [string]), "content-length: 40000000"));
    expect(large.status).toBe(413);
    const body = JSON.stringify(ask);
    const open = openRaw(gateway.url, head(...(expects as [string]), `content-length: ${body.length}`));
    await open.seen("100 Continue");
    expect(server.received).toEqual([]);
    open.socket.write(body);
    await open.seen("HTTP/1.1 200 OK");
    open.socket.destroy();
    expect(server.received).toHaveLength(1);
  });

  test("whose sender leaves half-way reaches nobody", async () => {
    const { gateway, server } = await rig();
    await using _closed = gateway;
    const open = openRaw(gateway.url, `${head(`POST ${PATH} HTTP/1.1`, "host: g", "content-length: 100")}{"mod`);
    await new Promise((resolve) => open.socket.once("ready", resolve));
    open.socket.end();
    await open.closed;
    await expect.poll(() => gateway.records.length).toBe(1);
    expect([server.received, gateway.defects]).toEqual([[], []]);
  });
});

test("What is no HTTP is told so, and more connections than allowed are not taken", async () => {
  const { gateway } = await rig({ connections: 2 });
  await using _closed = gateway;
  expect((await sendRaw(gateway.url, "hello\r\n\r\n")).status).toBe(400);
  const port = Number(new URL(gateway.url).port);
  const sockets = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  const third = connect(port, "127.0.0.1");
  third.on("error", () => {});
  await new Promise((resolve) => third.once("close", resolve));
  for (const socket of sockets) socket.destroy();
});
