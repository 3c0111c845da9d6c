/**
 * What a call can be refused or ended with. Errors carry a `code`, a brand that survives two copies of the package, and
 * facts a program can read. No prompt, key or body ever enters one.
 */
import { findError, read } from "./error-trace.ts";
import { harmless, isRejectReason, openMessage } from "./open-message.ts";
import type { FailureKind, HoldKind } from "./outcome.ts";
import type { Priority } from "./priority.ts";
import { problemResponse } from "./problem.ts";
import { shown } from "./shown.ts";
import { spoken } from "./spoken.ts";
import type { Evidence } from "./state.ts";

export type RecloserErrorCode =
  | "ERR_CIRCUIT_OPEN"
  | "ERR_CALL_TIMEOUT"
  | "ERR_SHED"
  | "ERR_ALL_ROUTES_FAILED"
  | "ERR_INVALID_OPTION"
  | "ERR_STREAM_TRUNCATED"
  | "ERR_STORE";

/** The base of every error this library makes. */
export abstract class RecloserError extends Error {
  abstract readonly code: RecloserErrorCode;
  /** The brand: on the prototype, so that no error pays for it. @internal */
  get __recloserError(): true {
    return true;
  }

  /** Whether `error` was made by Recloser, by any copy of it. */
  static is(error: unknown): boolean {
    return isBranded(error);
  }
}

function isBranded(error: unknown): error is RecloserError {
  try {
    return (
      typeof error === "object" && error !== null && (error as { __recloserError?: unknown }).__recloserError === true
    );
  } catch {
    return false; // a Proxy that throws is not one of ours
  }
}

function hasCode(error: unknown, code: RecloserErrorCode): boolean {
  return isBranded(error) && error.code === code;
}

/** Why a circuit rejected a call. */
export type RejectReason = "open" | "probing" | "ramping" | HoldKind | "override";

export interface CircuitOpenFacts {
  readonly key: string;
  readonly state: "closed" | "open" | "half-open";
  readonly reason: RejectReason;
  readonly retryAfterMs: number;
  readonly openedAtMs: number | null;
  readonly generation: number;
  readonly lastFailure: LastFailure | null;
  readonly evidence: Evidence | null;
  /** Default false. */
  readonly inFlight?: boolean;
}

export interface LastFailure {
  readonly kind: FailureKind | HoldKind;
  readonly atMs: number;
}

/**
 * The rejection: the call was not made (or, for one that had shown nothing when the circuit tripped, was given up).
 *
 * It is cheap on purpose (it carries no stack: where it was made is always the breaker) so that an outage does not cost
 * more than the calls it saves.
 *
 * @example
 * try { await breaker.execute(call) } catch (error) {
 *   const open = CircuitOpenError.from(error);
 *   if (open === null) throw error;
 *   return open.toResponse();
 * }
 */
export class CircuitOpenError extends RecloserError {
  override readonly name = "CircuitOpenError";
  readonly code = "ERR_CIRCUIT_OPEN";
  /** The record that rejected. */
  readonly key: string;
  readonly state: "closed" | "open" | "half-open";
  readonly reason: RejectReason;
  /** Milliseconds until another try makes sense; ≥ 0, always a number. */
  readonly retryAfterMs: number;
  /** When the circuit opened, epoch milliseconds; null when it is not open (a hold, a ramp, an override). */
  readonly openedAtMs: number | null;
  readonly generation: number;
  readonly lastFailure: LastFailure | null;
  /** What tripped it: counts, and a sentence such as "18 of 20 calls failed in 30 s: 15 timeout, 3 overloaded". */
  readonly evidence: Evidence | null;
  /** False: the call was never made. True: it had begun, had shown nothing, and was given up when the circuit tripped. */
  readonly inFlight: boolean;

  constructor(facts: CircuitOpenFacts) {
    // Collecting a stack is 90 % of an error's cost, and this one says nothing by where it was made.
    const limit = Error.stackTraceLimit;
    setStackLimit(0);
    super(openMessage(facts));
    setStackLimit(limit);
    this.key = facts.key;
    this.state = facts.state;
    this.reason = facts.reason;
    this.retryAfterMs = facts.retryAfterMs;
    this.openedAtMs = facts.openedAtMs;
    this.generation = facts.generation;
    this.lastFailure = facts.lastFailure;
    this.evidence = facts.evidence;
    this.inFlight = facts.inFlight ?? false;
  }

  /**
   * An HTTP answer for whoever called you: 503 (429 for a rate limit, a quota or a key), RFC 9457 problem details,
   * `Retry-After` in whole seconds and `retry-after-ms`.
   */
  toResponse(): Response {
    const { key, state, reason, retryAfterMs, code, message: detail } = this;
    const status = reason === "rate-limited" || reason === "quota-exhausted" || reason === "auth" ? 429 : 503;
    return problemResponse({ status, detail, code, type: "circuit_open", retryAfterMs, facts: { key, state, reason } });
  }

