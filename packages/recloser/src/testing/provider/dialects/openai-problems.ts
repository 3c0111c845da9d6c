import type { ErrorAnswer, Problem, ProblemKind } from "./dialect.ts";

interface Words {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

// Shapes as the API sends them; the sentences are ours.
const WORDS: Readonly<Record<ProblemKind, Words>> = {
  "server-error": {
    status: 500,
    type: "server_error",
    code: null,
    message: "Simulated: the server had an error while processing your request.",
  },
  overloaded: {
    status: 503,
    type: "service_unavailable_error",
    code: "server_is_overloaded",
    message: "Simulated: the servers are overloaded, try again later.",
  },
  "rate-limited": {
    status: 429,
    type: "requests",
    code: "rate_limit_exceeded",
    message: "Simulated: rate limit reached.",
  },
  "quota-exhausted": {
    status: 429,
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "Simulated: you exceeded your current quota, check plan and billing.",
  },
  auth: {
    status: 401,
    type: "invalid_request_error",
    code: "invalid_api_key",
    message: "Simulated: incorrect API key provided.",
  },
  "bad-request": {
    status: 400,
    type: "invalid_request_error",
    code: null,
    message: "Simulated: the request is not valid.",
  },
  "not-found": { status: 404, type: "invalid_request_error", code: null, message: "Simulated: no such path." },
  "method-not-allowed": {
    status: 405,
    type: "invalid_request_error",
    code: "method_not_supported",
    message: "Simulated: not that method.",
  },
  "too-large": {
    status: 413,
    type: "invalid_request_error",
    code: null,
    message: "Simulated: the request body is too large.",
  },
};

/** The `error` object of a problem. */
export function errorObject(problem: Problem): Record<string, unknown> {
  const words = WORDS[problem.kind];
  return {
    message: problem.message ?? words.message + tryAgain(problem),
    type: problem.limited ?? words.type,
    param: problem.param ?? null,
    code: words.code,
  };
}

export function openaiProblem(problem: Problem): ErrorAnswer {
  return {
    status: problem.status ?? WORDS[problem.kind].status,
    headers: limitHeaders(problem),
    body: { error: errorObject(problem) },
  };
}

function tryAgain({ kind, resetMs }: Problem): string {
  return kind === "rate-limited" && resetMs !== undefined ? ` Please try again in ${goDuration(resetMs)}.` : "";
}

const LIMITS = { requests: 500, tokens: 30_000 } as const;

function limitHeaders({ limited, resetMs = 0 }: Problem): Record<string, string> {
  if (limited === undefined) return {};
  const headers: Record<string, string> = {};
  for (const unit of ["requests", "tokens"] as const) {
    headers[`x-ratelimit-limit-${unit}`] = String(LIMITS[unit]);
    headers[`x-ratelimit-remaining-${unit}`] = String(unit === limited ? 0 : LIMITS[unit] / 2);
    headers[`x-ratelimit-reset-${unit}`] = unit === limited ? goDuration(resetMs) : "12ms";
  }
  return headers;
}

/** A duration as the API writes it: "12ms", "1.5s", "6m0s". */
export function goDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms) / 1_000;
  const minutes = Math.floor(seconds / 60);
  const rest = Number((seconds - minutes * 60).toFixed(3));
  if (minutes === 0) return `${rest}s`;
  return minutes < 60 ? `${minutes}m${rest}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${rest}s`;
}
