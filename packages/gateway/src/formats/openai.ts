/** OpenAI's HTTP API. Sources: the API reference's paths; openai-node `APIError` for the error, `Stream` for one inside a stream. */
import type { Dialect, Operation, Problem } from "./dialect.ts";

const KINDS: Readonly<Record<string, Operation["kind"]>> = {
  "/chat/completions": "generate",
  "/completions": "generate",
  "/responses": "generate",
  "/embeddings": "embed",
};
const MODELS = "/models";

export const openai: Dialect = {
  name: "openai",
  prefixes: ["/openai/v1", "/v1"],
  operation(method, path) {
    const kind = method === "POST" ? KINDS[path] : method === "GET" && path === MODELS ? "list" : undefined;
    return { kind: kind ?? "other", model: null, streams: null, verb: null, ownPath: () => path };
  },
  errorBody: (problem) => ({ error: errorOf(problem) }),
  errorEvent(problem, path) {
    if (!path.endsWith("/responses")) return `data: ${JSON.stringify({ error: errorOf(problem) })}\n\n`;
    const { code, message } = problem;
    // The event as documented; its `error` is what makes the official client throw instead of handing on one more event.
    const event = { type: "error", code, message, param: null, error: errorOf(problem) };
    return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
  },
};

function errorOf({ status, code, message, facts }: Problem): object {
  return { message, type: typeOf(status), code, param: null, ...facts };
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
