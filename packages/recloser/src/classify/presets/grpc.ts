/** Errors of gRPC as grpc-js and Connect throw them. Source: grpc.io "Status Codes and Their Use", google.rpc.RetryInfo. */

import { outcomeOf, trackOf, type ClassifyInput, type Outcome, type OutcomeKind } from "../../outcome.ts";
import { protobufDuration } from "../retry-after.ts";
import { get, isObject, items, numeric, text } from "../safe.ts";
import { namesOf } from "../thrown.ts";
import { retryInfoMs } from "./grpc-retry-info.ts";
import { thrownNodes } from "./thrown-nodes.ts";

const BY_CODE: ReadonlyMap<number, OutcomeKind> = new Map<number, OutcomeKind>([
  [1, "server-error"], // CANCELLED: the caller's own was ruled out by its signal and by the client's words
  [2, "server-error"], // UNKNOWN: a handler threw
  [3, "caller-error"], // INVALID_ARGUMENT
  [4, "timeout"], // DEADLINE_EXCEEDED
  [5, "caller-error"], // NOT_FOUND
  [6, "caller-error"], // ALREADY_EXISTS
  [7, "caller-error"], // PERMISSION_DENIED: for this method; who it is, the server knows
  [8, "rate-limited"], // RESOURCE_EXHAUSTED
  [9, "caller-error"], // FAILED_PRECONDITION
  [10, "caller-error"], // ABORTED: callers met, as in a serialization failure
  [11, "caller-error"], // OUT_OF_RANGE
  [12, "caller-error"], // UNIMPLEMENTED
  [13, "server-error"], // INTERNAL
  [14, "overloaded"], // UNAVAILABLE
  [15, "server-error"], // DATA_LOSS
  [16, "auth"], // UNAUTHENTICATED
]);

const CANCELLED = 1;
const UNAVAILABLE = 14;

/** grpc-js puts every failure of the connection under UNAVAILABLE. */
const LOST =
  /\bno connection established\b|\bconnection dropped\b|\bname resolution failed\b|\bE(?:CONN\w+|NOTFOUND|PIPE|HOSTUNREACH|AI_AGAIN)\b|\bfailed to connect\b/i;

/** grpc-js: numeric `code`, `details`, `metadata`. Connect: a class named ConnectError. */
function statusOf(node: unknown): number | null {
  const code = get(node, "code");
  if (typeof code !== "number" || !BY_CODE.has(code)) return null;
  const isServiceError = typeof get(node, "details") === "string" && isObject(get(node, "metadata"));
  return isServiceError || namesOf(node).includes("ConnectError") ? code : null;
}

function kindOf(code: number, node: unknown): OutcomeKind | undefined {
  const said = `${text(get(node, "details"))}\n${text(get(node, "message"))}`;
  if (code === CANCELLED && /\bcancelled (?:on|by) client\b|\babort/i.test(said)) return "cancelled";
  if (code === UNAVAILABLE && LOST.test(said)) return "network";
  return BY_CODE.get(code);
}

/** google.rpc.RetryInfo in the trailers, the server's own push-back (gRFC A6), or decoded by google-gax. */
function hintOf(node: unknown): number | null {
  for (const detail of items(get(node, "statusDetails"))) {
    const ms = protobufDuration(get(detail, "retryDelay"));
    if (ms !== null) return ms;
  }
  const pushback = numeric(trailer(node, "grpc-retry-pushback-ms"));
  if (pushback !== null && pushback > 0) return pushback;
  const status = trailer(node, "grpc-status-details-bin");
  return status instanceof Uint8Array ? retryInfoMs(status) : null;
}

function trailer(node: unknown, name: string): unknown {
  const metadata = get(node, "metadata");
  const lookup = get(metadata, "get");
  if (typeof lookup !== "function") return undefined;
  try {
    const found: unknown = lookup.call(metadata, name);
    return Array.isArray(found) ? items(found)[0] : found;
  } catch {
    return undefined;
  }
}

/**
 * A `classify` for gRPC calls, by status code. `UNAVAILABLE` over a dead connection is `network`, `RESOURCE_EXHAUSTED` a
 * hold for as long as the server's RetryInfo asks. Undefined for what carries no gRPC status.
 *
 * @example
 * const inventory = createBreaker({ name: "inventory", classify: grpcClassifier });
 * const stock = await inventory.execute(() => client.getStock({ sku }));
 */
export function grpcClassifier(input: ClassifyInput): Outcome | undefined {
  for (const node of thrownNodes(input)) {
    const code = statusOf(node);
    const kind = code === null ? undefined : kindOf(code, node);
    if (kind !== undefined) return outcomeOf(kind, { retryAfterMs: trackOf(kind) === "none" ? null : hintOf(node) });
  }
  return undefined;
}
