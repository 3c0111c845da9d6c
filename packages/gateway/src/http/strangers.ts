/**
 * Web pages, where nobody needs a key. Whoever has a browser open runs programs of strangers on the machine of the gateway, and
 * these may send requests to it, and under a name of their own that leads here (DNS rebinding) read its answers. So a page
 * must be from here, and the name by which the gateway is called one that no stranger can have.
 */
import { isIP } from "node:net";
import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "../config/addresses.ts";
import { Refusal } from "./refusal.ts";

// Names that are in no public DNS: RFC 6761, 6762 and 8375, and ICANN's resolution of 2024 for `internal`.
const OF_NO_STRANGER = /^[^.]+$|\.(?:localhost|local|internal|test|home\.arpa)$/;

// Hosts that were found to be ours: a gateway is called by a name or two.
const ours = new Set<string>();
const MOST_NAMES = 64;
const LONGEST_NAME = 255;

/** @throws Refusal 403 */
export function refuseStrangers(headers: IncomingHttpHeaders): void {
  const { host = "" } = headers;
  if (!ours.has(host)) {
    if (!isOurs(host)) throw stranger("foreign_host", `a Host of another name than this machine's`);
    if (ours.size < MOST_NAMES && host.length <= LONGEST_NAME) ours.add(host);
  }
  const { origin } = headers;
  const site = headers["sec-fetch-site"];
  const isFromElsewhere = origin === undefined ? site === "cross-site" || site === "same-site" : isForeign(origin);
  if (isFromElsewhere) throw stranger("foreign_origin", "a web page from elsewhere");
}

function isOurs(hostHeader: string): boolean {
  const host = hostnameOf(`http://${hostHeader}`);
  return host !== null && (isIP(host) !== 0 || OF_NO_STRANGER.test(host));
}

// An application's own scheme (app:, vscode-webview:) is no page of a stranger's; "null" is what a page says that hides.
function isForeign(origin: string): boolean {
  if (!/^https?:/i.test(origin)) return !/^[a-z][a-z\d+.-]*:\/\//i.test(origin);
  const host = hostnameOf(origin);
  return host === null || !isLoopback(host);
}

function hostnameOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function stranger(code: string, what: string): Refusal {
  return new Refusal(403, code, `${what} is answered only where the configuration names clients, by their keys`);
}
