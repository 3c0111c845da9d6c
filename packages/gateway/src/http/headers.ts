/** Which headers cross the gateway, in both directions. */
import type { IncomingHttpHeaders } from "node:http";
import type { WireFormat } from "../config/config.ts";
import type { OurKeys } from "./clients.ts";

/** Name, value, name, value: what both HTTP libraries take as it is. An object would get a new shape with each answer. */
export type HeaderList = (string | string[])[];

// RFC 9110 §7.6.1, with those that were in use before it. `connection` names more of them.
const HOP_BY_HOP = [
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
] as const;

// What the gateway says anew, and what is between the caller and the gateway only.
const OF_THE_CALLER: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
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
const OF_THE_CALLER_PREFIXES = /^(?:x-forwarded-|x-original-|x-recloser-|sec-|cf-|x-envoy-)/;
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

// Names come from whoever asks: so many are remembered, none longer than that.
const MOST_NAMES = 512;
const LONGEST_NAME = 64;

/** What of its callers' headers one target gets. Neither credentials nor anything that only the gateway may say. */
export class HeaderGate {
  readonly #provider: string;
  readonly #format: WireFormat;
  readonly #replaced: ReadonlySet<string>;
  // Whether a name may pass is the same question for each request.
  readonly #passes = new Map<string, boolean>();

  /** @param replaced names that the target's configuration sets or removes */
  constructor(provider: string, format: WireFormat, replaced: ReadonlySet<string>) {
    this.#provider = provider;
    this.#format = format;
    this.#replaced = replaced;
  }

  /** Adds what may pass to `list`. @param ours the keys of this gateway's callers */
  pass(from: IncomingHttpHeaders, ours: OurKeys, list: HeaderList): void {
    const named = namedByConnection(from.connection);
    for (const name in from) {
      const value = from[name];
      if (value === undefined || !this.#mayPass(name) || named.has(name)) continue;
      const text = typeof value === "string" ? value : value.join();
      if (!looksSecret(text) && !ours.tells(text)) list.push(name, value);
    }
  }

  #mayPass(name: string): boolean {
    const known = this.#passes.get(name);
    if (known !== undefined) return known;
    const may = !this.#replaced.has(name) && isForTarget(name, this.#provider, this.#format);
    if (this.#passes.size < MOST_NAMES && name.length <= LONGEST_NAME) this.#passes.set(name, may);
    return may;
  }
}

function isForTarget(name: string, provider: string, format: WireFormat): boolean {
  if (OF_THE_CALLER.has(name) || OF_THE_CALLER_PREFIXES.test(name) || CALLERS_ADDRESS.test(name)) return false;
  if (isCredential(name)) return false;
  if (format === "anthropic" && OF_THE_FORMAT.has(name)) return true;
  const family = FAMILIES.find((one) => one.name.test(name));
  return family === undefined || family.providers.has(provider);
}

// Between the provider and the gateway only: they speak of another host, connection or length than the caller's.
const OF_THE_PROVIDER: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
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
export function headersForCaller(from: Readonly<Record<string, string | string[] | undefined>>): HeaderList {
  const { connection } = from;
  const named = namedByConnection(Array.isArray(connection) ? connection.join() : connection);
  const kept: HeaderList = [];
  for (const name in from) {
    const value = from[name];
    // Ours; a provider behind a second gateway has its own.
    if (value === undefined || OF_THE_PROVIDER.has(name) || named.has(name) || name.startsWith("x-recloser-")) continue;
    kept.push(name, value);
  }
  return kept;
}

/** The list with others in place of those of the same name. */
export function withHeaders(list: HeaderList, others: Readonly<Record<string, string>>): HeaderList {
  const made: HeaderList = [];
  for (let at = 0; at < list.length; at += 2) {
    const [name, value] = [list[at] as string, list[at + 1] as string];
    if (!Object.hasOwn(others, name)) made.push(name, value);
  }
  for (const [name, value] of Object.entries(others)) made.push(name, value);
  return made;
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
