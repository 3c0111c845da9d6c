/** Who may ask for what: names, origins, tokens, and the header that no form of another site can send. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Settings } from "../options.ts";
import type { Role } from "../views/wire.ts";
import { Problem } from "./problem.ts";

/** Sent with each write. A page of another site cannot add it without asking first, and is refused then. */
export const CSRF_HEADER = "recloser-csrf";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A name that points here from somewhere else would let any site read this one (DNS rebinding).
 *
 * @throws Problem 421
 */
export function checkHost(request: Request, url: URL, { hosts }: Settings): void {
  const named = request.headers.get("host") ?? url.host;
  for (const name of [withoutPort(named), url.hostname.toLowerCase()])
    if (!LOOPBACK.test(name) && !hosts.includes(name))
      throw new Problem(421, "unknown-host", "this dashboard is not to be asked for by this name; see hosts");
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

/** What is known of whoever asks besides the request. */
export interface Peer {
  /** As the socket has it. A name in a header can be anything; this cannot. */
  readonly remoteAddress?: string | undefined;
}

const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
const PROXIED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Without a token nobody but this machine is answered, whatever name is asked for and whoever passes it on.
 *
 * @throws Problem 403
 */
export function checkPeer(request: Request, { remoteAddress }: Peer, { tokens }: Settings): void {
  if (tokens.viewer !== null || tokens.operator !== null) return;
  const isFar = remoteAddress !== undefined && !LOOPBACK_ADDRESS.test(remoteAddress);
  if (isFar || PROXIED.some((name) => request.headers.has(name)))
    throw new Problem(403, "token-needed", "other machines are answered only where tokens are set");
}

/**
 * What whoever asks may do.
 *
 * @throws Problem 401
 */
export function roleOf(request: Request, { tokens, allowActions }: Settings): Role {
  const most: Role = allowActions ? "operator" : "viewer";
  if (tokens.viewer === null && tokens.operator === null) return most;
  const sent = /^bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  // Both, always: how long it takes must not tell which one is close.
  const isOperator = isSame(sent, tokens.operator);
  const isViewer = isSame(sent, tokens.viewer);
  if (isOperator) return most;
  if (isViewer) return "viewer";
  throw new Problem(401, "token-needed", "a token of this dashboard is needed", { "www-authenticate": "Bearer" });
}

function isSame(sent: string, token: string | null): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(token ?? "")) && token !== null;
}

/** @throws Problem 405, 403 or 415 */
export function checkWrite(request: Request, url: URL, role: Role, { allowActions }: Settings): void {
  if (!allowActions)
    throw new Problem(405, "read-only", "this dashboard is read-only; see allowActions", { allow: "GET, HEAD" });
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? url.host;
  if (origin !== null && hostOf(origin) !== host.toLowerCase())
    throw new Problem(403, "foreign-origin", "a page of another site asked for this");
  if (request.headers.get(CSRF_HEADER) === null)
    throw new Problem(403, "csrf-header-needed", `a write needs the header ${CSRF_HEADER}: 1`);
  if (role !== "operator") throw new Problem(403, "operator-needed", "this token may look, and not act");
  const type = request.headers.get("content-type");
  if (request.method === "POST" && !/^application\/json *(;|$)/i.test(type ?? ""))
    throw new Problem(415, "json-needed", "a write takes application/json");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
