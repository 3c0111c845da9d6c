/**
 * `@recloser/dashboard/node`: a dashboard for `node:http`, and for what takes its requests (Express, Fastify).
 *
 * @example
 * import { createServer } from "node:http";
 * import { createDashboard } from "@recloser/dashboard";
 * import { nodeHandler } from "@recloser/dashboard/node";
 *
 * createServer(nodeHandler(createDashboard({ recloser }))).listen(8788, "127.0.0.1");
 */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Dashboard } from "./dashboard.ts";

/** What is used of a request: below a mount Express has the whole path as `originalUrl`; a parser has read the body. */
export type NodeRequest = IncomingMessage & { readonly originalUrl?: string; readonly body?: unknown };

/** Answers a request of `node:http`. Never rejects: a connection that breaks is no failure of the server. */
export function nodeHandler(dashboard: Dashboard): (request: NodeRequest, response: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    try {
      const request = webRequest(incoming, gone.signal);
      const answer =
        request === null
          ? new Response(null, { status: 400 })
          : await dashboard(request, { remoteAddress: incoming.socket.remoteAddress });
      await send(answer, outgoing, gone.signal);
    } catch {
      outgoing.destroy();
    }
  };
}

/** @returns null for one that cannot be a web request */
function webRequest(incoming: NodeRequest, signal: AbortSignal): Request | null {
  const { method = "GET", headers } = incoming;
  const path = incoming.originalUrl ?? incoming.url ?? "/";
  const url = `http://${headers.host ?? "localhost"}${path}`;
  if (!path.startsWith("/") || !URL.canParse(url)) return null;
  const all = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(":")) all.set(name, Array.isArray(value) ? value.join(", ") : value);
  const init: RequestInit & { duplex?: "half" } = { method, headers: all, signal };
  if (method !== "GET" && method !== "HEAD" && incoming.body !== undefined) {
    init.body = typeof incoming.body === "string" ? incoming.body : JSON.stringify(incoming.body);
  } else if (method !== "GET" && method !== "HEAD") {
    // Node's own type of a stream and the web's are two, and one thing.
    init.body = Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>;
    init.duplex = "half";
  }
  return new Request(url, init);
}

async function send(answer: Response, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) return void outgoing.end();
  const reader = answer.body.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  // A stream's first byte may be long in coming; that it was accepted should not be.
  outgoing.flushHeaders();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    // What the reader does not take stays in the stream, which knows how far behind it is.
    if (!outgoing.write(value)) await once(outgoing, "drain", { signal });
  }
  outgoing.end();
}
