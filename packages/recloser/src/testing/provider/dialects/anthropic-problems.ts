import { requestIdOf } from "./dialect.ts";
import type { ErrorAnswer, Problem, ProblemKind, ProblemRequest } from "./dialect.ts";

interface Words {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

// Shapes and types as the API sends them (platform.claude.com/docs/en/api/errors); the sentences are ours.
const WORDS: Readonly<Record<ProblemKind, Words>> = {
  "server-error": { status: 500, type: "api_error", message: "internal server error" },
  overloaded: { status: 529, type: "overloaded_error", message: "overloaded" },
  "rate-limited": { status: 429, type: "rate_limit_error", message: "this request would exceed the rate limit" },
  // An empty account is a 400 of the commonest type: only its words tell.
  "quota-exhausted": {
    status: 400,
    type: "invalid_request_error",
    message: "the credit balance is too low to access the API",
  },
  auth: { status: 401, type: "authentication_error", message: "invalid x-api-key" },
  "bad-request": { status: 400, type: "invalid_request_error", message: "the request is not valid" },
  "not-found": { status: 404, type: "not_found_error", message: "not found" },
  "method-not-allowed": { status: 405, type: "invalid_request_error", message: "method not allowed" },
  "too-large": { status: 413, type: "request_too_large", message: "the request is too large" },
};

/** Statuses with a type of their own, where the kind alone would say another. */
const TYPES: Readonly<Record<number, string>> = {
  402: "billing_error",
  403: "permission_error",
  409: "conflict_error",
  413: "request_too_large",
  504: "timeout_error",
};

const RETRYABLE: ReadonlySet<ProblemKind> = new Set(["server-error", "overloaded", "rate-limited"]);

/** The error document, which is also the data of an `error` event. */
export function errorDocument(problem: Problem, { ordinal, model }: Pick<ProblemRequest, "ordinal" | "model">): object {
  const words = WORDS[problem.kind];
  // The name of a model and no word around it: the API says no more of one that does not exist.
  const told = problem.kind === "not-found" && model !== null ? `model: ${model}` : `Simulated: ${words.message}.`;
  return {
    type: "error",
    error: {
      type: TYPES[problem.status ?? 0] ?? words.type,
      message: problem.message ?? told,
      details: null,
    },
    request_id: requestIdOf(ordinal),
  };
}

export function anthropicProblem(problem: Problem, request: ProblemRequest): ErrorAnswer {
  return {
    status: problem.status ?? WORDS[problem.kind].status,
    headers: { "x-should-retry": String(RETRYABLE.has(problem.kind)), ...limitHeaders(problem, request.nowMs) },
    body: errorDocument(problem, request),
  };
}

const LIMITS = { requests: 4_000, "input-tokens": 200_000, "output-tokens": 80_000 } as const;

// Tokens are limited by direction; the bucket without one is the sum of both.
function limitHeaders({ limited, resetMs = 0 }: Problem, nowMs: number): Record<string, string> {
  if (limited === undefined) return {};
  const out = limited === "tokens" ? "input-tokens" : "requests";
  const headers: Record<string, string> = {};
  let total = 0;
  let left = 0;
  for (const unit of ["requests", "input-tokens", "output-tokens"] as const) {
    const remaining = unit === out ? 0 : LIMITS[unit];
    Object.assign(headers, bucket(unit, LIMITS[unit], remaining, unit === out ? nowMs + resetMs : nowMs));
    if (unit !== "requests") [total, left] = [total + LIMITS[unit], left + remaining];
  }
  return { ...headers, ...bucket("tokens", total, left, nowMs) };
}

function bucket(unit: string, limit: number, remaining: number, resetAtMs: number): Record<string, string> {
  // RFC 3339 in whole seconds; rounded up, for who came back a moment early would be refused again.
  const reset = new Date(Math.ceil(resetAtMs / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
  const name = `anthropic-ratelimit-${unit}`;
  return { [`${name}-limit`]: String(limit), [`${name}-remaining`]: String(remaining), [`${name}-reset`]: reset };
}
