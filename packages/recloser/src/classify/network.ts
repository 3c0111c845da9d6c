/** Failures below HTTP, by the codes of node, undici, OpenSSL, Bun and axios. */

import type { Verdict } from "./verdict.ts";

const NETWORK: Verdict = { kind: "network" };
const TIMEOUT: Verdict = { kind: "timeout" };
const BROKEN_BODY: Verdict = { kind: "stream-error" };
const CALLER: Verdict = { kind: "caller-error" };

const CODES: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "EAI_FAIL",
    "EAI_NODATA",
    "EAI_NONAME",
    "EHOSTUNREACH",
    "EHOSTDOWN",
    "ENETUNREACH",
    "ENETDOWN",
    "ENETRESET",
    "EADDRNOTAVAIL",
    "EPIPE",
    "EPROTO",
    "ENOTCONN",
    "ESHUTDOWN",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT",
    "UND_ERR_CLOSED",
    "UND_ERR_DESTROYED",
    "UND_ERR_PRX_TLS",
    "ERR_NETWORK",
    "ERR_SOCKET_CLOSED",
    "ERR_SOCKET_CONNECTION_CLOSED",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_SIGNATURE_FAILURE",
    "CERT_REVOKED",
    "CERT_UNTRUSTED",
    "HOSTNAME_MISMATCH",
    "ConnectionRefused",
    "ConnectionClosed",
    "ConnectionReset",
    "FailedToOpenSocket",
    "DNSException",
  ].map((code) => [code, NETWORK] as const),
  // ECONNABORTED is axios's own timeout.
  ...[
    "ETIMEDOUT",
    "ESOCKETTIMEDOUT",
    "ETIME",
    "ECONNABORTED",
    "ERR_SOCKET_CONNECTION_TIMEOUT",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
    "ERR_HTTP_REQUEST_TIMEOUT",
    "EAI_TIMEOUT",
    "ConnectionTimeout",
    "Timeout",
  ].map((code) => [code, TIMEOUT] as const),
  ...[
    "ERR_STREAM_PREMATURE_CLOSE",
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
    "UND_ERR_RES_EXCEEDED_MAX_SIZE",
    "ERR_CONTENT_DECODING_FAILED",
    "Z_BUF_ERROR",
    "Z_DATA_ERROR",
    "ZlibError",
  ].map((code) => [code, BROKEN_BODY] as const),
  // Never left this machine.
  ...[
    "ERR_INVALID_URL",
    "ERR_INVALID_PROTOCOL",
    "ERR_UNESCAPED_CHARACTERS",
    "ERR_SOCKET_BAD_PORT",
    "UND_ERR_INVALID_ARG",
    "UND_ERR_NOT_SUPPORTED",
    "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
  ].map((code) => [code, CALLER] as const),
]);

const FAMILIES: readonly (readonly [RegExp, Verdict])[] = [
  [/^(?:UND_)?ERR_\w+_TIMEOUT$/, TIMEOUT],
  [/^ERR_(?:SSL|TLS|HTTP2|QUIC)_/, NETWORK],
  [/^(?:HPE|UND_ERR_HTTP_PARSER|ERR_HTTP_PARSER)/, NETWORK],
];

export function verdictOfNetworkCode(code: string): Verdict | undefined {
  return CODES.get(code) ?? (code.length <= 80 ? FAMILIES.find(([pattern]) => pattern.test(code))?.[1] : undefined);
}

// Runtimes that give no code: WHATWG fetch hides the reason, smithy words a dropped session as a missing response.
const LOST =
  /\bfetch failed\b|failed to fetch|^load failed|^network ?error\b|networkerror when|socket hang up|other side closed|did not get a response|\berror sending request for url\b|^connection error\.?$/i;
/** The request never left: a port fetch refuses, a URL or scheme it cannot use. */
const REFUSED_HERE = /^bad port$|unknown scheme|invalid url|failed to parse url|only absolute urls/i;
/** Headers had arrived: undici ends the body with "terminated", node's client with "aborted". */
const CUT = /^(?:terminated|aborted)$|premature close/i;

export function verdictOfNetworkWords(message: string): Verdict | undefined {
  if (REFUSED_HERE.test(message)) return CALLER;
  if (CUT.test(message)) return BROKEN_BODY;
  return LOST.test(message) ? NETWORK : undefined;
}

export function isCut(message: string): boolean {
  return CUT.test(message);
}
