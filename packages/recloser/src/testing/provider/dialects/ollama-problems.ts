import type { ErrorAnswer, Problem, ProblemKind, ProblemRequest } from "./dialect.ts";

interface Words {
  readonly status: number;
  readonly message: string;
}

// Shapes as the server sends them (ollama docs/api/errors.mdx, server/routes.go); the sentences are ours. There are no
// codes: only the status and the words tell one from another.
const WORDS: Readonly<Record<ProblemKind, Words>> = {
  "server-error": { status: 500, message: "an error was encountered while running the model" },
  overloaded: { status: 503, message: "server busy, maximum pending requests exceeded" },
  "rate-limited": { status: 429, message: "too many requests" },
  // Of its cloud, as the local server hands it on.
  "quota-exhausted": { status: 429, message: "you have reached your weekly usage limit" },
  auth: { status: 401, message: "unauthorized" },
  "bad-request": { status: 400, message: "the request is not valid" },
  "not-found": { status: 404, message: "not found" },
  "method-not-allowed": { status: 405, message: "405 method not allowed" },
  "too-large": { status: 413, message: "http: request body too large" },
};

export function messageOf(problem: Problem, model: string | null): string {
  if (problem.message !== undefined) return problem.message;
  const isUnknownModel = problem.kind === "not-found" && model !== null;
  return `simulated: ${isUnknownModel ? `model '${model}' not found` : WORDS[problem.kind].message}`;
}

export function ollamaProblem(problem: Problem, { model }: ProblemRequest): ErrorAnswer {
  const status = problem.status ?? WORDS[problem.kind].status;
  return unrouted(problem, model) ?? { status, headers: {}, body: { error: messageOf(problem, model) } };
}

/** Its OpenAI layer knows three types (`NewError` in openai/openai.go). */
export function openaiErrorOf(problem: Problem, model: string | null): object {
  const status = problem.status ?? WORDS[problem.kind].status;
  const type = status === 400 ? "invalid_request_error" : status === 404 ? "not_found_error" : "api_error";
  return { error: { message: messageOf(problem, model), type, param: null, code: null } };
}

export function ollamaOpenaiProblem(problem: Problem, { model }: ProblemRequest): ErrorAnswer {
  const status = problem.status ?? WORDS[problem.kind].status;
  return unrouted(problem, model) ?? { status, headers: {}, body: openaiErrorOf(problem, model) };
}

// What no handler sees is answered by the router, in plain text.
function unrouted({ kind }: Problem, model: string | null): ErrorAnswer | null {
  const headers = { "content-type": "text/plain" };
  if (kind === "method-not-allowed") return { status: 405, headers, body: WORDS[kind].message };
  return kind === "not-found" && model === null ? { status: 404, headers, body: "404 page not found" } : null;
}
