/** Anthropic's HTTP API. Sources: the API reference's paths and "Errors"; anthropic-sdk-typescript `APIError`. */
import type { Dialect, Operation, Problem } from "./dialect.ts";

const KINDS: Readonly<Record<string, Operation["kind"]>> = {
  "/v1/messages": "generate",
  "/v1/messages/count_tokens": "count",
};
const MODELS = "/v1/models";

export const anthropic: Dialect = {
  name: "anthropic",
  prefixes: ["/anthropic"],
  operation(method, path) {
    if (!path.startsWith("/v1/")) return null;
    const kind = method === "POST" ? KINDS[path] : method === "GET" && path === MODELS ? "list" : undefined;
    const streams = kind === "count" ? false : null;
    return { kind: kind ?? "other", model: null, streams, verb: null, ownPath: () => path };
  },
  errorBody: (problem, requestId) => ({ type: "error", error: errorOf(problem), request_id: requestId }),
  errorEvent: (problem) => `event: error\ndata: ${JSON.stringify({ type: "error", error: errorOf(problem) })}\n\n`,
};

function errorOf({ status, code, message, facts }: Problem): object {
  return { type: typeOf(status), message, code, ...facts };
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 413) return "request_too_large";
  if (status === 429) return "rate_limit_error";
  if (status === 503) return "overloaded_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}
