/** Providers whose connection itself is at fault: each ends within its limit, and the next target answers. */
import { simulatedProvider } from "recloser/testing";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { watchedCall } from "../support/faults/answered.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { every, rawServer } from "../support/raw-server.ts";
import { startGateway } from "../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
const limits = { timeouts: { headersMs: 400, firstTokenMs: 400, idleMs: 400, totalMs: 5_000 } };
const JSON_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const EVENTS = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (delta: object, finish: string | null = null): string =>
  chunk(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
const CONTENT = event({ content: "word " });

const FAULTS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ["never answers", () => {}],
  ["closes without a word", (socket) => socket.end()],
  ["resets", (socket) => socket.resetAndDestroy()],
  [
    "sends informational answers without end",
    (socket) => every(50, socket, () => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n")),
  ],
  ["sends its headers byte by byte", (socket) => drip(socket, JSON_HEAD.repeat(20))],
  ["sends headers that are too large", (socket) => socket.write(`${JSON_HEAD}x: ${"a".repeat(100_000)}\r\n\r\n{}`)],
  ["speaks no HTTP", (socket) => socket.write("SSH-2.0-OpenSSH\r\n")],
  ["says two lengths", (socket) => socket.write(`${JSON_HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`)],
  ["sends less than its content-length", (socket) => socket.end(`${JSON_HEAD}content-length: 99\r\n\r\n{"choices":[]`)],
  [
    "ends a chunked body early",
    (socket) => socket.end(`${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${chunk('{"choices":[')}`),
  ],
  [
    "closes in the middle of a body without a length",
    (socket) => socket.end(`${JSON_HEAD}connection: close\r\n\r\n{"choices":[`),
  ],
  ["sends headers, then nothing", (socket) => socket.write(`${JSON_HEAD}content-length: 99\r\n\r\n`)],
];

function drip(socket: Socket, text: string): void {
  let at = 0;
  every(20, socket, () => socket.write(text[at++] ?? "x"));
}

test.each(FAULTS)("A provider that %s is left, and the next one answers", async (name, act) => {
  const server = await rawServer(act);
  await using other = await simulatedProvider();
  const targets = [target("one", server.url), target("two", other.baseUrl)];
  await using gateway = await startGateway(gatewayConfig({ targets, ...limits }));
  const call = watchedCall(gateway, "one");
  const answer = await sendRaw(gateway.url, post(PATH, ask));
  call.record("provider", answer, name);
  expect([answer.status, answer.headers["x-recloser-target"]]).toEqual([200, "two"]);
  expect(gateway.defects).toEqual([]);
  await expect.poll(() => server.asked.every((socket) => socket.destroyed)).toBe(true);
});

describe("A stream", () => {
  test("of a byte now and then ends at the limit of the whole", async () => {
    const server = await rawServer((socket) => {
      socket.write(EVENTS + event({ content: "a" }));
      every(50, socket, () => socket.write("1\r\n:\r\n"));
    });
    const totals = { timeouts: { ...limits.timeouts, totalMs: 800 } };
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], ...totals }));
    const { text } = await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    expect(text).toContain('"code":"stream_interrupted"');
    await expect.poll(() => server.asked[0]?.destroyed).toBe(true);
  });

  test("without end ends at the limit of the whole", async () => {
    const server = await rawServer((socket) => {
      socket.write(EVENTS);
      every(1, socket, () => socket.write(CONTENT));
    });
    const totals = { timeouts: { ...limits.timeouts, totalMs: 800 } };
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], ...totals }));
    const { text } = await sendRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    expect(text).toContain('"code":"stream_interrupted"');
    await expect.poll(() => server.asked[0]?.destroyed).toBe(true);
  });

  test("of nothing but openings is passed on after some of them", async () => {
    const server = await rawServer((socket) => {
      socket.write(EVENTS);
      for (let i = 0; i < 70; i++) socket.write(event({ role: "assistant" }));
    });
    const targets = [target("one", server.url)];
    await using gateway = await startGateway(
      gatewayConfig({ targets, timeouts: { firstTokenMs: 20_000, idleMs: 20_000 } }),
    );
    const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen('"role":"assistant"');
    expect(open.text()).toMatch(/^HTTP\/1\.1 200 OK/);
    open.socket.destroy();
  });

  test("for a reader who does not read is held up, and costs little memory", async () => {
    const block = chunk(
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "w".repeat(60_000) } }] })}\n\n`,
    );
    let sent = 0;
    const server = await rawServer((socket) => {
      socket.write(EVENTS);
      const more = (): void => {
        while (!socket.destroyed && socket.write(block)) sent += block.length;
        socket.once("drain", more);
      };
      more();
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
    await open.seen("www");
    open.socket.pause();
    // It goes on until every buffer on the way is full: those of two connections in the kernel, and ours between.
    let before = -1;
    await expect.poll(() => before === (before = sent), { interval: 300, timeout: 10_000 }).toBe(true);
    const heldBytes = sent - open.text().length;
    expect(heldBytes).toBeLessThan(24_000_000);
    open.socket.destroy();
    await expect.poll(() => server.asked[0]?.destroyed).toBe(true);
  });
});

test("A reader who is slow for longer than a provider may be silent does not make the provider slow", async () => {
  const server = await rawServer((socket) => {
    socket.write(EVENTS);
    let left = 200;
    const more = (): void => {
      while (left > 0 && socket.write(event({ content: "w".repeat(60_000) }))) left--;
      if (left > 0) return void socket.once("drain", more);
      socket.write(`${event({}, "stop")}${chunk("data: [DONE]\n\n")}0\r\n\r\n`);
      left = -1;
    };
    more();
  });
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], ...limits }));
  const open = openRaw(gateway.url, post(PATH, { ...ask, stream: true }));
  await open.seen("www");
  open.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // twice and more the idle limit
  open.socket.resume();
  await open.seen("[DONE]");
  open.socket.destroy();
  const [breaker] = [...gateway.gateway.recloser.breakers()];
  expect(breaker?.snapshot().window).toMatchObject({ failures: 0 });
});

test("An answer in one piece may take longer than the headers of a stream", async () => {
  await using provider = await simulatedProvider({ latency: { answer: 700 } });
  const timeouts = { ...limits.timeouts, answerMs: 5_000 };
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], timeouts }));
  expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(200);
});
