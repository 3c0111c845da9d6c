/**
 * Retries above an SDK, in place of its own: a question to a model may be asked twice. So after whatever is the provider's
 * failure, and after a rate limit that is over soon.
 */
import type { ExecuteOptions } from "../api.ts";
import type { RetryOptions } from "../retry-options.ts";
import { readRetry } from "../retry-options.ts";

export type CallRetry = RetryOptions | false;

/** @throws InvalidOptionError */
export function checkedRetry(retry: CallRetry | undefined): void {
  readRetry(retry);
}

/**
 * @param retry the user's, over the default field by field
 * @param body the request's: one that can be read only once is sent only once
 * @param ofCall how many retries were asked for with the call, which outranks everything but `false`
 * @param ofClient how many the SDK's client would make
 */
export function retryFor(
  retry: CallRetry | undefined,
  body: unknown,
  ofCall: number | undefined,
  ofClient: unknown,
): Pick<ExecuteOptions, "retry"> {
  if (retry === false || isReadOnce(body)) return { retry: false };
  const retries = ofCall ?? ofClient;
  const attempts = typeof retries === "number" && retries >= 0 ? Math.floor(retries) + 1 : 3;
  return { retry: { attempts, on: "idempotent", ...retry, ...(ofCall !== undefined && { attempts }) } };
}

function isReadOnce(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return (
    body instanceof ReadableStream ||
    Symbol.asyncIterator in body ||
    typeof (body as { next?: unknown }).next === "function"
  );
}
