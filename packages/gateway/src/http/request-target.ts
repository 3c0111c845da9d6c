/**
 * The first line's target, as strictly as a proxy must read it: only a plain path of this server. What a provider's server
 * might read as another path, or another host, than we do is refused (RFC 9112 §3.2; WHATWG URL reads `\` as `/`).
 */

export interface RequestTarget {
  readonly path: string;
  /** Without the question mark; empty: none. */
  readonly query: string;
}

// pchar of RFC 3986 §3.3 and the slash.
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2}|[[\]|{}^`"<>])*$/;
// `.`, `/`, `\`, controls and the percent sign itself, escaped: none of them belongs in a path of these APIs.
const RISKY_ESCAPE = /%(?:2[eEfF5]|5[cC]|[01][0-9a-fA-F]|7[fF])/;
// With what some servers take for a segment's parameters.
const DOT_SEGMENT = /\/\.{1,2}(?:[/;]|$)/;
const MOST_CHARS = 8_192;

/** Null for what is refused. */
export function readTarget(raw: string): RequestTarget | null {
  if (raw.length > MOST_CHARS) return null;
  const mark = raw.indexOf("?");
  const path = mark < 0 ? raw : raw.slice(0, mark);
  const query = mark < 0 ? "" : raw.slice(mark + 1);
  if (!PATH.test(path) || path.includes("//") || RISKY_ESCAPE.test(path) || DOT_SEGMENT.test(path)) return null;
  return QUERY.test(query) ? { path, query } : null;
}
