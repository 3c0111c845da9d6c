/** What of a request's head another server on the way could have read differently than Node's parser does. */
import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.ts";

/** Of one request. Node would drop what is beyond a limit of its own, and with it what decides where the request ends. */
export const MOST_HEADERS = 128;

// Where such a request ends, and the next begins, nobody knows.
const AND_NO_MORE = { headers: { connection: "close" } };

/** @throws Refusal */
export function checkFraming({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  if (rawHeaders.length > 2 * MOST_HEADERS) {
    throw new Refusal(431, "too_many_headers", `there are more than ${MOST_HEADERS} headers`, AND_NO_MORE);
  }
  if (hostsOf(rawHeaders) !== 1) throw new Refusal(400, "invalid_host", "one Host header is needed", AND_NO_MORE);
  const coding = headers["transfer-encoding"];
  // Any other coding is one that we would have to undo, and HTTP/1.0 has none (RFC 9112 §6.1).
  if (coding !== undefined && (coding.toLowerCase() !== "chunked" || httpVersion === "1.0")) {
    throw new Refusal(501, "unknown_transfer_coding", "the only transfer coding is chunked", AND_NO_MORE);
  }
}

// Node takes the first; another server on the way may have taken the last.
function hostsOf(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === "host") count++;
  return count;
}
