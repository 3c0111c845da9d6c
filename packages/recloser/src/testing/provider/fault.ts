/** What can be wrong with the provider, as data: the same object in code, in a schedule and over `PUT /admin/fault`. */
import {
  fieldsOf,
  integerBetween,
  milliseconds,
  numberBetween,
  objectOf,
  oneOf,
  optional,
  refuse,
  truth,
} from "./check.ts";
import type { Check } from "./check.ts";

/** Which requests a fault strikes. */
export interface Targeted {
  /** The share of requests it strikes, 0 to 1; default 1. A brownout is any fault with 0.5. */
  readonly probability?: number;
  /** Only requests for these models: a name, or a pattern in which `*` stands for any text; default all. */
  readonly models?: string | readonly string[];
}

/** A `Retry-After` header. */
export interface RetryHint {
  /** Seconds; or a text that is sent as it is, for dates and for junk. Default: no header. */
  readonly retryAfter?: number | string;
  /** How a number is written: whole `"seconds"` (default) or the HTTP `"date"` that lies so many seconds ahead. */
  readonly retryAfterAs?: "seconds" | "date";
}

/** What an error says that comes after the 200. */
export interface ErrorWithin {
  /** Default `"server-error"`. Providers that break off a stream are as often `"overloaded"`. */
  readonly error?: "server-error" | "overloaded" | "rate-limited";
}

/** Where in a stream it happens. */
export interface AfterChunks {
  /**
   * How many chunks with content go out first; default 3. The opening events (role, `response.created`) always do, the
   * finish never does. A whole JSON body counts as four chunks, of which at most three go out.
   */
  readonly afterChunks?: number;
}

/**
 * A fault, by its `kind`. Requests that are already being answered keep the fault they met.
 *
 * @example
 * const brownout: Fault = { kind: "status", status: 503, retryAfter: 2, probability: 0.5 };
 * const oneModelHangs: Fault = { kind: "hang", models: "gpt-5*" };
 */
export type Fault =
  /** An error status with the dialect's own error body. `status` is 400 to 599. */
  | ({ readonly kind: "status"; readonly status: number } & RetryHint & Targeted)
  /** 429. `limited` adds the dialect's rate-limit headers, saying that requests or tokens ran out; `resetMs` (default 1 000) is when they are back. */
  | ({ readonly kind: "rate-limit"; readonly limited?: "requests" | "tokens"; readonly resetMs?: number } & RetryHint &
      Targeted)
  /** The account is out of credit, or the model's quota of the day is used up (Gemini): waiting a little does not help. 429, or the dialect's own status. */
  | ({ readonly kind: "quota" } & Targeted)
  /** The key is not valid: 401, or the dialect's own status (400 for Gemini). */
  | ({ readonly kind: "auth" } & Targeted)
  /** 400: the caller's own mistake. */
  | ({ readonly kind: "bad-request" } & Targeted)
  /** Takes the request and never answers. */
  | ({ readonly kind: "hang" } & Targeted)
  /** Sends a 200 head and never a byte of the body. */
  | ({ readonly kind: "headers-only" } & Targeted)
  /** Begins to answer, then falls silent with the connection open. */
  | ({ readonly kind: "hang-mid-stream" } & AfterChunks & Targeted)
  /** Waits `ms` before the first content; head and opening events are sent at once. A whole answer comes `ms` late. */
  | ({ readonly kind: "slow-first-token"; readonly ms: number } & Targeted)
  /** Drops the connection mid-answer: `"fin"` (default) closes it, `"reset"` sends RST. Chunked encoding or content-length stay unfulfilled. */
  | ({ readonly kind: "cut-stream"; readonly how?: "fin" | "reset" } & AfterChunks & Targeted)
  /** Ends cleanly as far as HTTP can tell, but without finish reason and marker; `omit: "marker"` leaves out only what follows the finish (`[DONE]`, `message_stop`, an array's bracket), which not every dialect has. */
  | ({ readonly kind: "no-terminal-marker"; readonly omit?: "finish" | "marker" } & Targeted)
  /** What the dialect writes into a 200 stream when it fails; `thenMarker` (default false) still sends the end marker. A whole answer becomes `ok-with-error`. */
  | ({ readonly kind: "stream-error"; readonly thenMarker?: boolean } & ErrorWithin & AfterChunks & Targeted)
  /** 200 with a JSON error body, also to who asked for a stream. */
  | ({ readonly kind: "ok-with-error" } & ErrorWithin & Targeted)
  /** A web page instead of an answer: a load balancer's 502 (default) or a maintenance page with 200. */
  | ({ readonly kind: "html"; readonly status?: 200 | 502 } & Targeted)
  /** RST before any header. */
  | ({ readonly kind: "reset" } & Targeted)
  /** The body trickles: `bytes` (default 1) every `everyMs`. */
  | ({ readonly kind: "slow-drip"; readonly everyMs: number; readonly bytes?: number } & Targeted)
  /** Garbage mid-answer: `"json"` (default) garbles one event, `"framing"` breaks HTTP's chunked encoding. */
  | ({ readonly kind: "malformed-chunk"; readonly where?: "json" | "framing" } & AfterChunks & Targeted)
  /** Connection refused: the listener is closed and every connection dropped, for `forMs` or until another fault is set. */
  | { readonly kind: "down"; readonly forMs?: number };

