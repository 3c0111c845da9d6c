/** Callers who leave, stall, read slowly or only hold a connection: nothing of theirs stays, and nobody else waits for them. */
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createListener } from "../../../packages/gateway/src/http/listener.ts";
import { gatewayConfig, type Given, route, target } from "../../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../../support/raw-http.ts";
import { every, type RawServer, rawServer } from "../../support/raw-server.ts";
import { startGateway, type TestGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "m", messages: [{ role: "user", content: "hello" }] };
const ASK = post(PATH, ask);
const STREAM = post(PATH, { ...ask, stream: true });
const EVENTS = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (content: string): string =>
  chunk(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);

/** A provider whose connection says when it is closed. */
async function watched(answer: (socket: Socket) => void): Promise<RawServer & { closed(): Promise<number> }> {
  const closings: Promise<number>[] = [];
  const server = await rawServer((socket) => {
    closings.push(new Promise((resolve) => socket.once("close", () => resolve(performance.now()))));
    answer(socket);
  });
  return { ...server, closed: () => closings[0] ?? Promise.reject(new Error("nobody has asked")) };
}

async function expectNothingLeft(gateway: TestGateway): Promise<void> {
  await expect.poll(() => gateway.gateway.inFlight, { timeout: 5_000 }).toBe(0);
  expect(gateway.defects).toEqual([]);
  const [breaker] = [...gateway.gateway.recloser.breakers()];
  // Who leaves says nothing of the provider.
  expect(breaker?.snapshot().window.failures ?? 0).toBe(0);
}

describe("A caller who leaves", () => {
  const stages: readonly (readonly [string, string, (socket: Socket) => void, Partial<Given>])[] = [
    ["before there is an answer", ASK, () => {}, {}],
    [
      "after the head of an answer",
      ASK,
      (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n"),
      {},
    ],
    [
      "in an answer in one piece",
      ASK,
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"ch'),
      {},
    ],
    ["before the first content of a stream", STREAM, (socket) => socket.write(EVENTS), {}],
    [
      "in a stream",
      STREAM,
      (socket) => (socket.write(EVENTS + event("a")), every(5, socket, () => socket.write(event("b")))),
      {},
    ],
    ["in a stream that is still", STREAM, (socket) => socket.write(EVENTS + event("a")), {}],
    ["in a refusal", ASK, (socket) => socket.write("HTTP/1.1 400 X\r\ncontent-length: 99999\r\n\r\nno"), {}],
    [
      "in an assured stream",
      STREAM,
      (socket) => (socket.write(EVENTS), every(5, socket, () => socket.write(event("b")))),
      { routes: [route("main", ["one"], { stream: "assured" })] },
    ],
  ];

  test.each(stages)("%s lets go of the provider within 50 ms", async (_name, request, answer, given) => {
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      const server = await watched(answer);
      await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], ...given }));
      const open = openRaw(gateway.url, request);
      await expect.poll(() => server.asked.length).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      const leftMs = performance.now();
      if (i % 2 === 0) open.socket.destroy();
      else open.socket.resetAndDestroy();
      waits.push((await server.closed()) - leftMs);
      await expectNothingLeft(gateway);
    }
    // The middle one: on a busy machine any single one may have had to wait for its turn.
    expect(waits.toSorted((a, b) => a - b)[2]).toBeLessThan(50);
  });

  test("while it waits for a circuit to close gives up its place", async () => {
    await using provider = await simulatedProvider();
    const routes = [route("main", ["one"], { onAllOpen: { kind: "queue", maxWaitMs: 60_000, size: 1 } })];
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)], routes }));
    const key = { provider: "one", model: "m", credential: "main" };
    await gateway.gateway.recloser.breaker(key).forceOpen({ by: "test", reason: "drill" });
    for (let i = 0; i < 3; i++) {
      const open = openRaw(gateway.url, ASK);
      await expect.poll(() => gateway.gateway.inFlight).toBe(1);
      open.socket.destroy();
      await expect.poll(() => gateway.gateway.inFlight).toBe(0);
    }
    expect(provider.requests).toEqual([]);
  });

  test("between two tries is not tried for again", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "status", status: 500 } });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const open = openRaw(gateway.url, ASK);
    await expect.poll(() => provider.requests.length).toBe(1);
    open.socket.destroy();
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
    expect(provider.requests.length).toBeLessThan(3);
  });

  test("in its own request reaches nobody", async () => {
    await using provider = await simulatedProvider();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    for (const part of ["POST", "POST /v1/chat", ASK.slice(0, 60), ASK.slice(0, -1)]) {
      const open = openRaw(gateway.url, part);
      await new Promise((resolve) => open.socket.once("ready", resolve));
      open.socket.resetAndDestroy();
    }
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
    expect([provider.requests, gateway.defects]).toEqual([[], []]);
  });

  test.each([ASK, STREAM])("by half, having said all, is gone", async (request) => {
    const server = await watched(
      (socket) => (socket.write(EVENTS + event("a")), every(5, socket, () => socket.write(event("b")))),
    );
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const open = openRaw(gateway.url, request);
    await expect.poll(() => server.asked.length).toBe(1);
    open.socket.end();
    await server.closed();
    await expectNothingLeft(gateway);
    open.socket.destroy();
  });
});

