/** A rejection as an HTTP answer in your own words. */
import { CallTimeoutError, CircuitOpenError, ShedError, StreamTruncatedError } from "../errors.ts";
import { type Duration, durationMs } from "../duration.ts";
import { AllRoutesFailedError, answerTo } from "../failover-error.ts";
import { fields, text } from "../validate.ts";

/** What the answer says; each default is what HTTP says of the status, and nothing of the provider or the circuit. */
export interface ProblemOptions {
  /** A URI that names this kind of problem, and leads to its explanation. Default `about:blank`. */
  readonly type?: string | undefined;
  /** Default: the status's own phrase, such as "Service Unavailable". */
  readonly title?: string | undefined;
  /** For whoever reads it, in their language: what happened and what they can do. Default: none. */
  readonly detail?: string | undefined;
  /** A URI of this occurrence. */
  readonly instance?: string | undefined;
  /** When to come back, where the error does not know: a deadline that ran out, a place that gets free at any moment. Default: nothing is said. */
  readonly retryAfter?: Duration | undefined;
}

interface Facts {
  readonly status: 429 | 502 | 503 | 504;
  readonly code: string;
  readonly retryAfterMs: number | null;
}

const TITLES: Readonly<Record<Facts["status"], string>> = {
  429: "Too Many Requests",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/**
 * Problem details (RFC 9457) with `Retry-After` for whoever called you: of a `CircuitOpenError` (503, or 429 for a rate limit,
 * a quota or a key), a `ShedError` (503, or 429 for `paced`), a `CallTimeoutError` (504), a `StreamTruncatedError` (502), an
 * `AllRoutesFailedError` (503 or 429 where no call was made, else 504 or 502), or of what an SDK wrapped around one of the first
 * four. Null for any other error. Unlike `CircuitOpenError.toResponse()` it says what you tell it to say,
 * and keeps the circuit's name and evidence to itself.
 *
 * @throws InvalidOptionError naming the field
 * @example
 * return problemResponse(error, { detail: "The assistant is busy. Please ask again in a moment." }) ?? new Response(null, { status: 500 });
 */
export function problemResponse(error: unknown, options: ProblemOptions = {}): Response | null {
  fields("options", options, ["type", "title", "detail", "instance", "retryAfter"]);
  const otherwiseMs = options.retryAfter === undefined ? null : durationMs("retryAfter", options.retryAfter);
  const facts = factsOf(error);
  if (facts === null) return null;
  const { status, code } = facts;
  const retryAfterMs = facts.retryAfterMs ?? otherwiseMs;
  const problem = {
    type: said("type", options.type) ?? "about:blank",
    title: said("title", options.title) ?? TITLES[status],
    status,
    detail: said("detail", options.detail),
    instance: said("instance", options.instance),
    code,
    retryAfterMs: retryAfterMs ?? undefined,
  };
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  // Whole seconds (RFC 9110 §10.2.3), and never 0, which says "at once".
  if (retryAfterMs !== null) headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  return new Response(JSON.stringify(problem), { status, headers });
}

function factsOf(error: unknown): Facts | null {
  // First: what a route's call has thrown is its cause, and no end of the whole.
  if (AllRoutesFailedError.is(error) && error.tried.some(({ made }) => made))
    return { status: answerTo(error.tried).status, code: error.code, retryAfterMs: null };
  const open = CircuitOpenError.from(error);
  if (open !== null) {
    const isHold = open.reason === "rate-limited" || open.reason === "quota-exhausted" || open.reason === "auth";
    return { status: isHold ? 429 : 503, code: open.code, retryAfterMs: Math.ceil(open.retryAfterMs) };
  }
  const shed = ShedError.from(error);
  if (shed !== null) {
    const { retryAfterMs, code, reason } = shed;
    return {
      status: reason === "paced" ? 429 : 503,
      code,
      retryAfterMs: retryAfterMs > 0 ? Math.ceil(retryAfterMs) : null,
    };
  }
  const late = CallTimeoutError.from(error);
  if (late !== null) return { status: 504, code: late.code, retryAfterMs: null };
  const cut = StreamTruncatedError.from(error);
  if (cut !== null) return { status: 502, code: cut.code, retryAfterMs: null };
  return null;
}

function said(option: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : text(option, value);
}
