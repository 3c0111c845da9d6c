import type { ErrorAnswer, Problem, ProblemKind, ProblemRequest } from "./dialect.ts";

interface Words {
  readonly status: number;
  readonly message: string;
}

// Shapes and codes as the API sends them (google.rpc.Status as JSON); the sentences are ours.
const WORDS: Readonly<Record<ProblemKind, Words>> = {
  "server-error": { status: 500, message: "an internal error has occurred" },
  overloaded: { status: 503, message: "the model is overloaded, try again later" },
  "rate-limited": { status: 429, message: "resource has been exhausted (e.g. check quota)" },
  "quota-exhausted": { status: 429, message: "you exceeded your current quota, check plan and billing details" },
  // A key that is none is an invalid argument to Google, not a 401.
  auth: { status: 400, message: "API key not valid" },
  "bad-request": { status: 400, message: "request contains an invalid argument" },
  "not-found": { status: 404, message: "no such path" },
  "method-not-allowed": { status: 405, message: "not that method" },
  "too-large": { status: 413, message: "the request is too large" },
};

/** Source: the HTTP mapping in google/rpc/code.proto. */
const CANONICAL: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const DOMAIN = "generativelanguage.googleapis.com";

/** The error document, which is also what a stream breaks off with. */
export function errorDocument(problem: Problem, model: string | null): object {
  const code = problem.status ?? WORDS[problem.kind].status;
  const details = detailsOf(problem, model);
  return {
    error: {
      code,
      message: messageOf(problem, model),
      status: CANONICAL[code] ?? (code >= 500 ? "UNKNOWN" : "INVALID_ARGUMENT"),
      ...(details.length > 0 && { details }),
    },
  };
}

export function geminiProblem(problem: Problem, { model }: ProblemRequest): ErrorAnswer {
  return {
    status: problem.status ?? WORDS[problem.kind].status,
    headers: { "content-type": "application/json; charset=UTF-8" },
    body: pretty(errorDocument(problem, model)),
  };
}

/** As Google writes JSON: over several lines. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function messageOf(problem: Problem, model: string | null): string {
  if (problem.message !== undefined) return problem.message;
  const delay = retryDelay(problem);
  const isUnknownModel = problem.kind === "not-found" && model !== null;
  const words = isUnknownModel
    ? `models/${model} is not found for API version v1beta, or is not supported`
    : WORDS[problem.kind].message;
  return `Simulated: ${words}.${delay === null ? "" : ` Please retry in ${delay}.`}`;
}

function detailsOf(problem: Problem, model: string | null): readonly object[] {
  const delay = retryDelay(problem);
  const quota = quotaOf(problem);
  return [
    ...(problem.kind === "auth" && problem.status === undefined
      ? [detail("ErrorInfo", { reason: "API_KEY_INVALID", domain: "googleapis.com", metadata: { service: DOMAIN } })]
      : []),
    ...(problem.param === undefined
      ? []
      : [detail("BadRequest", { fieldViolations: [{ field: problem.param, description: problem.message }] })]),
    ...(quota === null
      ? []
      : [detail("QuotaFailure", { violations: [{ ...quota, quotaDimensions: { location: "global", model } }] })]),
    ...(delay === null ? [] : [detail("RetryInfo", { retryDelay: delay })]),
  ];
}

function detail(type: string, fields: object): object {
  return { "@type": `type.googleapis.com/google.rpc.${type}`, ...fields };
}

function quotaOf({ kind, limited }: Problem): object | null {
  const quota = (metric: string, quotaId: string, quotaValue: string): object => ({
    quotaMetric: `${DOMAIN}/generate_content_free_tier_${metric}`,
    quotaId: `${quotaId}-FreeTier`,
    quotaValue,
  });
  if (kind === "quota-exhausted") return quota("requests", "GenerateRequestsPerDayPerProjectPerModel", "250");
  if (limited === "requests") return quota("requests", "GenerateRequestsPerMinutePerProjectPerModel", "10");
  if (limited === "tokens") return quota("input_token_count", "GenerateContentInputTokensPerModelPerMinute", "250000");
  return null;
}

// Google has no headers for this: the wait stands in the body, where its SDK keeps it. A day's quota comes with a wait of
// seconds as well, which brings nothing.
function retryDelay({ kind, limited, resetMs, retryAfterMs }: Problem): string | null {
  const ms = retryAfterMs ?? (limited === undefined ? undefined : resetMs) ?? (kind === "quota-exhausted" ? 34_000 : 0);
  return ms > 0 ? `${Number((ms / 1_000).toFixed(9))}s` : null;
}
