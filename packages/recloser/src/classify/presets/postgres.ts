/** Errors of PostgreSQL as node-postgres (`pg`) and postgres.js throw them. Source: PostgreSQL, appendix A "Error Codes". */

import { outcomeOf, type ClassifyInput, type Outcome, type OutcomeKind } from "../../outcome.ts";
import { get, text } from "../safe.ts";
import { namesOf } from "../thrown.ts";
import { thrownNodes } from "./thrown-nodes.ts";

type Kinds = ReadonlyMap<string, OutcomeKind>;

const BY_STATE: Kinds = new Map<string, OutcomeKind>([
  ["25006", "server-error"], // read_only_sql_transaction: a write met a standby, as after a failover; each write will
  ["40003", "server-error"], // statement_completion_unknown
  ["53100", "server-error"], // disk_full
  ["53200", "server-error"], // out_of_memory
  ["53400", "caller-error"], // configuration_limit_exceeded: this statement's temporary files
  ["57P04", "caller-error"], // database_dropped
  ["57P05", "caller-error"], // idle_session_timeout: our pool kept it longer than the server allows
]);

/** By the first two characters, the class of a code. */
const BY_CLASS: Kinds = new Map<string, OutcomeKind>([
  ["08", "network"],
  ["28", "auth"],
  // 40001 and 40P01: callers' own transactions met, and a server that finds a deadlock is alive and well. If they
  // counted, one hot row would shut everybody out of a healthy database; retry the transaction instead.
  ["40", "caller-error"],
  ["53", "overloaded"], // too_many_connections
  ["57", "server-error"], // admin_shutdown, crash_shutdown, cannot_connect_now
  ["58", "server-error"], // io_error
  ["F0", "server-error"], // a broken configuration file
  ["HV", "server-error"], // a foreign server
  ["XX", "server-error"], // internal_error, data_corrupted
  // The statement, its data, its rights or its transaction. 42501 is here too: a table that one may not read says
  // nothing of the next one, so it holds no credential.
  ...["01", "02", "03", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "20", "21", "22", "23", "24", "25", "26", "27"].map(
    (state) => [state, "caller-error"] as const,
  ),
  ...["2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "42", "44", "54", "55", "72", "P0"].map(
    (state) => [state, "caller-error"] as const,
  ),
]);

/** postgres.js has words of its own where no server spoke. */
const BY_DRIVER_CODE: Kinds = new Map<string, OutcomeKind>([
  ["CONNECTION_CLOSED", "network"],
  ["CONNECTION_DESTROYED", "network"],
  ["CONNECT_TIMEOUT", "timeout"],
  ["CONNECTION_ENDED", "caller-error"],
  ["SASL_SIGNATURE_MISMATCH", "auth"],
  ["AUTH_TYPE_NOT_IMPLEMENTED", "auth"],
  ["MAX_PARAMETERS_EXCEEDED", "caller-error"],
  ["UNDEFINED_VALUE", "caller-error"],
  ["NOT_TAGGED_CALL", "caller-error"],
  ["UNSAFE_TRANSACTION", "caller-error"],
]);

/** `pg` throws a plain Error where no server spoke. */
const BY_WORDS: readonly (readonly [RegExp, OutcomeKind])[] = [
  [
    /^(?:timeout exceeded when trying to connect|timeout expired|query read timeout)|due to connection timeout$/i,
    "timeout",
  ],
  [/^connection terminated|encountered a connection error and is not queryable$/i, "network"],
  [/^the server does not support ssl connections/i, "server-error"],
  [/^sasl: /i, "auth"],
  [/after calling end on the pool|^client (?:was closed|has already been connected)/i, "caller-error"],
];

function kindOfState(state: string, node: unknown): OutcomeKind | undefined {
  if (state === "57014") return /timeout/i.test(text(get(node, "message"))) ? "timeout" : "cancelled"; // or "due to user request"
  const known = BY_STATE.get(state) ?? BY_CLASS.get(state.slice(0, 2));
  if (known !== undefined) return known;
  // A code of the application's own (RAISE … USING ERRCODE): whoever runs it is alive, unless it ended the session.
  const severity = text(get(node, "severity_local") ?? get(node, "severity"));
  if (severity === "") return undefined;
  return severity === "FATAL" || severity === "PANIC" ? "server-error" : "caller-error";
}

function kindOf(node: unknown): OutcomeKind | undefined {
  const code = text(get(node, "code"));
  if (/^[0-9A-Z]{5}$/.test(code)) return kindOfState(code, node);
  if (code !== "") return BY_DRIVER_CODE.get(code);
  const ofDriver = namesOf(node).every((name) => name === "DatabaseError");
  return ofDriver ? BY_WORDS.find(([words]) => words.test(text(get(node, "message"))))?.[1] : undefined;
}

/**
 * A `classify` for calls to PostgreSQL: what the server says of itself counts (`too_many_connections`, `admin_shutdown`,
 * `disk_full`, a statement timeout), what it says of the statement does not (a unique violation, a deadlock, a syntax
 * error). Undefined for everything else, such as a refused connection: the built-in rules know those.
 *
 * @example
 * const database = createBreaker({ name: "orders-db", classify: postgresClassifier });
 * const { rows } = await database.execute(() => pool.query("select 1"));
 */
export function postgresClassifier(input: ClassifyInput): Outcome | undefined {
  for (const node of thrownNodes(input)) {
    const kind = kindOf(node);
    if (kind !== undefined) return outcomeOf(kind, kind === "overloaded" ? { scope: "provider" } : {});
  }
  return undefined;
}