  /**
   * Whether `error` is a rejection, or carries one inside what an SDK or framework wrapped around it.
   *
   * It is no type guard, since a wrapper has none of our fields: {@link CircuitOpenError.from} gives the rejection itself.
   */
  static override is(error: unknown): boolean {
    return findError(error, OPEN_CODES, hasWait) !== null;
  }

  /** The rejection that `error` is or carries, or null. One that came as an HTTP body is built anew from it. */
  static from(error: unknown): CircuitOpenError | null {
    const found = findError(error, OPEN_CODES, hasWait);
    if (found === null) return null;
    if (isBranded(found)) return found as CircuitOpenError;
    const reason = read(found, "reason");
    const state = read(found, "state");
    const key = read(found, "key");
    const retryAfterMs = Number(read(found, "retryAfterMs"));
    return new CircuitOpenError({
      key: typeof key === "string" ? key : "unknown",
      state: state === "closed" || state === "half-open" ? state : "open",
      reason: isRejectReason(reason) ? reason : "open",
      retryAfterMs: retryAfterMs >= 0 ? retryAfterMs : 0,
      openedAtMs: null,
      generation: 0,
      lastFailure: null,
      evidence: null,
    });
  }
}

const OPEN_CODES: ReadonlySet<unknown> = new Set(["ERR_CIRCUIT_OPEN", "circuit_open"]);

function hasWait(carrier: object): boolean {
  return typeof read(carrier, "retryAfterMs") === "number";
}

// `Error.stackTraceLimit` may be frozen (hardened realms): then the error just costs more.
export function setStackLimit(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {}
}

export type TimeoutPhase = "connect" | "headers" | "first-token" | "idle" | "total";

/** Our own deadline ran out. `phase` says which one; `afterMs` how long it was. */
export class CallTimeoutError extends RecloserError {
  override readonly name = "CallTimeoutError";
  readonly code = "ERR_CALL_TIMEOUT";
  readonly phase: TimeoutPhase;
  readonly afterMs: number;
  readonly key: string;

  /** @param limit what set the deadline, where it is not the obvious option */
  constructor(key: string, phase: TimeoutPhase, afterMs: number, limit?: string) {
    super(
      `call to "${key}" timed out: ${PHASE_TEXT[phase]} within ${spoken(afterMs)}${limit === undefined ? "" : ` (${limit})`}`,
    );
    this.key = key;
    this.phase = phase;
    this.afterMs = afterMs;
  }

  /** Whether `error` is one, or carries one inside what was wrapped around it; no type guard, as `CircuitOpenError.is` is none. */
  static override is(error: unknown): boolean {
    return CallTimeoutError.from(error) !== null;
  }

  /** The error that `error` is or carries, or null. */
  static from(error: unknown): CallTimeoutError | null {
    return ownError(error, "ERR_CALL_TIMEOUT") as CallTimeoutError | null;
  }
}

// These end a call in this process and are no answer to anybody, so a body with such a code is somebody else's.
function ownError(error: unknown, code: RecloserErrorCode): object | null {
  const found = findError(error, new Set([code]), isBranded);
  return isBranded(found) ? found : null;
}

const PHASE_TEXT: Readonly<Record<TimeoutPhase, string>> = {
  connect: "no connection",
  headers: "no response headers",
  "first-token": "no first content",
  idle: "no further content",
  total: "not finished",
};

/**
 * Why a call was shed. `concurrency`: `shed.maxInFlight` is reached; `adaptive`: many calls fail, and a part is not made
 * (`shed.adaptive`); `paced`: the provider's rate limit is reached (`pace`). With `shed.queue`: `queue-full`: as many wait as
 * may; `queue-evicted`: a batch call gave its place to an interactive one; `queue-expired`: it waited for `maxWait`;
 * `queue-closed`: the recloser was closed. `intake`: as a failover's later route it takes over step by step, and its step is full.
 */
export type ShedReason =
  | "concurrency"
  | "adaptive"
  | "paced"
  | "queue-full"
  | "queue-evicted"
  | "queue-expired"
  | "queue-closed"
  | "intake";

/** Why a breaker sheds a call by itself; the intake is its failover's. @internal */
export type OwnShedReason = Exclude<ShedReason, "intake">;

export interface ShedCause {
  readonly reason: ShedReason;
  readonly retryAfterMs: number;
  /** The end of the message. */
  readonly detail: string;
  /** Default `"interactive"`. */
  readonly priority?: Priority;
  /** Default 0. */
  readonly waitedMs?: number;
}

/**
 * The call was refused to protect this process or a struggling provider, though no circuit is open. Cheap, and without a
 * stack, as `CircuitOpenError` is.
 */
export class ShedError extends RecloserError {
  override readonly name = "ShedError";
  readonly code = "ERR_SHED";
  readonly key: string;
  readonly reason: ShedReason;
  /** How many calls may be in flight (`concurrency`, `intake`), or wait, where that is the reason; else null. */
  readonly limit: number | null;
  /** Milliseconds until another try makes sense; 0 where nobody knows: as soon as a call ends. */
  readonly retryAfterMs: number;
  readonly priority: Priority;
  /** How long it had waited in the queue, milliseconds. */
  readonly waitedMs: number;

