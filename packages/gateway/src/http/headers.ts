/** Which headers cross the gateway, in both directions. */
import type { IncomingHttpHeaders } from "node:http";
import type { WireFormat } from "../config/config.ts";
import type { OurKeys } from "./clients.ts";

/** Lower-case names to values. */
export type Headers = Record<string, string | readonly string[]>;

// RFC 9110 §7.6.1, with those that were in use before it. `connection` names more of them.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

// What the gateway says anew, and what is between the caller and the gateway only.
const OF_THE_CALLER: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "accept-encoding",
  "expect",
  "cookie",
  "cookie2",
  "set-cookie",
  "set-cookie2",
  "origin",
  "referer",
  "forwarded",
  "via",
  "x-request-id",
  "traceparent",
  "tracestate",
  "baggage",
]);
const OF_THE_CALLER_PREFIXES = ["x-forwarded-", "x-original-", "x-recloser-", "sec-", "cf-", "x-envoy-"] as const;
const CALLERS_ADDRESS = /(?:^|-)(?:client|real|remote|cluster|connecting)-?(?:ip|addr)$/;

// Every header by which some API takes a key, and whatever is named like one.
const CREDENTIAL =
  /(?:^|[-_.])(?:api-?key|key|token|jwt|secret|bearer|auth|authorization|authentication|assertion|password|passwd|credential|session|signature)s?(?:$|[-_.])/;
// Named alike, but no credential.
const NO_CREDENTIAL: ReadonlySet<string> = new Set(["idempotency-key", "x-idempotency-key"]);
const CREDENTIAL_PARAMETER =
  /^(?:(?:x[-_])?(?:goog[-_])?(?:subscription[-_])?(?:api[-_]?)?key|(?:access|auth|id|refresh|security|session|bearer)?[-_]?token|jwt|sig|signature|auth|authorization|(?:client[-_]?)?secret|pass(?:word|wd)?|credentials?|session(?:[-_]?id)?)$/i;
// What is a credential whatever it is called: schemes of RFC 9110 §11, and the forms that providers and clouds give keys. Each
// part has a most: a text that is made for it must not be looked through again from every one of its characters.
const LOOKS_SECRET =
  /^(?:bearer|basic|digest|negotiate|aws4-hmac-sha256) |\b(?:sk|pk|rk)[-_][\w-]{16}|\bAIza[\w-]{30}|\b(?:gsk|hf|ghp|gho|ghs|r8|fw)_\w{16}|\b(?:xai|glpat|pplx|nvapi)-[\w-]{16}|\bgithub_pat_\w{16}|\bA[KS]IA[A-Z\d]{16}|\beyJ[\w-]{8,250}\.[\w-]{8}/i;

interface Family {
  readonly name: RegExp;
  readonly providers: ReadonlySet<string>;
}
const FAMILIES: readonly Family[] = [
  { name: /^(?:x-)?openai-/, providers: new Set(["openai", "azure-openai"]) },
  { name: /^(?:x-)?anthropic-/, providers: new Set(["anthropic"]) },
  { name: /^x-goog-/, providers: new Set(["gemini", "vertex"]) },
  { name: /^x-amz(?:n)?-/, providers: new Set(["bedrock"]) },
  { name: /^(?:x-ms-|azureml-|x-azure-)/, providers: new Set(["azure-openai"]) },
];
// Without these nobody who speaks Anthropic's format can be asked; they say nothing of who asks.
const OF_THE_FORMAT: ReadonlySet<string> = new Set(["anthropic-version", "anthropic-beta"]);

/** A caller's header that carries, or is named as if it carried, a credential. */
export function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) && !NO_CREDENTIAL.has(name);
}

/** A parameter of a query that carries a credential: a key in a query is a key. */
export function isCredentialParameter(name: string): boolean {
  return CREDENTIAL_PARAMETER.test(name);
}

/** A credential under a name of any kind. */
export function looksSecret(value: string): boolean {
  return LOOKS_SECRET.test(value);
}

/**
 * What of a caller's headers a target gets. Neither credentials nor anything that only the gateway may say.
 *
 * @param ours the keys of this gateway's callers
 */
export function headersForTarget(
  from: IncomingHttpHeaders,
  { provider, format }: { readonly provider: string; readonly format: WireFormat },
  ours: OurKeys,
): Headers {
  const named = namedByConnection(from.connection);
  const kept: Headers = {};
  for (const name in from) {
    const value = from[name];
    if (value === undefined || HOP_BY_HOP.has(name) || OF_THE_CALLER.has(name) || named.has(name)) continue;
    if (OF_THE_CALLER_PREFIXES.some((prefix) => name.startsWith(prefix)) || CALLERS_ADDRESS.test(name)) continue;
    if (isCredential(name) || !isForProvider(name, provider, format)) continue;
    const text = typeof value === "string" ? value : value.join();
    if (!looksSecret(text) && !ours.tells(text)) kept[name] = value;
  }
  return kept;
}

function isForProvider(name: string, provider: string, format: WireFormat): boolean {
  if (format === "anthropic" && OF_THE_FORMAT.has(name)) return true;
  const family = FAMILIES.find((one) => one.name.test(name));
  return family === undefined || family.providers.has(provider);
}

// Between the provider and the gateway only: they speak of another host, connection or length than the caller's.
const OF_THE_PROVIDER: ReadonlySet<string> = new Set([
  "content-length",
  "set-cookie",
  "set-cookie2",
  "location",
  "content-location",
  "refresh",
  "alt-svc",
  "strict-transport-security",
  "public-key-pins",
  "clear-site-data",
  "nel",
  "report-to",
]);

/** What of a provider's headers the caller gets. */
export function headersForCaller(from: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const { connection } = from;
  const named = namedByConnection(Array.isArray(connection) ? connection.join() : connection);
  const kept: Headers = {};
  for (const name in from) {
    const value = from[name];
    if (value === undefined || HOP_BY_HOP.has(name) || OF_THE_PROVIDER.has(name) || named.has(name)) continue;
    // Ours; a provider behind a second gateway has its own.
    if (!name.startsWith("x-recloser-")) kept[name] = value;
  }
  return kept;
}

const NONE: ReadonlySet<string> = new Set();

function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return NONE;
  return new Set(
    connection
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
}