export type FaultKind = Fault["kind"];

const TARGETED: Readonly<Record<string, Check>> = {
  kind: () => {},
  probability: optional(numberBetween(0, 1, "probability")),
  models: optional(modelsCheck),
};
const RETRY_HINT: Readonly<Record<string, Check>> = {
  retryAfter: optional(retryAfterCheck),
  retryAfterAs: optional(oneOf("seconds", "date")),
};
const ERROR_WITHIN: Readonly<Record<string, Check>> = {
  error: optional(oneOf("server-error", "overloaded", "rate-limited")),
};
const AFTER_CHUNKS: Readonly<Record<string, Check>> = { afterChunks: optional(integerBetween(0, 1_000_000, "chunks")) };

const FIELDS: Readonly<Record<FaultKind, Readonly<Record<string, Check>>>> = {
  status: { ...TARGETED, ...RETRY_HINT, status: integerBetween(400, 599, "HTTP status") },
  "rate-limit": {
    ...TARGETED,
    ...RETRY_HINT,
    limited: optional(oneOf("requests", "tokens")),
    resetMs: optional(milliseconds),
  },
  quota: TARGETED,
  auth: TARGETED,
  "bad-request": TARGETED,
  hang: TARGETED,
  "headers-only": TARGETED,
  "hang-mid-stream": { ...TARGETED, ...AFTER_CHUNKS },
  "slow-first-token": { ...TARGETED, ms: milliseconds },
  "cut-stream": { ...TARGETED, ...AFTER_CHUNKS, how: optional(oneOf("fin", "reset")) },
  "no-terminal-marker": { ...TARGETED, omit: optional(oneOf("finish", "marker")) },
  "stream-error": { ...TARGETED, ...ERROR_WITHIN, ...AFTER_CHUNKS, thenMarker: optional(truth) },
  "ok-with-error": { ...TARGETED, ...ERROR_WITHIN },
  html: { ...TARGETED, status: optional(oneOf(200, 502)) },
  reset: TARGETED,
  "slow-drip": { ...TARGETED, everyMs: milliseconds, bytes: optional(integerBetween(1, 1_000_000, "bytes")) },
  "malformed-chunk": { ...TARGETED, ...AFTER_CHUNKS, where: optional(oneOf("json", "framing")) },
  down: { kind: () => {}, forMs: optional(numberBetween(1, Infinity, "milliseconds")) },
};

/** Every kind there is, for menus and tests. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(FIELDS) as FaultKind[];

/** `value` as a frozen fault, or null; throws `InvalidOptionError` naming the field. */
export function checkedFault(value: unknown, option: string): Fault | null {
  if (value === null) return null;
  const { kind } = objectOf(value, option);
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind))
    refuse(`${option}.kind`, `one of ${FAULT_KINDS.join(", ")}`, kind);
  const fields = fieldsOf(value, option, FIELDS[kind as FaultKind]);
  const models = fields["models"];
  return Object.freeze(
    Array.isArray(models) ? { ...fields, models: Object.freeze([...models]) } : { ...fields },
  ) as unknown as Fault;
}

/** Whether the fault's `models` covers a request's model (null: a request that names none, such as the model list). */
export function coversModel(fault: Fault, model: string | null): boolean {
  if (fault.kind === "down" || fault.models === undefined) return true;
  if (model === null) return false;
  return (typeof fault.models === "string" ? [fault.models] : fault.models).some((pattern) => matches(pattern, model));
}

// Greedy matching of the parts between stars, in order: no regular expression is built from what came over HTTP.
function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  const until = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return from <= until;
}

function modelsCheck(value: unknown, option: string): void {
  const patterns: unknown[] = Array.isArray(value) ? value : [value];
  if (patterns.length > 0 && patterns.every((each) => typeof each === "string" && each !== "")) return;
  refuse(option, "a model name or pattern, or a list of them", value);
}

function retryAfterCheck(value: unknown, option: string): void {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return;
  if (typeof value === "string" && /^[\x20-\x7e]*$/.test(value)) return;
  refuse(option, "seconds ≥ 0, or a text of printable ASCII that is sent as it is", value);
}
