/** That a caller has left is passed on by what happened, not by a clock: with every timer stopped, the provider knows. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { gatewayConfig, route, target } from "../support/gateway-config.ts";
import { openRaw, post } from "../support/raw-http.ts";
import { startGateway } from "../support/running-gateway.ts";

afterEach(() => void vi.useRealTimers());

interface Provider {
  readonly url: string;
  /** Resolves when it has the request. */
  readonly asked: Promise<void>;
  /** Resolves when its caller's connection has closed before its answer's end. */
  readonly left: Promise<boolean>;
}

async function provider(begin: (response: ServerResponse) => void): Promise<Provider> {
  const server: Server = createServer();
  const response = new Promise<ServerResponse>((resolve) => {
    server.once("request", (request, answer: ServerResponse) => {
      request.resume().once("end", () => {
        begin(answer);
        resolve(answer);
      });
    });
  });
  const left = response.then(
    (answer) => new Promise<boolean>((resolve) => answer.once("close", () => resolve(!answer.writableFinished))),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, asked: response.then(() => {}), left };
}

const CHUNK = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "one" } }] })}\n\n`;
const stream = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(CHUNK);
};

test.each([
  ["before anything came", "main", false, () => {}, null],
  ["before anything of a stream came", "main", true, () => {}, null],
  ["in the middle of a stream", "main", true, stream, "one"],
  ["while an assured stream is held", "assured", true, stream, null],
])("With every timer stopped, a caller who leaves takes the provider's connection along %s", async (...row) => {
  const [, name, streams, begin, awaited] = row;
  const { url, asked, left } = await provider(begin);
  const targets = [target("one", url)];
  const routes = [route("main", ["one"]), route("assured", ["one"], { stream: "assured" })];
  await using gateway = await startGateway(gatewayConfig({ targets, routes }));
  const caller = openRaw(gateway.url, post(`/r/${name}/v1/chat/completions`, { model: "m", stream: streams }));
  await asked;
  if (awaited !== null) await caller.seen(awaited);
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "setImmediate"] });
  caller.socket.destroy();
  expect(await left).toBe(true);
  vi.useRealTimers();
});
