/** Providers that answer in every wrong way: each is answered for, ends within its limit, and harms neither process nor caller. */
import { gzipSync } from "node:zlib";
import type { Socket } from "node:net";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { watchedCall } from "../../support/faults/answered.ts";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { held } from "../../support/memory.ts";
import { plainServer, type PlainServer } from "../../support/plain-server.ts";
import { openRaw, post, sendRaw } from "../../support/raw-http.ts";
import { every, rawServer } from "../../support/raw-server.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "m", messages: [{ role: "user", content: "hello" }] };
const ASK = post(PATH, ask);
const STREAM = post(PATH, { ...ask, stream: true });
const LIMITS = { headersMs: 500, firstTokenMs: 500, idleMs: 500, totalMs: 3_000 };

const OK = "HTTP/1.1 200 OK\r\n";
const JSON_HEAD = `${OK}content-type: application/json\r\n`;
const EVENTS = `${OK}content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n`;
const GOOD = '{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (delta: object): string => chunk(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
const whole = (body: string, ...headers: string[]): string =>
  `${JSON_HEAD}${headers.map((one) => `${one}\r\n`).join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const FAULTS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["says another protocol", (socket) => socket.write("HTTP/2.0 200 OK\r\n\r\n")],
  ["says a version that is none", (socket) => socket.write("HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}")],
  ["has no status", (socket) => socket.write("HTTP/1.1 OK\r\n\r\n")],
  ["has a status of two digits", (socket) => socket.write("HTTP/1.1 20 OK\r\n\r\n")],
  ["has a status of four digits", (socket) => socket.write("HTTP/1.1 2000 OK\r\n\r\n")],
  ["has status 0", (socket) => socket.write("HTTP/1.1 000 X\r\ncontent-length: 2\r\n\r\n{}")],
  ["has status 99", (socket) => socket.write("HTTP/1.1 099 X\r\ncontent-length: 2\r\n\r\n{}")],
  [
    "changes the protocol",
    (socket) => socket.write("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
  ],
  [
    "says both lengths",
    (socket) => socket.write(`${JSON_HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
  ],
  ["says a negative length", (socket) => socket.write(`${JSON_HEAD}content-length: -2\r\n\r\n{}`)],
  ["says a length that is no number", (socket) => socket.write(`${JSON_HEAD}content-length: two\r\n\r\n{}`)],
  ["says two lengths", (socket) => socket.write(`${JSON_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
  ["says a coding that is none", (socket) => socket.end(`${JSON_HEAD}transfer-encoding: zip\r\n\r\nzzzz`)],
  ["folds a header", (socket) => socket.write(`${JSON_HEAD}x-a: b\r\n c: d\r\ncontent-length: 2\r\n\r\n{}`)],
  ["ends a line with LF", (socket) => socket.write("HTTP/1.1 200 OK\ncontent-length: 2\n\n{}")],
  ["has a NUL in a header", (socket) => socket.write(`${JSON_HEAD}x-a: b\0c\r\ncontent-length: 2\r\n\r\n{}`)],
  [
    "has a chunk without a size",
    (socket) => socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`),
  ],
  [
    "has a chunk that is too long",
    (socket) => socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}garbage\r\n`),
  ],
  [
    "has a chunk larger than 64 bits",
    (socket) => socket.write(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${"f".repeat(20)}\r\n`),
  ],
  ["sends more headers than it may", (socket) => socket.write(JSON_HEAD + "x-a: b\r\n".repeat(20_000))],
  [
    "sends a header without end",
    (socket) => (socket.write(`${JSON_HEAD}x: `), every(5, socket, () => socket.write("a".repeat(500)))),
  ],
  ["sends less than it says", (socket) => socket.end(`${JSON_HEAD}content-length: 99\r\n\r\n${GOOD.slice(0, 20)}`)],
  ["resets before its head", (socket) => socket.resetAndDestroy()],
  ["resets in its head", (socket) => (socket.write(JSON_HEAD), setTimeout(() => socket.resetAndDestroy(), 20))],
  [
    "resets in its body",
    (socket) => (
      socket.write(`${JSON_HEAD}content-length: 99\r\n\r\n{"ch`),
      setTimeout(() => socket.resetAndDestroy(), 20)
    ),
  ],
  [
    "sends HTML",
    (socket) => socket.write(`${OK}content-type: text/html\r\ncontent-length: 27\r\n\r\n<html>under repair</html>  `),
  ],
  ["sends HTML and calls it JSON", (socket) => socket.write(whole("<html>under repair</html>"))],
  [
    "sends an error as an answer",
    (socket) => socket.write(whole('{"error":{"type":"server_error","message":"no","code":500}}')),
  ],
  ["sends nothing as an answer", (socket) => socket.write(whole(""))],
  ["sends what is unpacked to anything", (socket) => socket.write(bomb())],
  ["sends what is packed twice", (socket) => socket.write(whole("zz", "content-encoding: gzip, gzip"))],
  ["sends what is packed in no known way", (socket) => socket.write(whole("zz", "content-encoding: \u0080x"))],
  [
    "never ends what it says of itself",
    (socket) => every(5, socket, () => socket.write("HTTP/1.1 102 Processing\r\n\r\n")),
  ],
  [
    "drips its body",
    (socket) => (
      socket.write(`${JSON_HEAD}content-length: 999999\r\n\r\n`),
      every(50, socket, () => socket.write(" "))
    ),
  ],
];