describe("Callers who read slowly", () => {
  test("take no more than a megabyte each, however much there is to read", async () => {
    const block = event("w".repeat(16_000));
    const server = await rawServer((socket) => {
      socket.write(EVENTS);
      const more = (): void => {
        while (!socket.destroyed && socket.write(block));
        socket.once("drain", more);
      };
      more();
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const READERS = 50;
    // What this process holds: the gateway, and the simple provider's own buffers, which are small.
    const heldMb = (): number => {
      const { heapUsed, external } = process.memoryUsage();
      return (heapUsed + external) / 2 ** 20;
    };
    const before = heldMb();
    const readers = Array.from({ length: READERS }, () => {
      const open = openRaw(gateway.url, STREAM);
      open.socket.once("data", () => open.socket.pause());
      return open;
    });
    await Promise.all(readers.map((open) => open.seen("www")));
    const seen: number[] = [];
    await expect.poll(() => seen.push(heldMb()) > 12, { interval: 200, timeout: 10_000 }).toBe(true);
    expect((Math.min(...seen.slice(-4)) - before) / READERS).toBeLessThan(1);
    for (const open of readers) open.socket.destroy();
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  });
});

describe("Connections that say nothing", () => {
  test("by the thousand keep nobody from an answer", async () => {
    await using provider = await simulatedProvider();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const { hostname, port } = new URL(gateway.url);
    const sockets: Socket[] = [];
    for (let i = 0; i < 2_000; i++) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      sockets.push(socket);
      if (i % 100 === 0) await new Promise((resolve) => socket.once("connect", resolve));
    }
    for (let i = 0; i < 20; i++) expect((await sendRaw(gateway.url, ASK)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test("are closed, as are those that say their head or their body a byte at a time", async () => {
    const { limits } = gatewayConfig({ targets: [] });
    const patience = { headersMs: 300, requestMs: 800, keepAliveMs: 300, everyMs: 50 };
    const begun: IncomingMessage[] = [];
    // The listener by itself: the gateway's patience is longer than a test's.
    const server = createListener(limits, (request) => void begun.push(request.resume()), patience);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const HEAD = `POST ${PATH} HTTP/1.1\r\nhost: g\r\n`;
    const silent = openRaw(url, "");
    const half = openRaw(url, HEAD);
    const slowHead = openRaw(url, HEAD);
    slowHead.socket.once("ready", () => every(20, slowHead.socket, () => slowHead.socket.write("x-a: b\r\n")));
    const slowBody = openRaw(url, `${HEAD}content-length: 999999\r\n\r\n`);
    slowBody.socket.once("ready", () => every(20, slowBody.socket, () => slowBody.socket.write("a")));
    await Promise.all([silent.closed, half.closed, slowHead.closed, slowBody.closed]);
    expect([half, slowHead, slowBody].map((open) => open.text().slice(9, 12))).toEqual(["408", "408", "408"]);
    await expect.poll(() => begun.map(({ destroyed }) => destroyed)).toEqual([true]);
  });
});

test("A gateway stops with every kind of caller on it", async () => {
  const server = await rawServer(
    (socket) => (socket.write(EVENTS + event("a")), every(5, socket, () => socket.write(event("b")))),
  );
  const gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)], drainMs: 200 }));
  const opens = [
    openRaw(gateway.url, ""),
    openRaw(gateway.url, "POST /v1"),
    openRaw(gateway.url, ASK.slice(0, -1)),
    openRaw(gateway.url, STREAM),
    openRaw(gateway.url, STREAM + STREAM),
    openRaw(gateway.url, STREAM),
  ];
  opens.at(-1)?.socket.pause();
  await expect.poll(() => server.asked.length).toBe(3);
  await gateway.gateway.close();
  opens.at(-1)?.socket.destroy();
  await Promise.all(opens.map(({ closed }) => closed));
  expect([gateway.defects, gateway.gateway.inFlight]).toEqual([[], 0]);
});
