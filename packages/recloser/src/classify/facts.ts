/**
 * What a failure showed, gathered from bodies of any vendor's shape. Nested errors, error lists and JSON inside a JSON
 * string are followed to a fixed depth; what is found is only listed here, {@link judge} weighs it.
 */

import { normalizeCode } from "./codes.ts";
import { NO_HEADERS, readHeaders, type HeaderMap } from "./headers.ts";
import { failureStatus, get, isObject, items, parseJson, text } from "./safe.ts";

export interface Facts {
  readonly provider: string | undefined;
  readonly nowMs: number | undefined;
  headers: HeaderMap;
  /** The status line's, or the one a thrown error carries. */
  status: number | null;
  /** A failure status that the body names; closer to the truth than the line of a proxy or of a stream begun well. */
  bodyStatus: number | null;
  /** Codes meant to be branched on (`error_type`, `error_code`, ErrorInfo's `reason`). */
  readonly telling: string[];
  /** `code`, `type`, `status`: often a mere family. */
  readonly plain: string[];
  /** Class names of what was thrown. */
  readonly names: string[];
  readonly messages: string[];
  /** Identifiers of quotas that were exceeded. */
  readonly limits: string[];
  /** Every object of the body, for the retry hints. */
  readonly objects: object[];
  /** A gateway names the provider behind it as the one that failed. */
  upstream: boolean;
  /** The answer had begun. */
  midStream: boolean;
  html: boolean;
}

const MAX_DEPTH = 10;
const MAX_OBJECTS = 64;
const MAX_ENTRIES = 24;

const TELLING_KEYS = ["error_type", "error_code", "errorCode"] as const;
const PLAIN_KEYS = ["code", "__type", "type", "status"] as const;
const STATUS_KEYS = ["http_status", "code", "status", "status_code", "statusCode"] as const;
const MESSAGE_KEYS = ["message", "Message", "error_description", "detail", "msg", "title", "raw"] as const;
const LIMIT_KEYS = ["quotaId", "quotaMetric", "quota_limit", "quota_metric", "limit_source"] as const;
const NESTED_KEYS = [
  "error",
  "errors",
  "innererror",
  "details",
  "metadata",
  "availability",
  "response",
  "violations",
] as const;

/** JSON-RPC 2.0 §5.1, as MCP speaks it: not understood, no such method or tool, wrong parameters. Other numbers are the server's. */
const RPC_REFUSALS: ReadonlySet<unknown> = new Set([-32_700, -32_600, -32_601, -32_602]);

const CODE_LIKE = /^[a-z]+(?:_[a-z]+)+$/i;

export function emptyFacts(provider: string | undefined, nowMs: number | undefined): Facts {
  return {
    provider,
    nowMs,
    headers: NO_HEADERS,
    status: null,
    bodyStatus: null,
    telling: [],
    plain: [],
    names: [],
    messages: [],
    limits: [],
    objects: [],
    upstream: false,
    midStream: false,
    html: false,
  };
}

/** Adds a code, when it is one: numbers and sentences are not. */
export function addCode(list: string[], raw: unknown): void {
  if (typeof raw !== "string" || raw === "" || list.length >= MAX_ENTRIES) return;
  const code = normalizeCode(raw);
  if (code !== "" && !/^\d+$/.test(code) && !list.includes(code)) list.push(code);
}

/** Adds a message; a body that was printed into it (`429 {"error":…}`) is read as a body. */
export function addMessage(facts: Facts, raw: unknown, depth: number): void {
  if (typeof raw !== "string" || raw === "" || facts.messages.length >= MAX_ENTRIES) return;
  const brace = raw.slice(0, 256).indexOf("{");
  const inner = brace >= 0 ? parseJson(raw.slice(brace)) : undefined;
  if (isObject(inner)) readBody(facts, inner, depth + 1);
  else facts.messages.push(text(raw));
}

export function readBody(facts: Facts, body: unknown, depth = 0): void {
  if (depth > MAX_DEPTH || facts.objects.length >= MAX_OBJECTS) return;
  if (typeof body === "string") {
    const parsed = parseJson(body);
    if (parsed !== undefined && parsed !== body) return readBody(facts, parsed, depth + 1);
    if (/^\s*</.test(body)) facts.html = true;
    else addMessage(facts, body, depth);
    return;
  }
  const list = items(body);
  if (list.length > 0) for (const item of list) readBody(facts, item, depth + 1);
  else if (isObject(body)) readObject(facts, body, depth);
}

function readObject(facts: Facts, body: object, depth: number): void {
  if (facts.objects.includes(body)) return;
  facts.objects.push(body);
  for (const key of TELLING_KEYS) addCode(facts.telling, get(body, key));
  // Google's ErrorInfo, OpenRouter's metadata: a code, where others write a sentence.
  const reason = text(get(body, "reason"));
  if (CODE_LIKE.test(reason)) addCode(facts.telling, reason);
  for (const key of PLAIN_KEYS) addCode(facts.plain, get(body, key));
  for (const key of STATUS_KEYS) facts.bodyStatus ??= failureStatus(get(body, key));
  for (const key of MESSAGE_KEYS) addMessage(facts, get(body, key), depth);
  for (const key of LIMIT_KEYS) {
    const id = text(get(body, key));
    if (id !== "" && facts.limits.length < MAX_ENTRIES) facts.limits.push(id);
  }
  if (typeof get(body, "provider_name") === "string" || typeof get(body, "provider") === "string")
    facts.upstream = true;

  // OpenRouter repeats the limiter's headers inside the body.
  const headers = get(body, "headers");
  if (depth > 0 && isObject(headers)) facts.headers = new Map([...readHeaders(headers), ...facts.headers]);

  const error = get(body, "error");
  // OAuth's and some servers' flat form: the string is the code.
  if (typeof error === "string" && CODE_LIKE.test(error)) addCode(facts.plain, error);
  if (get(body, "jsonrpc") === "2.0" && RPC_REFUSALS.has(get(error, "code"))) addCode(facts.plain, "invalid_request");
  for (const key of NESTED_KEYS) readBody(facts, get(body, key), depth + 1);
  for (const choice of items(get(body, "choices"))) readBody(facts, get(choice, "error"), depth + 1);
}
