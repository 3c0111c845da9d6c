/** What an HTTP caller is told of a call that was not made: RFC 9457 problem details, with when to come back. */

const TITLES = { 429: "Too Many Requests", 503: "Service Unavailable" } as const;

export interface Problem {
  readonly status: keyof typeof TITLES;
  /** The error's message. */
  readonly detail: string;
  readonly code: string;
  /** What OpenAI-compatible clients call it. */
  readonly type: string;
  readonly retryAfterMs: number;
  /** More members for a program: RFC 9457, section 3.2. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** `Retry-After` in whole seconds, at least one (RFC 9110 has no less), and `retry-after-ms`, which several SDKs read. */
export function problemResponse({ status, detail, code, type, retryAfterMs, facts }: Problem): Response {
  const waitMs = Math.ceil(retryAfterMs);
  const problem = {
    type: "about:blank",
    title: TITLES[status],
    status,
    detail,
    code,
    ...facts,
    retryAfterMs: waitMs,
    // The same once more where OpenAI-compatible clients look for an error.
    error: { message: detail, type, code, param: null },
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
      "retry-after-ms": String(waitMs),
    },
  });
}
