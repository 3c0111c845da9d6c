/** Nothing is held beyond its time: no provider's connection, no slot and no request, at whatever moment its caller's time ends. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recloser } from "recloser";
import { expect, onTestFinished, test } from "vitest";
import type { ClientSlots } from "../../packages/gateway/src/http/client-slots.ts";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../support/raw-http.ts";
import { startGateway } from "../support/running-gateway.ts";

const CHAT = "/v1/chat/completions";

interface Provider {
  readonly url: string;
  /** Its answers, in the order in which it was asked. */
  readonly answers: readonly ServerResponse[];
}

async function provider(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Provider> {
  const answers: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      answers.push(response);
      answer(response, request);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, answers };
}

// So long that what it says is known before its end, which never comes.
function refuseWithoutEnd(response: ServerResponse): void {
  response.writeHead(503, { "content-length": "200000", "retry-after": "1" });
  response.write("x".repeat(70_000));
}

const closed = (response: ServerResponse | undefined): Promise<void> =>
  new Promise((resolve) => void (response?.destroyed === true ? resolve() : response?.once("close", resolve)));

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

const pause = (recloser: Recloser): Promise<void> =>
  new Promise((resolve) => {
    const listener = recloser.on("retry", () => {
      listener[Symbol.dispose]();
      resolve();
    });
  });

test("A refusal that is still coming is let go of when its caller leaves before the next try", async () => {
  const { url, answers } = await provider(refuseWithoutEnd);
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", url)] }));
  const isPausing = pause(gateway.gateway.recloser);
  const caller = openRaw(gateway.url, post(CHAT, { model: "m" }));
  await isPausing;
  caller.socket.destroy();
  await closed(answers[0]);
  expect(answers).toHaveLength(1);
});

test("No other try begins when the caller's time ends before it", async () => {
  const { url, answers } = await provider(refuseWithoutEnd);
  const config = gatewayConfig({ targets: [target("one", url)], timeouts: { totalMs: 700 } });
  await using gateway = await startGateway(config);
  expect(await sendRaw(gateway.url, post(CHAT, { model: "m" }))).toMatchObject({ status: 504 });
  await closed(answers[0]);
  expect(answers).toHaveLength(1);
});

test("A refusal that is still coming is not waited for when the caller's time ended while another target had no slot", async () => {
  const failing = await provider(refuseWithoutEnd);
  const busy = await provider(() => {});
  const targets = [target("failing", failing.url), target("busy", busy.url, { maxInFlight: 1 })];
  const routes = [route("main", ["failing", "busy"]), route("busy", ["busy"])];
  await using gateway = await startGateway(gatewayConfig({ targets, routes, retry: { perTarget: 0 } }));
  const other = openRaw(gateway.url, post(`/r/busy${CHAT}`, { model: "m" }));
  await expect.poll(() => busy.answers.length).toBe(1);
  const limit = { "x-recloser-timeout-ms": "1500" };
  const answer = await sendRaw(gateway.url, post(`/r/main${CHAT}`, { model: "m", stream: true }, limit));
  expect(answer).toMatchObject({ status: 503, headers: { "x-should-retry": "false" } });
  expect(answer.body).toContain("upstream_unreadable");
  await closed(failing.answers[0]);
  other.socket.destroy();
});

test("A gateway that stops answers one of the requests of a connection, and waits for none of those behind it", async () => {
  const { url, answers } = await provider(() => {});
  const gateway = await startGateway(gatewayConfig({ targets: [target("one", url)] }));
  const caller = openRaw(gateway.url, "GET /v1/models HTTP/1.1\r\nhost: gateway\r\n\r\n".repeat(3));
  await expect.poll(() => answers.length).toBe(1);
  const stopped = gateway.gateway.close();
  answers[0]?.writeHead(200, { "content-type": "application/json" }).end("{}");
  await caller.closed;
  await stopped;
  expect(caller.text().match(/HTTP\/1\.1 200/g)).toHaveLength(1);
  expect(gateway.gateway.inFlight).toBe(0);
});

