/** What one target is sent for a caller's request. The bytes of the body are the caller's, unless the target patches them. */
import type { IncomingHttpHeaders } from "node:http";
import type { TargetConfig, WireFormat } from "../config/config.ts";
import type { Operation } from "../formats/dialect.ts";
import { changeMembers } from "../formats/json-members.ts";
import type { OurKeys } from "../http/clients.ts";
import { type Headers, headersForTarget, isCredentialParameter, looksSecret } from "../http/headers.ts";
import type { UpstreamRequest } from "./exchange.ts";

/** What the caller sent. */
export interface CallersRequest {
  readonly id: string;
  readonly method: string;
  readonly operation: Operation;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Null: no body. */
  readonly body: Buffer | null;
  readonly ours: OurKeys;
  /** Whether the body is a JSON object, which alone can be patched. */
  readonly hasJson: boolean;
  /** As the caller names it. */
  readonly model: string | null;
}

/** @param model the target's own name of it */
export function targetRequest(target: TargetConfig, asked: CallersRequest, model: string | null): UpstreamRequest {
  const headers = headersForTarget(asked.headers, target, asked.ours);
  for (const name of target.headers.remove) delete headers[name.toLowerCase()];
  for (const [name, value] of Object.entries(target.headers.set)) headers[name.toLowerCase()] = value;
  headers["x-request-id"] = asked.id;
  // What comes in another encoding could not be read, and might unpack to any size.
  headers["accept-encoding"] = "identity";
  const query = new Query(asked.query, target.query, asked.ours);
  authorise(target, headers, query, asked);
  return {
    method: asked.method,
    path: pathOf(target, asked.operation, model ?? "") + query.toString(),
    headers,
    body: bodyOf(target, asked, model),
  };
}

function pathOf(target: TargetConfig, operation: Operation, model: string): string {
  const base = target.baseUrl.pathname.replace(/\/$/, "");
  const own = operation.ownPath(model);
  // A template stands for calls of a model; what else the provider offers is where its format says.
  if (target.path === null || operation.kind === "other" || operation.kind === "list") return base + own;
  const path = target.path
    .replaceAll("{model}", encodeURIComponent(model))
    .replaceAll("{verb}", operation.verb ?? "")
    .replaceAll("{path}", own);
  return base + (path.startsWith("/") ? path : `/${path}`);
}

function bodyOf(
  target: TargetConfig,
  { body, hasJson, model: asked, operation }: CallersRequest,
  model: string | null,
): Buffer | null {
  if (body === null || !hasJson) return body;
  const { set, remove, rename } = target.body;
  const isRenamed = model !== asked && operation.model === null;
  const isPatched = isRenamed || remove.length > 0 || Object.keys(set).length > 0 || Object.keys(rename).length > 0;
  return isPatched ? changeMembers(body, { set: isRenamed ? { model, ...set } : set, remove, rename }) : body;
}

function authorise(
  { auth, format }: TargetConfig,
  headers: Headers,
  query: Query,
  { headers: callers, ours }: CallersRequest,
): void {
  switch (auth.kind) {
    case "bearer":
      headers["authorization"] = `Bearer ${auth.token}`;
      return;
    case "header":
      headers[auth.name.toLowerCase()] = auth.value;
      return;
    case "query":
      query.set(auth.name, auth.value);
      return;
    case "caller":
      for (const name of KEY_HEADERS[format]) {
        const value = callers[name];
        if (typeof value === "string" && !ours.include(value)) headers[name] = value;
      }
      if (format === "gemini" && query.callersKey !== null) query.set("key", query.callersKey);
      return;
    case "none":
  }
}

// By which each format's clients send their key. What stands beside it in another's header is another provider's.
const KEY_HEADERS: Readonly<Record<WireFormat, readonly string[]>> = {
  openai: ["authorization", "api-key"],
  anthropic: ["authorization", "x-api-key"],
  gemini: ["authorization", "x-goog-api-key"],
};

/** All of them. */
export const CALLERS_CREDENTIALS: readonly string[] = [...new Set(Object.values(KEY_HEADERS).flat())];

/** The caller's query, piece by piece as it came, without what is a credential or is set by the target. */
class Query {
  #pieces: string[];
  readonly #set: [string, string][];
  readonly callersKey: string | null;

  constructor(query: string, set: Readonly<Record<string, string>>, ours: OurKeys) {
    this.#set = Object.entries(set);
    const pieces = query === "" ? [] : query.split("&");
    this.#pieces = pieces.filter((piece) => {
      const [name, value] = [nameOf(piece), decoded(piece)];
      // Some servers end a parameter at a semicolon, too.
      const names = value.split(";").map((one) => one.split("=", 1)[0] ?? "");
      const isSecret =
        names.some(isCredentialParameter) || looksSecret(value.slice(name.length + 1)) || ours.tells(value);
      return !isSecret && !Object.hasOwn(set, name);
    });
    const key = pieces.find((piece) => nameOf(piece) === "key");
    const value = key === undefined ? "" : decoded(key.slice(key.indexOf("=") + 1));
    this.callersKey = value === "" || ours.include(value) ? null : value;
  }

  set(name: string, value: string): void {
    this.#pieces = this.#pieces.filter((piece) => nameOf(piece) !== name);
    this.#set.push([name, value]);
  }

  toString(): string {
    const set = this.#set.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    const all = [...this.#pieces, ...set];
    return all.length === 0 ? "" : `?${all.join("&")}`;
  }
}

function nameOf(piece: string): string {
  return decoded(piece.split("=", 1)[0] ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
