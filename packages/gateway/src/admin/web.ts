/** Between node:http and the web's Request and Response, which pages are written against: they need no socket to be tested. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { BodyRoom, BodyShare, readBody } from "../http/body.ts";
import { Refusal } from "../http/refusal.ts";
import { ALWAYS } from "./answers.ts";

// A page sends a form's worth.
const MOST_BODY_BYTES = 262_144;
const MOST_URL_CHARS = 8_192;
const WITHOUT_BODY: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

/**
 * Where a request goes, as every page will read it.
 *
 * @param host as the request names it
 * @throws Refusal
 */
export function urlOf({ url = "" }: IncomingMessage, host: string): URL {
  const text = `http://${host}${url}`;
  if (url.startsWith("/") && url.length <= MOST_URL_CHARS && URL.canParse(text)) return new URL(text);
  throw new Refusal(400, "invalid_path", "the request's target is not a plain path");
}

/** Its signal aborts when nobody waits for the answer any more. @throws Refusal 413 */
export async function toRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<Request> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const headers = new Headers();
  for (const [name, value = ""] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  const { method = "GET" } = request;
  const body = WITHOUT_BODY.has(method)
    ? null
    : await readBody(request, MOST_BODY_BYTES, new BodyShare(new BodyRoom(MOST_BODY_BYTES)));
  return new Request(url, { method, headers, body: body === null ? null : new Uint8Array(body), signal: gone.signal });
}

/** Sends an answer as fast as it is read, and lets go of it when its reader leaves. */
export async function send(answer: Response, response: ServerResponse, withBody: boolean): Promise<void> {
  const headers: Record<string, string | string[]> = { "cache-control": "no-store" };
  for (const [name, value] of answer.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  response.writeHead(answer.status, { ...headers, ...ALWAYS });
  if (answer.body === null || !withBody) {
    response.end();
    await answer.body?.cancel();
    return;
  }
  // A stream of events may have nothing to say for a while.
  response.flushHeaders();
  // It rejects where the reader has left or the page broke off; either way the connection is closed by now.
  await pipeline(Readable.fromWeb(answer.body as NodeReadableStream), response).catch(() => {});
}
