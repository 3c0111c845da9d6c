/**
 * `recloser/classify`: what became of a call, for a breaker to count. Recognises the errors of LLM providers and their
 * SDKs, of HTTP and of the network below it, by code, status and shape; imports nothing of theirs.
 *
 * @example
 * import { classify } from "recloser/classify";
 * classify({ response: { status: 429, headers: { "retry-after": "20" } } });
 * // { kind: "rate-limited", track: "hold", retryAfterMs: 20000, scope: "model" }
 */

import { outcomeOf, type ClassifyInput, type Outcome } from "../outcome.ts";
import { hasError, isFiltered } from "./answer.ts";
import { emptyFacts, readBody, type Facts } from "./facts.ts";
import { readHeader, readHeaders } from "./headers.ts";
import { isSuccessStatus, verdictOfStatus } from "./http.ts";
import { judgeThrown } from "./judge-thrown.ts";
import { judge } from "./judge.ts";
import { get, isObject, isWithinJsonLimit, items, numeric, parseJson } from "./safe.ts";
import { verdictOfOwnCode, verdictOfSignal } from "./signal.ts";
import { judgeStream, scopeOfFrame } from "./stream.ts";
import { unwrap } from "./thrown.ts";

export type {
  Classifier,
  ClassifyInput,
  FailureKind,
  HoldKind,
  NeutralKind,
  Outcome,
  OutcomeKind,
  OutcomeScope,
  OutcomeTrack,
} from "../outcome.ts";
export { grpcClassifier } from "./presets/grpc.ts";
export { httpClassifier } from "./presets/http.ts";
export { postgresClassifier } from "./presets/postgres.ts";
export { redisClassifier } from "./presets/redis.ts";
export { parseRetryAfter } from "./retry-after.ts";

const SUCCESS: Outcome = Object.freeze(outcomeOf("success", { scope: "provider" }));

/**
 * Decides what a call's end means. Total: whatever comes in, an {@link Outcome} comes out; it never throws, reads no
 * clock and consumes no body.
 *
 * Asked in this order: our own errors, the caller's signal, typed codes, the body, the status, network codes, class
 * names, words. A retry hint is passed on unclamped.
 */
export function classify(input: ClassifyInput): Outcome {
  try {
    return decide(input);
  } catch {
    return outcomeOf("unknown");
  }
}

function decide(input: ClassifyInput): Outcome {
  const response = get(input, "response");
  const stream = get(input, "stream");
  const error = get(input, "error");
  if (error !== undefined && error !== null) return ofError(input, error, response, stream);
  if (typeof stream === "string") return ofStream(input, stream, response);
  if (isObject(response)) return ofResponse(input, response);
  const threwNothing = !isObject(input) || !("error" in input) || "result" in input;
  return threwNothing ? ofResult(input, get(input, "result")) : outcomeOf("unknown");
}

/** Nobody's dialect, as if no provider were given: a page with status 200 is then an answer. */
const ANY = "any";

function factsFor(input: ClassifyInput): Facts {
  const provider = get(input, "provider");
  const nowMs = get(input, "nowMs");
  return emptyFacts(
    typeof provider === "string" && provider !== ANY ? provider.toLowerCase() : undefined,
    typeof nowMs === "number" ? nowMs : undefined,
  );
}

function ofError(input: ClassifyInput, error: unknown, response: unknown, stream: unknown): Outcome {
  for (const node of unwrap(error)) {
    const own = verdictOfOwnCode(get(node, "code"));
    if (own !== undefined) return outcomeOf(own.kind);
  }
  const aborted = verdictOfSignal(get(input, "signal"));
  if (aborted !== undefined) return outcomeOf(aborted.kind);

  const facts = factsFor(input);
  const status = numeric(get(response, "status"));
  if (isObject(response)) {
    facts.status = status;
    facts.headers = readHeaders(get(response, "headers"));
    if (!isSuccessStatus(status)) readResponseBody(facts, response);
  }
  if (typeof stream === "string" && (status === null || isSuccessStatus(status))) {
    const said = judgeStream(stream, facts);
    if (said !== undefined && said !== "cut") return said;
    facts.midStream = true;
  }
  return judgeThrown(error, facts);
}

