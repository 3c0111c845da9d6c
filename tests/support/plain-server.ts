/** An HTTP server without any opinion, for what a guarded fetch must pass on unchanged. */
import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import "./unhandled-rejections.ts";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface PlainServer {
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** What arrived, in order. */
  readonly received: Received[];
}

type Answer = (response: ServerResponse, received: Received) => void;

/** Answers each request as told; 200 without a body by default. Closed when the test is over. */
export async function plainServer(answer: Answer = (response) => void response.end()): Promise<PlainServer> {
  const server = await startPlainServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** The same, closed by whoever started it. */
export async function startPlainServer(answer: Answer): Promise<PlainServer & { close(): void }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { method = "", url: path = "", headers } = request;
      const arrived = { method, path, headers, body: await buffer(request) };
      received.push(arrived);
      answer(response, arrived);
    })();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${host}`, host, received, close };
}
