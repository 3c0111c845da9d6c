/** The listener: as strict as Node's parser can be, and bounded in what one peer may hold. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Limits } from "../config/config.ts";

// How long a peer may take to send its head, and all of its request; how long a connection may wait for the next one.
const HEADERS_MS = 15_000;
const REQUEST_MS = 120_000;
const KEEP_ALIVE_MS = 75_000;
const MOST_HEADERS = 128;

export type Handler = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean) => void;

export function createListener(
  { headerBytes, connections }: Pick<Limits, "headerBytes" | "connections">,
  handler: Handler,
): Server {
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      insecureHTTPParser: false,
      requireHostHeader: true,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5_000,
      noDelay: true,
    },
    (request, response) => handler(request, response, false),
  );
  server.maxConnections = connections;
  server.maxHeadersCount = MOST_HEADERS;
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => handler(request, response, true));
  server.on("clientError", answerUnreadable);
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
