/**
 * Who comes in at the admin listener, and as what: decided before anything of a request is done. A page of another site that is
 * open in an operator's browser is the adversary: by its own name for this address (DNS rebinding: the Host), from its own
 * origin, or by a form (which cannot send a header of ours).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AdminConfig } from "../config/config.ts";
import { Refusal } from "../http/refusal.ts";

/** `operator`: may also change things. */
export type Role = "read-only" | "operator";

export interface Access {
  readonly role: Role;
  /** What a caller calls itself, the user of HTTP's Basic scheme; null: it does not say. Good for an audit, not for a decision. */
  readonly by: string | null;
}

/** A request that is not GET or HEAD carries it, with any value. */
export const CSRF_HEADER = "recloser-csrf";

const READING: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);
const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"] as const;

export class Door {
  readonly #tokens: readonly { readonly hash: Buffer; readonly role: Role }[];
  readonly #hosts: ReadonlySet<string>;

  constructor({ host, readOnlyTokens, operatorTokens, allowedHosts }: AdminConfig) {
    this.#hosts = new Set([...LOOPBACK_NAMES, bracketed(host), ...allowedHosts.map((name) => name.toLowerCase())]);
    this.#tokens = [
      ...readOnlyTokens.map((hash) => ({ hash: Buffer.from(hash, "hex"), role: "read-only" as const })),
      ...operatorTokens.map((hash) => ({ hash: Buffer.from(hash, "hex"), role: "operator" as const })),
    ];
  }

  /** @throws Refusal */
  admit(request: IncomingMessage): Access {
    const { headers, method } = request;
    const host = this.#host(request);
    if (headers.origin !== undefined && hostOf(headers.origin) !== host) {
      throw new Refusal(403, "foreign_origin", "pages of other origins are not answered");
    }
    const access = this.#access(headers.authorization);
    if (READING.has(method)) return access;
    // A browser that is too old to send Origin on everything says at least this.
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      throw new Refusal(403, "foreign_origin", "pages of other origins are not answered");
    }
    if ((headers[CSRF_HEADER] ?? "") === "") {
      throw new Refusal(
        403,
        "csrf_header_missing",
        `a request that changes something carries the header ${CSRF_HEADER}`,
      );
    }
    if (access.role === "operator") return access;
    throw new Refusal(403, "read_only", "this token may look only; an operator's token is needed");
  }

  #host({ headers, rawHeaders, socket }: IncomingMessage): string {
    const count = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host").length;
    const host = headers.host?.toLowerCase() ?? "";
    if (count !== 1 || !/^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/.test(host)) {
      throw new Refusal(400, "invalid_host", "one Host header is needed");
    }
    const name = host.replace(/:\d+$/, "");
    // The address that the connection came to is ours, whatever name its interface has: no name can be turned into it.
    const isOurs =
      this.#hosts.has(host) || this.#hosts.has(name) || name === bracketed(plain(socket.localAddress ?? ""));
    if (isOurs) return host;
    throw new Refusal(421, "unknown_host", "this listener does not go by that name: put it into admin.allowedHosts");
  }

  #access(authorization: string | undefined): Access {
    if (this.#tokens.length === 0) return { role: "operator", by: credentials(authorization)?.user ?? null };
    const given = credentials(authorization);
    const hash = createHash("sha256")
      .update(given?.token ?? "")
      .digest();
    let role: Role | null = null;
    // All of them, always: how long it takes must not tell which one is close.
    for (const token of this.#tokens) if (timingSafeEqual(token.hash, hash) && given !== null) role = token.role;
    if (role !== null) return { role, by: given?.user ?? null };
    throw new Refusal(
      401,
      "unknown_token",
      "a token of this listener is needed: Bearer, or Basic with it as password",
      {
        headers: { "www-authenticate": 'Basic realm="recloser", charset="UTF-8", Bearer realm="recloser"' },
      },
    );
  }
}

interface Credentials {
  readonly user: string | null;
  readonly token: string;
}

// Basic (RFC 7617) is how a browser asks for one by itself, and sends it for scripts, styles and event streams too.
function credentials(authorization: string | undefined): Credentials | null {
  const [, scheme = "", value = ""] = /^(\w+) +(\S+)$/.exec(authorization ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { user: null, token: value };
  if (scheme.toLowerCase() !== "basic") return null;
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  return { user: text.slice(0, colon) || null, token: text.slice(colon + 1) };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

// As Node shows an IPv4 address on a socket that takes both.
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function bracketed(host: string): string {
  const name = host.toLowerCase();
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
}
