/**
 * Answers and errors of plain HTTP APIs, which are no LLM's. Source: RFC 9110 §15 and the numbers of gateways and edges
 * (../http.ts); Retry-After and rate limit headers as for LLMs.
 */

import { outcomeOf, trackOf, type ClassifyInput, type Outcome, type OutcomeKind } from "../../outcome.ts";
import { readHeaders, type HeaderMap } from "../headers.ts";
import { verdictOfStatus } from "../http.ts";
import { refillHint, statedHint } from "../retry-after.ts";
import { get, isObject, numeric } from "../safe.ts";
import { headersOf, statusOf } from "../thrown.ts";
import { thrownNodes } from "./thrown-nodes.ts";

/** 4xx that say what the resource is like, not that the request was wrong: as good a sign of life as a 200. */
const ANSWERS: ReadonlySet<number> = new Set([404, 409, 410, 412]);

/** Where plain HTTP means something else by a status than LLM providers do. */
const STATUSES: ReadonlyMap<number, OutcomeKind> = new Map<number, OutcomeKind>([
  [403, "caller-error"], // this resource; a credential that is not known gets a 401
  [424, "caller-error"], // RFC 4918: an earlier part of this very request failed
  [511, "network"], // RFC 6585: a captive portal stands between
]);

function kindOf(status: number): OutcomeKind | undefined {
  if (status >= 200 && status <= 399) return "success";
  return ANSWERS.has(status) ? "success" : (STATUSES.get(status) ?? verdictOfStatus(status)?.kind);
}

function outcomeOfStatus(status: number, headers: HeaderMap, nowMs: number | undefined): Outcome | undefined {
  const kind = kindOf(status);
  if (kind === undefined) return undefined;
  const from = { headers, objects: [], messages: [], nowMs };
  const stated = trackOf(kind) === "none" ? null : statedHint(from);
  const retryAfterMs = stated ?? (kind === "rate-limited" ? refillHint(from) : null);
  // A server, not one of its models; 407 speaks of the proxy.
  const scope = trackOf(kind) === "window" || status === 407 ? { scope: "provider" as const } : {};
  return outcomeOf(kind, { retryAfterMs, ...scope });
}

/**
 * A `classify` for HTTP APIs that are no LLM's: 2xx, 3xx, 404, 409, 410 and 412 are answers, whatever their bodies say; 5xx
 * and 408 count, 429 is a hold for as long as the headers ask, 401 and 402 hold the credential, other 4xx are the caller's.
 * Reads a `Response` that `fetch` resolved to, and the status of errors of axios, got, ky, ofetch and the like. Undefined where
 * there is no status, and where a 2xx broke off: the built-in rules know those.
 *
 * @example
 * const shipping = createBreaker({ name: "shipping", classify: httpClassifier });
 * const response = await shipping.execute(({ signal }) => fetch("https://api.example.com/rates", { signal }));
 */
export function httpClassifier(input: ClassifyInput): Outcome | undefined {
  const now = get(input, "nowMs");
  const nowMs = typeof now === "number" ? now : undefined;
  const error = get(input, "error");
  if (error !== undefined && error !== null) {
    for (const node of thrownNodes(input)) {
      const status = statusOf(node);
      if (status !== null && status >= 300) return outcomeOfStatus(status, headersOf(node), nowMs);
    }
    return undefined;
  }
  if (typeof get(input, "stream") === "string") return undefined;
  const response = get(input, "response") ?? get(input, "result");
  const status = numeric(get(response, "status"));
  const headers = get(response, "headers");
  return status === null || !isObject(headers) ? undefined : outcomeOfStatus(status, readHeaders(headers), nowMs);
}