  /** @param cause default: `limit` calls are in flight */
  constructor(key: string, limit: number | null, cause: ShedCause = concurrency(limit)) {
    const stack = Error.stackTraceLimit;
    setStackLimit(0);
    super(`call to ${harmless(key, "this key")} shed: ${cause.detail}`);
    setStackLimit(stack);
    this.key = key;
    this.reason = cause.reason;
    this.limit = limit;
    this.retryAfterMs = cause.retryAfterMs;
    this.priority = cause.priority ?? "interactive";
    this.waitedMs = cause.waitedMs ?? 0;
  }

  /** An HTTP answer for whoever called you, as {@link CircuitOpenError.toResponse}: 503, or 429 for `paced`. */
  toResponse(): Response {
    const { key, reason, priority, retryAfterMs, code, message: detail } = this;
    const status = reason === "paced" ? 429 : 503;
    return problemResponse({ status, detail, code, type: "shed", retryAfterMs, facts: { key, reason, priority } });
  }

  /** Whether `error` is one, or carries one inside what was wrapped around it; no type guard, as `CircuitOpenError.is` is none. */
  static override is(error: unknown): boolean {
    return findError(error, SHED_CODES, hasWait) !== null;
  }

  /** The error that `error` is or carries, or null. One that came as an HTTP body is built anew from it. */
  static from(error: unknown): ShedError | null {
    const found = findError(error, SHED_CODES, hasWait);
    if (found === null) return null;
    if (isBranded(found)) return found as ShedError;
    const key = read(found, "key");
    const reason = read(found, "reason");
    const retryAfterMs = Number(read(found, "retryAfterMs"));
    return new ShedError(typeof key === "string" ? key : "unknown", null, {
      reason:
        typeof reason === "string" && Object.hasOwn(SHED_REASONS, reason) ? (reason as ShedReason) : "concurrency",
      retryAfterMs: retryAfterMs >= 0 ? retryAfterMs : 0,
      detail: "as another process says",
      priority: read(found, "priority") === "batch" ? "batch" : "interactive",
    });
  }
}

const SHED_CODES: ReadonlySet<unknown> = new Set(["ERR_SHED", "shed"]);
const SHED_REASONS: Readonly<Record<ShedReason, true>> = {
  ...{ concurrency: true, adaptive: true, paced: true, intake: true },
  ...{ "queue-full": true, "queue-evicted": true, "queue-expired": true, "queue-closed": true },
};

function concurrency(limit: number | null): ShedCause {
  const detail = `${limit} calls are in flight, which is the limit (shed.maxInFlight)`;
  return { reason: "concurrency", retryAfterMs: 0, detail };
}

/** A stream ended without the end marker its caller had declared (`isEnd`): what arrived is not the whole answer. */
export class StreamTruncatedError extends RecloserError {
  override readonly name = "StreamTruncatedError";
  readonly code = "ERR_STREAM_TRUNCATED";
  readonly key: string;

  constructor(key: string) {
    super(`stream from "${key}" ended without its end marker: the answer is cut off`);
    this.key = key;
  }

  /** Whether `error` is one, or carries one inside what was wrapped around it; no type guard, as `CircuitOpenError.is` is none. */
  static override is(error: unknown): boolean {
    return StreamTruncatedError.from(error) !== null;
  }

  /** The error that `error` is or carries, or null. */
  static from(error: unknown): StreamTruncatedError | null {
    return ownError(error, "ERR_STREAM_TRUNCATED") as StreamTruncatedError | null;
  }
}

/** An option is wrong. Thrown when something is constructed, never on the path of a call. */
export class InvalidOptionError extends RecloserError {
  override readonly name = "InvalidOptionError";
  readonly code = "ERR_INVALID_OPTION";
  readonly option: string;
  readonly expected: string;
  readonly received: unknown;

  constructor(option: string, expected: string, received: unknown) {
    super(`${option}: expected ${expected}; received ${shown(received)}`);
    this.option = option;
    this.expected = expected;
    this.received = received;
  }

  static override is(error: unknown): error is InvalidOptionError {
    return hasCode(error, "ERR_INVALID_OPTION");
  }
}

/** A store command failed. Only ever seen in `store` events and `storeHealth()`, never thrown at a caller. */
export class StoreError extends RecloserError {
  override readonly name = "StoreError";
  readonly code = "ERR_STORE";
  /** The command never left this process, so that nothing can have come of it. Of any other failure that is not known. */
  readonly isUnsent: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isUnsent?: boolean } = {}) {
    const { isUnsent = false, ...rest } = options;
    super(message, rest);
    this.isUnsent = isUnsent;
  }

  static override is(error: unknown): error is StoreError {
    return hasCode(error, "ERR_STORE");
  }
}
