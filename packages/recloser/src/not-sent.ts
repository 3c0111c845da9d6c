/**
 * Whether an error proves that no byte of a request left this machine. Only then may a call be made again of which
 * nobody said that making it twice does no harm: a payment that was not sent was not made.
 *
 * What proves it is that there never was a connection to write to. A connection that was there and broke (`ECONNRESET`,
 * "socket hang up", `UND_ERR_SOCKET`), and every other limit of time, proves nothing: the request may have been served.
 */
import { get, items, text } from "./classify/safe.ts";
import { statusOf } from "./classify/thrown.ts";

const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  // The peer, or a router on the way, answered the first packet of a connection with a refusal: connect(2).
  "ECONNREFUSED",
  // There was no address to connect to: getaddrinfo(3), as `node:dns` lists its codes.
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EAI_NONAME",
  // undici hands a request to a socket when it is connected and TLS is established; this is thrown while it waits for
  // that (lib/core/connect.js).
  "UND_ERR_CONNECT_TIMEOUT",
  // Bun: no socket could be opened; the connection failed, or its TLS handshake (src/http.zig).
  "FailedToOpenSocket",
  "ConnectionRefused",
  // A session whose peer said goodbye opens no further stream (`node:http2`, errors).
  "ERR_HTTP2_GOAWAY_SESSION",
]);
// What node failed at, where it says so. Whatever the code is: nothing is written before `connect` has succeeded. So
// "connect ETIMEDOUT" and "connect EHOSTUNREACH" are proof, the same codes from a read or a write are not.
const BEFORE_WRITING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);
// Has the code ECONNRESET, but is thrown only until the handshake is over (node, lib/_tls_wrap.js, onConnectEnd).
const NO_TLS = "Client network socket disconnected before secure TLS connection was established";

const DEEPEST = 8;
const MOST_ERRORS = 32;

/** True only where the error is proof. Never throws. */
export function wasNotSent(error: unknown): boolean {
  return proves(error, 0);
}

function proves(error: unknown, depth: number): boolean {
  // An answer came: then a code beside it was copied from its body, and speaks of a connection behind the server.
  if (depth > DEEPEST || error === undefined || statusOf(error) !== null) return false;
  const several = get(error, "errors");
  // Tries of several addresses, or of several times: one that may have been sent is enough against it.
  const errors = items(several, MOST_ERRORS + 1);
  if (errors.length > MOST_ERRORS) return false;
  if (errors.length > 0) return errors.every((one) => proves(one, depth + 1));
  const isProof =
    NO_CONNECTION.has(get(error, "code")) ||
    BEFORE_WRITING.has(get(error, "syscall")) ||
    text(get(error, "message")) === NO_TLS;
  return isProof || proves(get(error, "cause"), depth + 1);
}
