/** What a simulated provider throws: shaped like the errors of an SDK, so that the real classifier reads them. */
import { errorObject, openaiProblem } from "../provider/dialects/openai-problems.ts";
import type { Problem, ProblemKind } from "../provider/dialects/dialect.ts";

/** An error answer as the official SDKs throw it: the status, the headers and the body's `error`. */
export class SimulatedApiError extends Error {
  override readonly name = "SimulatedApiError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: Readonly<Record<string, unknown>>;

  constructor(status: number, headers: Readonly<Record<string, string>>, error: Readonly<Record<string, unknown>>) {
    super(`${status} ${String(error["message"])}`);
    this.status = status;
    this.headers = headers;
    this.error = error;
  }
}

/** Makes errors with the status; `retryAfterMs`: a hint in the headers; `resetMs`: `x-ratelimit-*`, until the limit is whole again. */
export function errorMaker(
  status: number,
  retryAfterMs: number | null,
  resetMs: number | null = null,
): () => SimulatedApiError {
  const limit = resetMs === null ? {} : { limited: "requests" as const, resetMs };
  const problem: Problem = { kind: kindOf(status), status, ...limit };
  const hint = retryAfterMs === null ? {} : hintHeaders(retryAfterMs);
  const headers = resetMs === null ? hint : { ...openaiProblem(problem).headers, ...hint };
  const error = errorObject(problem);
  return () => withoutStack(() => new SimulatedApiError(status, headers, error));
}

/** The connection was refused, as `fetch` says it. */
export function connectionRefused(): TypeError {
  return withoutStack(() => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 192.0.2.1:443"), {
      code: "ECONNREFUSED",
      syscall: "connect",
    });
    return new TypeError("fetch failed", { cause });
  });
}

/** The connection was lost before the answer began, or in the middle of it, as `fetch` says it. */
export function connectionLost(midAnswer: boolean): TypeError {
  return withoutStack(() => {
    const cause = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
    return new TypeError(midAnswer ? "terminated" : "fetch failed", { cause });
  });
}

function hintHeaders(retryAfterMs: number): Readonly<Record<string, string>> {
  return {
    "retry-after": String(Math.ceil(retryAfterMs / 1_000)),
    "retry-after-ms": String(Math.ceil(retryAfterMs)),
  };
}

function kindOf(status: number): ProblemKind {
  if (status === 429) return "rate-limited";
  if (status === 401 || status === 403) return "auth";
  if (status === 503 || status === 529) return "overloaded";
  return status >= 500 ? "server-error" : "bad-request";
}

// Collecting stacks would be most of what an outage costs to simulate, and all of them would end in this file.
function withoutStack<E extends Error>(make: () => E): E {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
