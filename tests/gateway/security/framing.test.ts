/** Requests whose end, host or place two servers on the way could read differently: answered, and passed on to nobody. */
import { describe, expect, test } from "vitest";
import { watchedCall } from "../../support/faults/answered.ts";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { plainServer } from "../../support/plain-server.ts";
import { post, type RawAnswer, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const BODY = '{"model":"m"}';
const ASK = post(PATH, BODY);

const lines = (...all: string[]): string => `${all.join("\r\n")}\r\n\r\n`;
const posted = (...headers: string[]): string => lines(`POST ${PATH} HTTP/1.1`, "host: gateway", ...headers);
const got = (place: string, ...headers: string[]): string =>
  lines(`GET ${place} HTTP/1.1`, "host: gateway", ...headers);
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** What came back, and how many requests reached a provider. */
async function sent(raw: string | Uint8Array): Promise<RawAnswer & { readonly reached: number }> {
  const server = await plainServer();
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const call = watchedCall(gateway);
  const answer = await sendRaw(gateway.url, raw);
  call.record("client", answer);
  const reached = server.received.length;
  expect(gateway.defects).toEqual([]);
  expect((await sendRaw(gateway.url, ASK)).status, "the process serves on").toBe(200);
  await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  return { ...answer, reached };
}

describe("A length that could be read in two ways is refused:", () => {
  test.each([
    ["CL.TE", posted("content-length: 13", "transfer-encoding: chunked") + chunked(BODY)],
    ["TE.CL", posted("transfer-encoding: chunked", "content-length: 13") + chunked(BODY)],
    ["two lengths", posted("content-length: 13", "content-length: 12") + BODY],
    ["two equal lengths", posted("content-length: 13", "content-length: 13") + BODY],
    ["a list of lengths", posted("content-length: 13, 13") + BODY],
    ["a signed length", posted("content-length: +13") + BODY],
    ["a negative length", posted("content-length: -13") + BODY],
    ["a hexadecimal length", posted("content-length: 0xd") + BODY],
    ["a length that is too long for a number", posted(`content-length: ${"9".repeat(30)}`) + BODY],
    ["a space before the colon", posted("content-length : 13") + BODY],
    ["a coding in quotes", posted('transfer-encoding: "chunked"') + chunked(BODY)],
    ["an unknown coding", posted("transfer-encoding: xchunked") + chunked(BODY)],
    ["identity", posted("transfer-encoding: identity", "content-length: 13") + BODY],
    ["chunked, then another", posted("transfer-encoding: chunked, gzip") + chunked(BODY)],
    ["gzip, then chunked", posted("transfer-encoding: gzip, chunked") + chunked(BODY)],
    ["chunked twice", posted("transfer-encoding: chunked, chunked") + chunked(BODY)],
    ["two codings", posted("transfer-encoding: gzip", "transfer-encoding: chunked") + chunked(BODY)],
    ["a vertical tab", posted("transfer-encoding:\u000bchunked") + chunked(BODY)],
    ["chunked in HTTP/1.0", lines(`POST ${PATH} HTTP/1.0`, "host: g", "transfer-encoding: chunked") + chunked(BODY)],
  ])("%s", async (_name, raw) => {
    const { status, reached, headers } = await sent(raw);
    expect([[400, 501].includes(status), reached, headers["connection"]]).toEqual([true, 0, "close"]);
  });
});

describe("A line that could be read in two ways is refused:", () => {
  test.each([
    ["a folded header", posted("x-a: b", " c: d", "content-length: 13") + BODY],
    ["a bare LF after a header", `POST ${PATH} HTTP/1.1\r\nhost: g\nx-a: b\r\ncontent-length: 13\r\n\r\n${BODY}`],
    ["a bare CR in a header", posted("x-a: b\rcontent-length: 0", "content-length: 13") + BODY],
    ["a NUL in a header", posted("x-a: b\0c", "content-length: 13") + BODY],
    ["a header without a name", posted(": b", "content-length: 13") + BODY],
    ["a name with a space", posted("x a: b", "content-length: 13") + BODY],
    ["a bare LF after a chunk's size", `${posted("transfer-encoding: chunked")}d\n${BODY}\r\n0\r\n\r\n`],
    ["a bare LF after a chunk", `${posted("transfer-encoding: chunked")}d\r\n${BODY}\n0\r\n\r\n`],
    ["a chunk without a size", `${posted("transfer-encoding: chunked")}\r\n${BODY}\r\n0\r\n\r\n`],
    ["a chunk of a negative size", `${posted("transfer-encoding: chunked")}-1\r\n${BODY}\r\n0\r\n\r\n`],
    ["a chunk of a size in 0x", `${posted("transfer-encoding: chunked")}0xd\r\n${BODY}\r\n0\r\n\r\n`],
    ["a chunk larger than 64 bits", `${posted("transfer-encoding: chunked")}${"f".repeat(17)}\r\n${BODY}\r\n0\r\n\r\n`],
    [
      "extensions without end",
      `${posted("transfer-encoding: chunked")}d;${"a".repeat(100_000)}\r\n${BODY}\r\n0\r\n\r\n`,
    ],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["HTTP/0.9", `GET ${PATH}\r\n\r\n`],
    ["HTTP/1.2", lines(`GET ${PATH} HTTP/1.2`, "host: g")],
    ["TLS", Buffer.from("16030100f1010000ed0303", "hex")],
  ])("%s", async (_name, raw) => {
    const { status, reached } = await sent(raw);
    expect([status === 0 || (status >= 400 && status < 500) || status === 505, reached]).toEqual([true, 0]);
  });
});

test.each([
  ["a chunk's extension", `${posted("transfer-encoding: chunked")}d;a=b;c="d"\r\n${BODY}\r\n0\r\n\r\n`],
  ["trailers", `${posted("transfer-encoding: chunked")}d\r\n${BODY}\r\n0\r\nhost: evil\r\nx-api-key: k\r\n\r\n`],
  [
    "many small chunks",
    posted("transfer-encoding: chunked") +
      BODY.split("")
        .map((one) => `1\r\n${one}\r\n`)
        .join("") +
      "0\r\n\r\n",
  ],
])("%s is no harm, and stays behind", async (_name, raw) => {
  const server = await plainServer();
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  expect((await sendRaw(gateway.url, raw)).status).toBe(200);
  const [received] = server.received;
  expect([received?.body.toString(), received?.headers.host]).toEqual([BODY, new URL(server.url).host]);
  expect(received?.headers).toMatchObject({ "content-length": "13", authorization: "Bearer secret-of-one" });
  expect(received?.headers).not.toHaveProperty("transfer-encoding");
  expect(received?.headers).not.toHaveProperty("x-api-key");
});

describe("A host is one, and nothing of it chooses where a request goes:", () => {
  test.each([
    ["two of them", lines("GET /v1/models HTTP/1.1", "host: a", "host: b"), 400],
    ["two that are the same", lines("GET /v1/models HTTP/1.1", "host: a", "Host: a"), 400],
    [
      "the second behind many headers",
      got("/v1/models", ...Array.from({ length: 200 }, (_, i) => `x-${i}: a`), "host: b"),
      431,
    ],
    ["none", lines("GET /v1/models HTTP/1.1"), 400],
    ["none in HTTP/1.0", lines("GET /v1/models HTTP/1.0"), 400],
  ])("%s", async (_name, raw, status) => {
    expect(await sent(raw)).toMatchObject({ status, reached: 0 });
  });

  test("those who forward do not either", async () => {
    const evil = await plainServer();
    const headers = [
      `x-forwarded-host: ${evil.host}`,
      `forwarded: host=${evil.host}`,
      `x-recloser-target: ${evil.url}`,
      `x-portkey-custom-host: ${evil.url}`,
      `x-original-url: ${evil.url}`,
      `x-rewrite-url: /admin`,
      `x-http-method-override: DELETE`,
    ];
    expect((await sent(got("/v1/models", ...headers))).reached).toBe(1);
    expect(evil.received).toEqual([]);
  });
});

describe("A place that is not plainly here is refused:", () => {
  test.each([
    "http://evil.test/v1/models",
    "https://evil.test/v1/models",
    "HTTP://gateway/v1/models",
    "//evil.test/v1/models",
    "///evil.test/v1/models",
    "/\\evil.test/v1/models",
    "/v1/../admin",
    "/v1/./models",
    "/v1/..",
    "/v1/..;/admin",
    "/v1/..;x=y/admin",
    "/v1/.;/models",
    "/v1/%2e%2e/admin",
    "/v1/.%2e/admin",
    "/v1/%2E%2E%2Fadmin",
    "/v1/%252e%252e/admin",
    "/v1/a%2fb",
    "/v1/a%5cb",
    "/v1/a\\..\\b",
    "/v1/models%00",
    "/v1/models%0d%0ax-a:b",
    "/v1/models#x",
    "/v1/mod%",
    "/v1//models",
    "/r/main//evil.test/v1/models",
    "/openai/v1/..%2f..%2fadmin",
    "@evil.test/v1/models",
    "*",
    "evil.test:443",
    `/v1/${"a".repeat(10_000)}`,
  ])("%s", async (place) => {
    const { status, reached } = await sent(got(place));
    expect([status >= 400 && status < 500, reached]).toEqual([true, 0]);
  });

  test.each(["CONNECT", "TRACE", "TRACK", "OPTIONS", "PROPFIND", "PURGE", "get", "G\tET", "", "X".repeat(10_000)])(
    "the method %j",
    async (method) => {
      const { status, reached } = await sent(lines(`${method} /v1/models HTTP/1.1`, "host: gateway"));
      expect([[0, 400, 405, 431].includes(status), reached]).toEqual([true, 0]);
    },
  );
});

describe("What asks for another protocol gets HTTP/1.1:", () => {
  test.each([
    [
      "a web socket",
      ["connection: upgrade", "upgrade: websocket", "sec-websocket-key: a", "sec-websocket-version: 13"],
    ],
    [
      "HTTP/2 in clear text",
      ["connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__"],
    ],
  ])("%s", async (_name, headers) => {
    const server = await plainServer();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    expect((await sendRaw(gateway.url, got("/v1/models", ...headers))).status).toBe(200);
    for (const name of ["upgrade", "http2-settings", "sec-websocket-key"]) {
      expect(server.received[0]?.headers, name).not.toHaveProperty(name);
    }
  });

  test("an expectation that nobody knows is a 417", async () => {
    expect(await sent(posted("expect: 200-maybe", "content-length: 13") + BODY)).toMatchObject({
      status: 417,
      reached: 0,
    });
  });
});

describe("Headers beyond what they may be are refused:", () => {
  test.each([
    ["a large one", got("/v1/models", `x-a: ${"a".repeat(40_000)}`)],
    ["a long name", got("/v1/models", `${"a".repeat(40_000)}: b`)],
    ["many", got("/v1/models", ...Array.from({ length: 1_000 }, (_, i) => `x-${i}: a`))],
    ["many that are hardly anything", got("/v1/models", ...Array.from({ length: 5_000 }, () => "a:"))],
    ["trailers without end", `${posted("transfer-encoding: chunked")}0\r\n${"x-a: b\r\n".repeat(10_000)}\r\n`],
  ])("%s", async (_name, raw) => {
    const { status, reached } = await sent(raw);
    expect([[0, 400, 431].includes(status), reached]).toEqual([true, 0]);
  });
});
