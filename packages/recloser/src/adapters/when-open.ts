/**
 * How a rejection reaches an SDK that sits above `fetch`, so that it gives up after one try. Measured on the SDKs of
 * 2026 (docs/design: the table in api.md): the clients of OpenAI, Anthropic and Groq retry whatever `fetch` throws, but
 * not an answer with `x-should-retry: false`; LangChain's retries even that, but not a 429 without a waiting time.
 */
import type { CircuitOpenError, ShedError } from "../errors.ts";

export type WhenOpen = "auto" | "response" | "throw";

const ANSWERED_BY_503 = /^(?:async)?(?:openai|azureopenai|anthropic|anthropicbedrock|anthropicvertex|groq)\//i;
const LANGCHAIN = /langchainjs/i;

/** The response a rejected request gets, or null when the error is to be thrown. */
export function answerWhenOpen(
  whenOpen: WhenOpen,
  headers: Headers,
  error: CircuitOpenError | ShedError,
): Response | null {
  if (whenOpen === "throw") return null;
  if (whenOpen === "response") return answer(503, error, true);
  const agent = headers.get("user-agent") ?? "";
  if (LANGCHAIN.test(agent)) return answer(429, error, false);
  return ANSWERED_BY_503.test(agent) ? answer(503, error, true) : null;
}

function answer(status: number, error: CircuitOpenError | ShedError, withRetryAfter: boolean): Response {
  const code = error.code;
  const body = {
    error: {
      message: error.message,
      type: code === "ERR_SHED" ? "shed" : "circuit_open",
      code,
      param: null,
      ...facts(error),
    },
  };
  const headers = new Headers({
    "content-type": "application/json",
    "x-should-retry": "false",
    "cache-control": "no-store",
  });
  const { retryAfterMs } = error;
  // A shed for want of a slot cannot say when there will be one.
  if (withRetryAfter && (retryAfterMs > 0 || code !== "ERR_SHED")) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
    headers.set("retry-after-ms", String(Math.ceil(retryAfterMs)));
  }
  return new Response(JSON.stringify(body), { status, headers });
}

function facts(error: CircuitOpenError | ShedError): object {
  const { key, reason } = error;
  const retryAfterMs = Math.ceil(error.retryAfterMs);
  // By its code, since the error may be another copy's.
  if (error.code === "ERR_SHED") return { key, reason, priority: error.priority, retryAfterMs };
  return { key, state: error.state, reason, retryAfterMs };
}
