/** The listener: as strict as Node's parser can be, and bounded in what one peer may hold. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Limits } from "../config/config.ts";
import { Turns } from "./turns.ts";

/** How long a peer is waited for, in milliseconds. */
export interface Patience {
  /** To its head, from the connection or from the last answer. */
  readonly headersMs: number;
  /** To the end of its request. */
  readonly requestMs: number;
  /** From an answer to the next request. */
  readonly keepAliveMs: number;
  /** How often it is looked at. */
  readonly everyMs: number;
}

const PATIENCE: Patience = { headersMs: 15_000, requestMs: 120_000, keepAliveMs: 75_000, everyMs: 5_000 };

export type Handler = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean) => void;

export function createListener(
  { headerBytes, connections }: Pick<Limits, "headerBytes" | "connections">,
  handler: Handler,
  { headersMs, requestMs, keepAliveMs, everyMs }: Patience = PATIENCE,
): Server {
  const turns = new Turns();
  const take = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void =>
    turns.take({ request, response, begin: () => handler(request, response, mustContinue) });
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      insecureHTTPParser: false,
      requireHostHeader: true,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: everyMs,
      noDelay: true,
    },
    (request, response) => take(request, response, false),
  );
  server.maxConnections = connections;
  server.maxHeadersCount = 0; // counted by ourselves: Node would leave out the rest without a word
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => take(request, response, true));
  server.on("clientError", (error, socket: Socket) => {
    if (turns.isAnswering(socket)) socket.destroy();
    else answerUnreadable(error, socket);
  });
  return server;
}

// What is no HTTP has no format either.
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}
