/** What one target is sent for a caller's request. The bytes of the body are the caller's, unless the target patches them. */
import type { IncomingHttpHeaders } from "node:http";
import type { TargetConfig, WireFormat } from "../config/config.ts";
import type { Operation } from "../formats/dialect.ts";
import { changeMembers } from "../formats/json-members.ts";
import type { OurKeys } from "../http/clients.ts";
import { HeaderGate, type HeaderList, withHeaders } from "../http/headers.ts";
import type { UpstreamRequest } from "./exchange.ts";
import { Query } from "./query.ts";

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

// By which each format's clients send their key. What stands beside it in another's header is another provider's.
const KEY_HEADERS: Readonly<Record<WireFormat, readonly string[]>> = {
  openai: ["authorization", "api-key"],
  anthropic: ["authorization", "x-api-key"],
  gemini: ["authorization", "x-goog-api-key"],
};

/** All of them. */
export const CALLERS_CREDENTIALS: readonly string[] = [...new Set(Object.values(KEY_HEADERS).flat())];

/** Makes the requests to one target: what is the same for each of them is made once. */
export class TargetRequests {
  readonly #target: TargetConfig;
  readonly #base: string;
  readonly #gate: HeaderGate;
  readonly #own: HeaderList;
  readonly #namesRequest: boolean;
  readonly #patches: boolean;
  // Whether it adds something to the query.
  readonly #asks: boolean;

  constructor(target: TargetConfig) {
    this.#target = target;
    this.#base = target.baseUrl.pathname.replace(/\/$/, "");
    const own = ownHeaders(target);
    this.#own = [...own].flat();
    this.#namesRequest = !own.has("x-request-id");
    const replaced = new Set([...own.keys(), ...target.headers.remove.map((name) => name.toLowerCase())]);
    this.#gate = new HeaderGate(target.provider, target.format, replaced);
    this.#asks = target.auth.kind === "query" || Object.keys(target.query).length > 0;
    const { set, remove, rename } = target.body;
    this.#patches = remove.length > 0 || Object.keys(set).length > 0 || Object.keys(rename).length > 0;
  }

  /** @param model the target's own name of it */
  of(asked: CallersRequest, model: string | null): UpstreamRequest {
    return {
      method: asked.method,
      path: this.#path(asked.operation, model ?? "") + this.#query(asked),
      headers: this.#headers(asked),
      body: this.#body(asked, model),
    };
  }

  #path(operation: Operation, model: string): string {
    const { path: template } = this.#target;
    const own = operation.ownPath(model);
    // A template stands for calls of a model; what else the provider offers is where its format says.
    if (template === null || operation.kind === "other" || operation.kind === "list") return this.#base + own;
    const path = template
      .replaceAll("{model}", encodeURIComponent(model))
      .replaceAll("{verb}", operation.verb ?? "")
      .replaceAll("{path}", own);
    return this.#base + (path.startsWith("/") ? path : `/${path}`);
  }

  #query({ query: callers, ours }: CallersRequest): string {
    if (callers === "" && !this.#asks) return "";
    const { auth, format, query: set } = this.#target;
    const query = new Query(callers, set, ours);
    if (auth.kind === "query") query.set(auth.name, auth.value);
    if (auth.kind === "caller" && format === "gemini" && query.callersKey !== null) query.set("key", query.callersKey);
    return query.toString();
  }

  #headers({ headers, id, ours }: CallersRequest): HeaderList {
    const { auth, format } = this.#target;
    const list = this.#own.slice();
    if (this.#namesRequest) list.push("x-request-id", id);
    this.#gate.pass(headers, ours, list);
    if (auth.kind !== "caller") return list;
    const keys: Record<string, string> = {};
    for (const name of KEY_HEADERS[format]) {
      const value = headers[name];
      if (typeof value === "string" && !ours.include(value)) keys[name] = value;
    }
    return withHeaders(list, keys);
  }

  #body({ body, hasJson, model: asked, operation }: CallersRequest, model: string | null): Buffer | null {
    const isRenamed = model !== asked && operation.model === null;
    if (body === null || !hasJson || !(isRenamed || this.#patches)) return body;
    const { set, remove, rename } = this.#target.body;
    return changeMembers(body, { set: isRenamed ? { model, ...set } : set, remove, rename });
  }
}

// By name: what comes later takes the place of what the target's configuration says.
function ownHeaders({ headers, auth }: TargetConfig): Map<string, string> {
  const own = new Map(Object.entries(headers.set).map(([name, value]) => [name.toLowerCase(), value]));
  own.delete("x-request-id");
  // What comes in another encoding could not be read, and might unpack to any size.
  own.set("accept-encoding", "identity");
  if (auth.kind === "bearer") own.set("authorization", `Bearer ${auth.token}`);
  if (auth.kind === "header") own.set(auth.name.toLowerCase(), auth.value);
  return own;
}
