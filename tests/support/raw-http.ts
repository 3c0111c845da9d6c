/** HTTP/1.1 by hand: requests as bytes, answers as they came. */
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** 0 where the connection closed without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly text: string;
}

/** Sends `text` as it is; resolves with what came when the other side closes, or the answer is complete. */
export function sendRaw(url: string, text: string | Uint8Array, { half = false } = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      resolve(parsed(Buffer.concat(chunks).toString("latin1")));
    };
    socket.on("connect", () => (half ? socket.end(text) : socket.write(text)));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks).toString("latin1"))) done();
    });
    socket.on("end", done);
    socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? done() : reject(error)));
  });
}

/** A connection on which a request was sent, and what has come on it so far. */
export interface OpenRequest {
  readonly socket: Socket;
  text(): string;
  /** Resolves when `part` has come. */
  seen(part: string): Promise<void>;
  closed: Promise<void>;
}

export function openRaw(url: string, text: string): OpenRequest {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: string[] = [];
  const waiting = new Set<(chunk: string) => void>();
  const got = (): string => chunks.join("");
  socket.on("connect", () => socket.write(text));
  socket.on("data", (bytes) => {
    const chunk = bytes.toString("latin1");
    chunks.push(chunk);
    for (const look of waiting) look(chunk);
  });
  socket.on("error", () => {});
  return {
    socket,
    text: got,
    seen: (part) =>
      new Promise((resolve) => {
        // Looked for in what is new, with as much before it as may hold the part's beginning: all of it is megabytes.
        let before = "";
        const look = (chunk: string): void => {
          const seen = before + chunk;
          before = seen.slice(-part.length);
          if (!seen.includes(part)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look(got());
      }),
    closed: new Promise((resolve) => socket.once("close", () => resolve())),
  };
}

export function post(path: string, body: object | string, headers: Readonly<Record<string, string>> = {}): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const lines = Object.entries({ "content-type": "application/json", ...headers }).map(([n, v]) => `${n}: ${v}\r\n`);
  const length = Buffer.byteLength(text);
  return `POST ${path} HTTP/1.1\r\nhost: gateway\r\ncontent-length: ${length}\r\n${lines.join("")}\r\n${text}`;
}

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length !== undefined) return text.length - end - 4 >= Number(length);
  return text.endsWith("0\r\n\r\n") && /transfer-encoding: chunked/i.test(text.slice(0, end));
}

function parsed(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, Math.max(0, end)).split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(":", 1)[0]?.toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const rest = text.slice(end + 4);
  const isChunked = headers["transfer-encoding"] === "chunked";
  return { status: Number(first.split(" ")[1] ?? 0), headers, body: isChunked ? unchunked(rest) : rest, text };
}

function unchunked(text: string): string {
  let body = "";
  for (let at = 0; at < text.length;) {
    const line = text.indexOf("\r\n", at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (line < 0 || !(size > 0)) break;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
  return body;
}
