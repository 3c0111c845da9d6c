/** What a failover ends with when no route has answered. */
import { CallTimeoutError, CircuitOpenError, RecloserError, setStackLimit, ShedError } from "./errors.ts";
import { harmless } from "./open-message.ts";
import type { Outcome } from "./outcome.ts";

/** A route that did not answer, and what became of it there. */
export interface TriedRoute {
  /** Its name. */
  readonly route: string;
  /** Its place among the routes, 0 for the first. */
  readonly index: number;
  /** Whether the call was made there; false: it was rejected at once, or shed. */
  readonly made: boolean;
  /** As what the route's breaker counted it; null for a rejection, also of a call that was given up at a trip. */
  readonly outcome: Outcome | null;
  /** What was thrown; null where the failure came as an answer, or inside a stream. */
  readonly error: unknown;
  /** How long it took, milliseconds. */
  readonly durationMs: number;
}

/**
 * No route answered: each was rejected, or failed in a way that goes on to the next.
 *
 * Where no call was made at all, its `cause` is the rejection whose circuit can be asked again first, so that
 * `CircuitOpenError.is` and `.from` find it; else its `cause` is what the last call that was made has thrown.
 *
 * @example
 * try { return await failover(routes) } catch (error) {
 *   if (AllRoutesFailedError.is(error)) return error.toResponse();
 *   throw error;
 * }
 */
export class AllRoutesFailedError extends RecloserError {
  override readonly name = "AllRoutesFailedError";
  readonly code = "ERR_ALL_ROUTES_FAILED";
  /** The failover's name. */
  readonly key: string;
  /** Every route, in the order in which they were tried. */
  readonly tried: readonly TriedRoute[];
  /** Milliseconds until a route can be asked again, where none could be; null where a call was made. */
  readonly retryAfterMs: number | null;

  constructor(key: string, tried: readonly TriedRoute[]) {
    const refused = tried.every(({ made }) => !made);
    // In an outage of everything it is made for each call, and says nothing by where.
    const limit = Error.stackTraceLimit;
    if (refused) setStackLimit(0);
    super(messageOf(key, tried));
    setStackLimit(limit);
    this.key = key;
    this.tried = tried;
    const first = refused ? firstAgain(tried) : null;
    this.retryAfterMs = first === null ? null : earliestMs(tried);
    const cause: unknown = refused ? first : tried.findLast(({ made, error }) => made && error !== null)?.error;
    if (cause !== undefined && cause !== null)
      Object.defineProperty(this, "cause", { value: cause, configurable: true, writable: true, enumerable: false });
  }

  /**
   * An HTTP answer for whoever called you, as RFC 9457 problem details without a word of the providers'. Where every route
   * has an open circuit, that of the one which can be asked again first: 503 (429 for a hold) with `Retry-After`; 503 also
   * where some were shed. Where calls were made: 504 if each ran out of time, else 502.
   */
  toResponse(): Response {
    const allOpen = this.retryAfterMs !== null && this.tried.every(({ error }) => CircuitOpenError.is(error));
    const open = allOpen ? CircuitOpenError.from(this) : null;
    if (open !== null) return open.toResponse();
    const { status, title } = answerTo(this.tried);
    const routes = this.tried.map(({ route, outcome, error }) => ({ route, said: outcome?.kind ?? reasonOf(error) }));
    const problem = {
      type: "about:blank",
      title,
      status,
      detail: this.message,
      code: this.code,
      key: this.key,
      routes,
    };
    const headers: Record<string, string> = { "content-type": "application/problem+json", "cache-control": "no-store" };
    if (this.retryAfterMs !== null) {
      headers["retry-after"] = String(Math.max(1, Math.ceil(this.retryAfterMs / 1_000)));
      headers["retry-after-ms"] = String(Math.ceil(this.retryAfterMs));
    }
    return new Response(JSON.stringify(problem), { status, headers });
  }

  static override is(error: unknown): error is AllRoutesFailedError {
    return RecloserError.is(error) && (error as RecloserError).code === "ERR_ALL_ROUTES_FAILED";
  }
}

const ANSWERS = {
  shed: { status: 503, title: "Service Unavailable" },
  late: { status: 504, title: "Gateway Timeout" },
  failed: { status: 502, title: "Bad Gateway" },
} as const;

/** The status of what has become of all routes, and its phrase. */
export function answerTo(tried: readonly TriedRoute[]): (typeof ANSWERS)[keyof typeof ANSWERS] {
  const made = tried.filter((route) => route.made);
  if (made.length === 0) return ANSWERS.shed;
  return made.every(({ outcome }) => outcome?.kind === "timeout") ? ANSWERS.late : ANSWERS.failed;
}

// A circuit says more than a shed: it knows when it may be asked again.
function firstAgain(tried: readonly TriedRoute[]): unknown {
  const errors = tried.map(({ error }) => error);
  const open = errors.filter((error) => CircuitOpenError.is(error));
  return (open.length > 0 ? open : errors).toSorted((a, b) => waitMs(a) - waitMs(b))[0] ?? null;
}

function earliestMs(tried: readonly TriedRoute[]): number {
  return Math.min(...tried.map(({ error }) => waitMs(error)));
}

// Whose time was up in a queue may go as soon as a call ends, like whoever was shed there.
function waitMs(error: unknown): number {
  return (CircuitOpenError.from(error) ?? ShedError.from(error))?.retryAfterMs ?? 0;
}

function reasonOf(error: unknown): string {
  const refusal = CircuitOpenError.from(error) ?? ShedError.from(error);
  return refusal?.reason ?? (CallTimeoutError.is(error) ? "queue-expired" : "failed");
}

// Neither the kinds of failures nor any word of theirs: an SDK reads "timeout" in a message as a fault to retry.
function messageOf(key: string, tried: readonly TriedRoute[]): string {
  const said = tried.map(
    ({ route, made, error }) => `${harmless(route, "a route")} ${made ? "failed" : `rejected (${reasonOf(error)})`}`,
  );
  return `no route of ${harmless(key, "this failover")} answered: ${said.join(", ")}`;
}
