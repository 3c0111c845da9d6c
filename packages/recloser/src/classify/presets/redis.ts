/**
 * Errors of Redis and Valkey as ioredis, iovalkey and node-redis throw them. Source: the error prefixes of Redis
 * (`src/server.c`, `src/cluster.c`, redis.io "RESP protocol: simple errors") and the clients' own error classes.
 */

import { outcomeOf, type ClassifyInput, type Outcome, type OutcomeKind } from "../../outcome.ts";
import { get, text } from "../safe.ts";
import { namesOf } from "../thrown.ts";
import { thrownNodes } from "./thrown-nodes.ts";

type Kinds = ReadonlyMap<string, OutcomeKind>;

/** The first word of an error reply. */
const BY_PREFIX: Kinds = new Map<string, OutcomeKind>([
  ["LOADING", "server-error"],
  ["READONLY", "server-error"], // a write met a replica, as after a failover; each write will
  ["MASTERDOWN", "server-error"],
  ["NOREPLICAS", "server-error"],
  ["CLUSTERDOWN", "server-error"],
  ["TRYAGAIN", "server-error"],
  ["MISCONF", "server-error"], // it cannot persist, so it takes no writes
  ["UNBLOCKED", "server-error"],
  ["IOERR", "server-error"],
  ["NOQUORUM", "server-error"],
  ["NOGOODSLAVE", "server-error"],
  ["BUSY", "overloaded"], // a script blocks everybody
  ["OOM", "overloaded"],
  ["NOAUTH", "auth"],
  ["WRONGPASS", "auth"],
  ["DENIED", "auth"], // protected mode
  // The command, its keys or its rights. Of NOPERM as of a table that may not be read: the next command may.
  ...["ERR", "WRONGTYPE", "NOPERM", "NOSCRIPT", "EXECABORT", "CROSSSLOT", "BUSYGROUP", "BUSYKEY", "NOGROUP"].map(
    (prefix) => [prefix, "caller-error"] as const,
  ),
  ...["NOPROTO", "NOTBUSY", "UNKILLABLE", "INVALIDOBJ", "INPROG"].map((prefix) => [prefix, "caller-error"] as const),
  // A cluster's answer to a client that does not follow it; the node is well.
  ["MOVED", "caller-error"],
  ["ASK", "caller-error"],
]);

/** Redis says these with the prefix of everything. */
const BY_ERR_WORDS: readonly (readonly [RegExp, OutcomeKind])[] = [
  [/^ERR max number of clients/i, "overloaded"],
  [/^ERR (?:invalid password|AUTH |.*authentication)/i, "auth"],
];

const BY_CLASS: Kinds = new Map<string, OutcomeKind>([
  // ioredis, iovalkey
  ["MaxRetriesPerRequestError", "network"],
  ["ClusterAllFailedError", "network"],
  ["CommandTimeoutDuringMaintenanceError", "timeout"],
  ["ParserError", "stream-error"],
  // node-redis
  ["ClientOfflineError", "network"],
  ["SocketClosedUnexpectedlyError", "network"],
  ["RootNodesUnavailableError", "network"],
  ["ConnectionTimeoutError", "timeout"],
  ["SocketTimeoutError", "timeout"],
  ["SocketTimeoutDuringMaintenanceError", "timeout"],
  ["CommandTimeoutError", "timeout"],
  ["ClientClosedError", "caller-error"],
  ["DisconnectsClientError", "cancelled"],
  // Both: a key that was watched has changed.
  ["WatchError", "caller-error"],
]);

/** ioredis throws a plain Error, or redis-errors' AbortError, where no server spoke. */
const BY_WORDS: readonly (readonly [RegExp, OutcomeKind])[] = [
  [/^command timed out$/i, "timeout"],
  [/^connection is closed\.?$|^stream isn't writeable|due to connection close$/i, "network"],
  [/^all sentinels are unreachable|^failed to refresh slots cache|^none of startup nodes/i, "network"],
  [/^too many cluster redirections/i, "server-error"],
];

const REPLY: ReadonlySet<string> = new Set(["ReplyError", "ErrorReply", "SimpleError", "BlobError", "RequestError"]);

function kindOf(node: unknown): OutcomeKind | undefined {
  const names = namesOf(node);
  const message = text(get(node, "message"));
  if (names.some((name) => REPLY.has(name))) {
    const word = /^[A-Z]{2,20}(?= |$)/.exec(message)?.[0] ?? "";
    return BY_ERR_WORDS.find(([words]) => words.test(message))?.[1] ?? BY_PREFIX.get(word);
  }
  for (const name of names) {
    const kind = BY_CLASS.get(name);
    if (kind !== undefined) return kind;
  }
  return BY_WORDS.find(([words]) => words.test(message))?.[1];
}

/**
 * A `classify` for calls to Redis or Valkey: what the server says of itself counts (`LOADING`, `READONLY`, `OOM`, too many
 * clients), what it says of the command does not (`WRONGTYPE`, `NOPERM`, `ERR`). Undefined for everything else, such as a
 * refused connection: the built-in rules know those.
 *
 * @example
 * const cache = createBreaker({ name: "cache", classify: redisClassifier });
 * const value = await cache.execute(() => client.get("key"), { fallback: () => null });
 */
export function redisClassifier(input: ClassifyInput): Outcome | undefined {
  for (const node of thrownNodes(input)) {
    const kind = kindOf(node);
    if (kind !== undefined) return outcomeOf(kind, kind === "overloaded" ? { scope: "provider" } : {});
  }
  return undefined;
}