function ofStream(input: ClassifyInput, stream: string, response: unknown): Outcome {
  const status = numeric(get(response, "status"));
  if (status !== null && !isSuccessStatus(status)) {
    return ofResponse(input, { status, headers: get(response, "headers"), body: get(response, "body") ?? stream });
  }
  const facts = factsFor(input);
  facts.headers = readHeaders(get(response, "headers"));
  if (isPage(facts.headers.get("content-type") ?? "", stream)) return outcomeOf("server-error");
  const said = judgeStream(stream, facts);
  if (said === undefined) return SUCCESS;
  if (said !== "cut") return said;
  // It broke off because the caller, or the caller's time limit, ended it: no SDK throws then.
  return outcomeOf(verdictOfSignal(get(input, "signal"))?.kind ?? "stream-error");
}

function ofResponse(input: ClassifyInput, response: object): Outcome {
  const status = numeric(get(response, "status"));
  const body = get(response, "body");
  if (status !== null && status >= 200 && status <= 399) {
    const isStream = typeof body === "string" && STREAM_TYPE.test(readHeader(get(response, "headers"), "content-type"));
    return isStream ? ofStream(input, body, response) : ofAnswer(input, response, body);
  }
  const facts = factsFor(input);
  facts.status = status;
  facts.headers = readHeaders(get(response, "headers"));
  readResponseBody(facts, response);
  if (status === 0) return outcomeOf("network"); // Response.error()
  return judge(facts) ?? outcomeOf("unknown");
}

function readResponseBody(facts: Facts, response: unknown): void {
  const type = facts.headers.get("x-amzn-errortype");
  if (type !== undefined) readBody(facts, { error_type: type });
  const body = get(response, "body");
  // A long body is no error document; a live one is not ours to read.
  if (
    typeof body === "string" ? isWithinJsonLimit(body) : isObject(body) && typeof get(body, "getReader") !== "function"
  )
    readBody(facts, body);
}

/** A 2xx (or 3xx, for plain HTTP): success unless its body says otherwise. */
function ofAnswer(input: ClassifyInput, response: object, body: unknown): Outcome {
  if (body === undefined || body === null || typeof get(body, "getReader") === "function") return SUCCESS;
  const headers = get(response, "headers");
  if (typeof body === "string") {
    const provider = get(input, "provider");
    if (typeof provider === "string" && provider !== ANY && isPage(readHeader(headers, "content-type"), body))
      return outcomeOf("server-error");
  }
  const parsed = typeof body === "string" ? parseJson(body) : body;
  const docs = Array.isArray(parsed) ? items(parsed) : [parsed];
  for (const [i, doc] of docs.entries()) {
    if (hasError(doc)) {
      const facts = factsFor(input);
      facts.midStream = i > 0; // Vertex streams an array: it had begun
      facts.headers = readHeaders(headers);
      readBody(facts, doc);
      return judge(facts) ?? outcomeOf("server-error", { scope: scopeOfFrame(facts) });
    }
    if (isFiltered(doc)) return outcomeOf("content-filtered");
  }
  return SUCCESS;
}

/** Media types whose text is a stream's, wherever it was put. */
const STREAM_TYPE = /^(?:text\/event-stream|application\/(?:x-ndjson|jsonl|vnd\.amazon\.eventstream))\b/i;

/** HTML where an API answers JSON: a proxy, a portal or a maintenance page spoke. */
function isPage(contentType: string, body: string): boolean {
  return /^text\/html\b/i.test(contentType) || (contentType === "" && /^\s*<(?:!doctype|html)/i.test(body));
}

/** What the call resolved to: a fetch Response is judged by status and headers, its body stays the caller's. */
function ofResult(input: ClassifyInput, result: unknown): Outcome {
  if (!isObject(result)) return SUCCESS;
  const status = get(result, "status");
  const headers = get(result, "headers");
  if (typeof status !== "number" || typeof get(headers, "get") !== "function") return SUCCESS;
  if (verdictOfStatus(status) === undefined) return SUCCESS;
  return ofResponse(input, { status, headers });
}
