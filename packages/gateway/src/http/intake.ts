/** A caller's request, read and checked: all that must be so before any provider hears of it. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Limits } from "../config/config.ts";
import { type Addressed, addressed } from "../formats/addressed.ts";
import { type Asked, readAsked } from "../formats/asked.ts";
import type { CallersRequest } from "../upstream/target-request.ts";
import { type BodyShare, readBody } from "./body.ts";
import type { OurKeys } from "./clients.ts";
import { checkFraming } from "./framing.ts";
import { Refusal } from "./refusal.ts";
import { readTarget, type RequestTarget } from "./request-target.ts";

const METHODS: ReadonlySet<string | undefined> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const JSON_BODY = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** @throws Refusal for a request that could be read in more than one way, or goes nowhere */
export function address(request: IncomingMessage): RequestTarget & Addressed {
  if (!METHODS.has(request.method)) {
    throw new Refusal(405, "method_not_allowed", "this method is not served", {
      headers: { allow: [...METHODS].join(", ") },
    });
  }
  checkFraming(request);
  const target = readTarget(request.url ?? "");
  if (target === null) throw new Refusal(400, "invalid_path", "the request's target is not a plain path");
  const hasAnthropicVersion = request.headers["anthropic-version"] !== undefined;
  const found = addressed(request.method ?? "", target.path, hasAnthropicVersion);
  if (found === null) throw new Refusal(404, "unknown_path", "there is no API of a provider at this path");
  const { dialect, operation, route } = found;
  return { path: target.path, query: target.query, dialect, operation, route };
}

/**
 * Reads the body, and from it what is asked.
 *
 * @param reading.mustContinue whether the caller waits to be told that it may send
 * @param reading.needs whether it matters what the request needs of a target
 * @param reading.share of what bodies may be held
 * @throws Refusal
 */
export async function readRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { operation, query }: RequestTarget & Addressed,
  { bodyBytes, jsonDepth }: Limits,
  reading: {
    readonly ours: OurKeys;
    readonly mustContinue: boolean;
    readonly needs: boolean;
    readonly share: BodyShare;
  },
): Promise<CallersRequest & Asked> {
  const { headers, method = "" } = request;
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  const isEncoded = headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity";
  const mustHaveJson = operation.kind !== "other" && operation.kind !== "list";
  if (isEncoded && mustHaveJson) {
    throw new Refusal(415, "encoded_body", "the body must not be encoded: its model could not be read");
  }
  if (reading.mustContinue && Number(headers["content-length"] ?? 0) <= bodyBytes) response.writeContinue();
  const body = hasBody ? await readBody(request, bodyBytes, reading.share) : null;
  const isJson =
    mustHaveJson || (JSON_BODY.test(headers["content-type"] ?? "") && !isEncoded && (body?.length ?? 0) > 0);
  const asked = readAsked(operation, isJson ? (body ?? EMPTY) : null, jsonDepth, reading.needs);
  return {
    model: asked.model,
    streams: asked.streams,
    continues: asked.continues,
    needs: asked.needs,
    id: requestId(),
    method,
    operation,
    query,
    headers,
    body,
    ours: reading.ours,
    hasJson: isJson,
  };
}

const EMPTY: Buffer = Buffer.alloc(0);

// Random once a process, counted from then on: short, unique, and nothing of it can be guessed from outside.
const PREFIX: string = randomBytes(6).toString("hex");
let count = 0;

export function requestId(): string {
  return `${PREFIX}-${(++count).toString(36)}`;
}
