/**
 * What was thrown, unwrapped: SDK errors by name, code and status; causes, aggregates and retry wrappers to a fixed
 * depth; bodies wherever an SDK keeps them. Never `instanceof` of an SDK's class.
 */

import { normalizeCode } from "./codes.ts";
import { addCode, addMessage, readBody, type Facts } from "./facts.ts";
import { NO_HEADERS, readHeaders } from "./headers.ts";
import { verdictOfNetworkCode } from "./network.ts";
import { failureStatus, get, isObject, items, numeric, text } from "./safe.ts";

const MAX_NODES = 24;

const CHILD_KEYS = ["lastError", "cause", "originalError"] as const;
const STATUS_KEYS = ["status", "statusCode", "status_code", "httpStatusCode"] as const;
const BODY_KEYS = ["responseBody", "body", "rawBody", "data", "error", "details"] as const;

function isErrorLike(value: unknown): boolean {
  return isObject(value) && typeof get(value, "message") === "string" && typeof get(value, "stack") === "string";
}

/** The error and what it wraps, nearest first; cycles end, width and depth are bounded. */
export function unwrap(error: unknown): unknown[] {
  const nodes: unknown[] = [error];
  for (let i = 0; i < nodes.length && nodes.length < MAX_NODES; i++) {
    const node = nodes[i];
    const children = [...CHILD_KEYS.map((key) => get(node, key)), ...items(get(node, "errors"))];
    if (isErrorLike(get(node, "error"))) children.push(get(node, "error"));
    for (const child of children)
      if (isObject(child) && !nodes.includes(child) && nodes.length < MAX_NODES) nodes.push(child);
  }
  return nodes;
}

/** Class and name: openai's classes are all named "Error", others carry only a name. */
export function namesOf(node: unknown): string[] {
  const constructor = get(node, "constructor");
  const className = typeof constructor === "string" ? constructor : text(get(constructor, "name"));
  return [className, text(get(node, "name"))].filter((name) => name !== "" && name !== "Error" && name !== "Object");
}

export function statusOf(node: unknown): number | null {
  for (const at of [node, get(node, "$metadata"), get(node, "response"), get(node, "$response")]) {
    for (const key of STATUS_KEYS) {
      const status = numeric(get(at, key));
      if (status !== null && Number.isInteger(status) && status >= 100 && status <= 599) return status;
    }
  }
  return failureStatus(get(node, "code"));
}

function readNode(facts: Facts, node: unknown): void {
  facts.status ??= statusOf(node);
  const code = get(node, "code");
  addCode(facts.telling, get(node, "errorCode") ?? get(node, "error_code") ?? get(node, "lc_error_code"));
  if (typeof code !== "string" || verdictOfNetworkCode(code) === undefined) addCode(facts.plain, code);
  addCode(facts.plain, get(node, "type"));
  addCode(facts.plain, get(node, "status"));
  for (const name of namesOf(node)) {
    // AWS's classes are its codes; elsewhere a class name is only a name.
    if (name.endsWith("Exception")) addCode(facts.plain, name);
    else facts.names.push(normalizeCode(name));
  }
  if (facts.headers === NO_HEADERS || facts.headers.size === 0) {
    facts.headers = readHeaders(
      get(node, "headers") ?? get(node, "responseHeaders") ?? get(get(node, "response"), "headers"),
    );
  }
  for (const key of BODY_KEYS) {
    const body = get(node, key);
    if (!isErrorLike(body)) readBody(facts, body);
  }
  readBody(facts, get(get(node, "response"), "data"));
  addMessage(facts, get(node, "message"), 0);
}

export function readThrown(facts: Facts, nodes: readonly unknown[]): void {
  for (const node of nodes) {
    if (isObject(node)) readNode(facts, node);
    else readBody(facts, node);
  }
}