const SOUND = /^sends (?:HTML|an error as|nothing|what is unpacked)|is packed/;

function bomb(): Buffer {
  const packed = gzipSync(Buffer.alloc(50_000_000, " "));
  return Buffer.concat([
    Buffer.from(`${JSON_HEAD}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`),
    packed,
  ]);
}

test.each(FAULTS)("A provider that %s is left, and the next one answers", async (name, act) => {
  const server = await rawServer(act);
  await using other = await simulatedProvider();
  const targets = [target("one", server.url, { timeouts: { totalMs: 1_500 } }), target("two", other.baseUrl)];
  await using gateway = await startGateway(gatewayConfig({ targets, timeouts: { ...LIMITS, totalMs: 20_000 } }));
  const call = watchedCall(gateway, "one");
  const answer = await sendRaw(gateway.url, ASK);
  call.record("provider", answer, name);
  expect([answer.status, answer.headers["x-recloser-target"]]).toEqual([200, "two"]);
  expect(gateway.defects).toEqual([]);
  await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  // What was whole, however wrong, leaves its connection as it was.
  const isGone = (socket: Socket): boolean => socket.destroyed || SOUND.test(name);
  await expect.poll(() => server.asked.every(isGone)).toBe(true);
});

describe("Headers of an answer", () => {
  test.each([
    [
      "that every object has",
      ["__proto__: a", "constructor: b", "toString: c", "hasOwnProperty: d", "__proto__: e", "constructor: f"],
    ],
    ["that are not ASCII", ["x-note: h\u00e9llo", "x-face: \ud83d\ude00"]],
    ["that come many times", Array.from({ length: 100 }, (_, i) => `x-a: ${i}`)],
    ["of a type that comes twice", ["content-type: application/json"]],
    ["without a value", ["x-a:", "retry-after:", "set-cookie:"]],
    ["that are ours", ["x-recloser-target: evil", "x-recloser-request-id: evil", "connection: x-recloser-target"]],
    [
      "that say how to connect",
      ["keep-alive: timeout=0", "connection: keep-alive", "upgrade: h2c", "trailer: x", "te: x"],
    ],
    ["that are controls in Latin-1", ["x-a: \u0085\u009b"]],
  ])("%s do no harm", async (_name, headers) => {
    const server = await rawServer((socket) => void socket.write(whole(GOOD, ...headers)));
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], timeouts: LIMITS }));
    const answer = await sendRaw(gateway.url, ASK);
    expect([answer.status, answer.body]).toEqual([200, GOOD]);
    expect(answer.headers["x-recloser-target"]).toBe("one");
    expect(gateway.defects).toEqual([]);
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  });

  test("of a refusal do no harm either", async () => {
    const body = '{"error":{"message":"no","type":"invalid_request_error"}}';
    const head = `HTTP/1.1 400 X\r\nx-face: \ud83d\ude00\r\n__proto__: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const server = await rawServer((socket) => void socket.write(head));
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], timeouts: LIMITS }));
    expect(await sendRaw(gateway.url, ASK)).toMatchObject({ status: 400, body });
    expect(gateway.defects).toEqual([]);
  });
});

describe("What comes after an answer", () => {
  test("is not taken for the answer to the next request", async () => {
    const evil = whole('{"choices":[{"message":{"content":"not yours"},"finish_reason":"stop"}]}');
    const server = await rawServer((socket) => void socket.write(whole(GOOD) + evil));
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], timeouts: LIMITS }));
    for (let i = 0; i < 5; i++) expect((await sendRaw(gateway.url, ASK)).body).toBe(GOOD);
  });
});

describe("Retry-After", () => {
  test.each([
    "99999999999999999999",
    "1e9",
    "-5",
    "0",
    "soon",
    "",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "NaN",
    "1, 2",
  ])("%j holds a target for no longer than it can be meant", async (value) => {
    const server = await plainServer((response) => {
      response
        .writeHead(429, { "retry-after": value, "content-type": "application/json" })
        .end('{"error":{"message":"slow down"}}');
    });
    await using other = await simulatedProvider();
    const targets = [target("one", server.url), target("two", other.baseUrl)];
    await using gateway = await startGateway(gatewayConfig({ targets, timeouts: LIMITS }));
    for (let i = 0; i < 3; i++) expect((await sendRaw(gateway.url, ASK)).headers["x-recloser-target"]).toBe("two");
    const breaker = gateway.gateway.recloser.breaker({ provider: "one", model: "m", credential: "main" });
    for (const { untilMs } of breaker.snapshot().holds)
      expect(untilMs - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
    expect(gateway.defects).toEqual([]);
  });
});

describe("An answer without end", () => {
  // As fast as it is taken, for as long as it is taken.
  const flood = (socket: Socket, head: string, block: string): void => {
    socket.write(head);
    const more = (): void => {
      while (!socket.destroyed && socket.write(block));
      socket.once("drain", more);
    };
    more();
  };

  test.each([
    [
      "of JSON",
      `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${chunk('{"choices":[')}`,
      chunk("[0],".repeat(10_000)),
      ASK,
    ],
    [
      "of one text",
      `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${chunk('{"choices":"')}`,
      chunk("a".repeat(60_000)),
      ASK,
    ],
    ["of an error", `HTTP/1.1 400 X\r\ntransfer-encoding: chunked\r\n\r\n`, chunk("a".repeat(60_000)), ASK],
    ["of one event", EVENTS + chunk("data: "), chunk("a".repeat(60_000)), STREAM],
    ["of one line of a comment", EVENTS + chunk(": "), chunk("a".repeat(60_000)), STREAM],
    ["of events with content", EVENTS, event({ content: "a".repeat(50_000) }), STREAM],
    ["of events without content", EVENTS, event({ role: "assistant" }).repeat(200), STREAM],
    ["of empty lines", EVENTS, chunk("\n".repeat(60_000)), STREAM],
    ["of events that are no JSON", EVENTS, chunk(`data: ${"x".repeat(50_000)}\n\n`), STREAM],
    ["of an event of a million lists", EVENTS, chunk(`data: ${"[".repeat(1_000_000)}\n\n`), STREAM],
  ])("%s ends, and is held nowhere", async (_name, head, block, request) => {
    const server = await rawServer((socket) => flood(socket, head, block));
    const timeouts = { ...LIMITS, totalMs: 1_500 };
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], timeouts }));
    const before = (await held()).heapMb + process.memoryUsage().external / 2 ** 20;
    const { hostname, port } = new URL(gateway.url);
    // Thrown away as it comes: what is held is the gateway's.
    let most = 0;
    const open = openDiscarding(hostname, Number(port), request, () => {
      most = Math.max(most, process.memoryUsage().heapUsed + process.memoryUsage().external);
    });
    await open;
    await expect.poll(() => gateway.gateway.inFlight, { timeout: 15_000 }).toBe(0);
    await expect.poll(() => server.asked.every((socket) => socket.destroyed)).toBe(true);
    expect((await held()).heapMb + process.memoryUsage().external / 2 ** 20 - before).toBeLessThan(30);
    expect(most / 2 ** 20 - before, "at its most").toBeLessThan(400);
    expect(gateway.defects).toEqual([]);
  });
});

async function openDiscarding(hostname: string, port: number, request: string, look: () => void): Promise<void> {
  const open = openRaw(`http://${hostname}:${port}`, request.replace("\r\n", "\r\nconnection: close\r\n"));
  open.socket.removeAllListeners("data");
  let size = 0;
  open.socket.on("data", (bytes) => {
    size += bytes.length;
    if (size > 2 ** 20) {
      size = 0;
      look();
    }
  });
  await open.closed;
}

describe("An encoding that was not asked for", () => {
  const refused = (
    headers: Readonly<Record<string, string>>,
    body: string | Buffer,
    status = 200,
  ): Promise<PlainServer> =>
    plainServer(
      (response) => void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body),
    );

  test.each([
    ["is empty, and hides an error", { "content-encoding": "" }, '{"error":{"type":"server_error","message":"no"}}'],
    [
      "is identity, and hides an error",
      { "content-encoding": "identity, Identity" },
      '{"error":{"type":"server_error"}}',
    ],
    ["is a part of one that was", { "content-encoding": "zip" }, GOOD],
    ["is two, of which one was", { "content-encoding": "gzip, br" }, GOOD],
    ["is one that was refused", { "content-encoding": "deflate" }, GOOD],
  ])("%s: it is left", async (_name, headers, body) => {
    const [server, other] = [await refused(headers, body), await refused({}, GOOD)];
    const targets = [target("one", server.url), target("two", other.url)];
    await using gateway = await startGateway(gatewayConfig({ targets, timeouts: LIMITS }));
    const accepting = post(PATH, ask, { "accept-encoding": "gzip, deflate;q=0" });
    expect((await sendRaw(gateway.url, accepting)).headers["x-recloser-target"]).toBe("two");
  });

  test("in a refusal is said in words of ours, whose status is the provider's", async () => {
    const server = await refused({ "content-encoding": "gzip" }, gzipSync("x".repeat(50_000_000)), 400);
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], timeouts: LIMITS }));
    const answer = await sendRaw(gateway.url, ASK);
    expect([answer.status, answer.headers["content-encoding"]]).toEqual([400, undefined]);
    expect(answer.body).toContain('"code":"upstream_unreadable"');
  });
});
