/** Nothing is held beyond its time: no provider's connection, no slot and no request, at whatever moment its caller's time ends. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recloser } from "recloser";
import { expect, onTestFinished, test } from "vitest";
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
  const limit = { "x-recloser-timeout-ms": "300" };
  const answer = await sendRaw(gateway.url, post(`/r/main${CHAT}`, { model: "m", stream: true }, limit));
  expect(answer).toMatchObject({ status: 503, headers: { "x-should-retry": "false" } });
  expect(answer.body).toContain("upstream_unreadable");
  await closed(failing.answers[0]);
  other.socket.destroy();
});