test("A client's slot that another process has is given back when its caller left while it was waited for", async () => {
  const { url, answers } = await provider((response) => response.end("{}"));
  const [asked, lent, back] = [gate(), gate(), gate()];
  const slots: ClientSlots = {
    take: () => false,
    takeElsewhere: async () => {
      asked.open();
      await lent.opened;
      return true;
    },
    giveBack: () => back.open(),
  };
  const keySha256 = createHash("sha256").update("key-of-team").digest("hex");
  const team = {
    id: "team",
    keySha256,
    routes: null,
    maxInFlight: 1,
    mayBypass: false,
    priority: "interactive",
  } as const;
  const config = gatewayConfig({ targets: [target("one", url)], clients: [team] });
  await using gateway = await startGateway(config, { slotsOf: () => slots });
  const caller = openRaw(gateway.url, post(CHAT, { model: "m" }, { authorization: "Bearer key-of-team" }));
  await asked.opened;
  caller.socket.destroy();
  // Answered behind what the gateway hears of the caller.
  expect(await sendRaw(gateway.url, post(CHAT, { model: "m" }))).toMatchObject({ status: 401 });
  lent.open();
  await back.opened;
  await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  expect(answers).toHaveLength(0);
});

test.each([
  ["204", "GET", 204],
  ["304", "GET", 304],
  ["a HEAD", "HEAD", 200],
])("An answer to %s says no length of a body that it does not have", async (_, method, status) => {
  const { url } = await provider((response) => response.writeHead(status, { etag: "one" }).end());
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", url)] }));
  const once = `${method} /v1/models/one HTTP/1.1\r\nhost: gateway\r\n`;
  const caller = openRaw(gateway.url, `${once}\r\n${once}connection: close\r\n\r\n`);
  await caller.closed;
  expect(caller.text().match(/^HTTP\/1\.1 \d+/gm)).toEqual([`HTTP/1.1 ${status}`, `HTTP/1.1 ${status}`]);
  expect(caller.text()).not.toMatch(/content-length|transfer-encoding/i);
});

test("An answer that breaks off is reset for a caller who speaks HTTP/1.0, which ends bodies by closing", async () => {
  const { url, answers } = await provider((response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    response.write("x".repeat(300_000));
  });
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", url)] }));
  const caller = openRaw(gateway.url, "GET /v1/files/one/content HTTP/1.0\r\nhost: gateway\r\n\r\n");
  const ends: string[] = [];
  caller.socket.on("error", (error: NodeJS.ErrnoException) => void ends.push(error.code ?? ""));
  caller.socket.on("end", () => void ends.push("end"));
  await caller.seen("xxx");
  answers[0]?.destroy();
  await caller.closed;
  expect(ends).toEqual(["ECONNRESET"]);
});

const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

function streamForEver(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const more = (): void => {
    while (!response.destroyed && response.write(event("x".repeat(50_000))));
  };
  response.on("drain", more);
  more();
}

test("A caller who reads nothing holds no slot of the target's when its time is over", async () => {
  const { url, answers } = await provider((response) => {
    if (answers.length === 1) streamForEver(response);
    else response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const targets = [target("one", url, { maxInFlight: 1 })];
  await using gateway = await startGateway(gatewayConfig({ targets }));
  const limit = { "x-recloser-timeout-ms": "1000" };
  const caller = openRaw(gateway.url, post(CHAT, { model: "m", stream: true }, limit));
  await caller.seen("xxx");
  caller.socket.pause();
  await closed(answers[0]);
  expect(await sendRaw(gateway.url, "GET /v1/models HTTP/1.1\r\nhost: gateway\r\n\r\n")).toMatchObject({ status: 200 });
  caller.socket.destroy();
});

test("No sign of life of an answer that was held gets into the refusal that takes its place", async () => {
  const cut = await provider((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(event("x"), () => response.destroy());
  });
  const refusing = await provider((response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.write("x".repeat(70_000));
    // Two heartbeats and more.
    setTimeout(() => response.end(), 1_200);
  });
  const targets = [target("cut", cut.url), target("refusing", refusing.url)];
  const routes = [route("main", ["cut", "refusing"], { stream: "assured" })];
  const config = gatewayConfig({ targets, routes, retry: { perTarget: 0 } });
  await using gateway = await startGateway(config, { heartbeatMs: 500 });
  const answer = await sendRaw(gateway.url, post(CHAT, { model: "m", stream: true }));
  expect(answer).toMatchObject({ status: 400, body: "x".repeat(70_000) });
});
