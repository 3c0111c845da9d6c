/** Keeps LangChain's own retries off calls that were not made: whoever asks again at once gets the same answer. */
import { isRejection } from "../own-rejection.ts";
import { type Method, methodOf } from "./view.ts";

// Where `@langchain/core` keeps its mark, for all copies of it (src/errors: `stampRetryable`). `modelRetryMiddleware` and
// `AsyncCaller` go by it.
const RETRYABLE = Symbol.for("langchain.errors.retryable");

/** The same error; a rejection is marked as one that is not worth a retry. */
export function marked(error: unknown): unknown {
  if (isRejection(error)) Object.defineProperty(error, RETRYABLE, { value: false, configurable: true });
  return error;
}

type OnFailedAttempt = (error: unknown, input: unknown) => unknown;

/** `withRetry` does not look at the mark, and waits as long as the error says: what it makes ends at a rejection too. */
export function withRetryOf(view: object, target: object): Method | undefined {
  const withRetry = methodOf(target, "withRetry");
  if (withRetry === null) return undefined;
  return (fields) => {
    const given = (fields ?? {}) as { readonly onFailedAttempt?: OnFailedAttempt };
    const onFailedAttempt = endingAtRejections(given.onFailedAttempt);
    return Reflect.apply(withRetry, view, [{ ...given, onFailedAttempt }]);
  };
}

/** The same for what `withRetry` had made before it was guarded. */
export function onFailedAttemptOf(target: object): OnFailedAttempt | undefined {
  const onFailedAttempt = methodOf(target, "onFailedAttempt");
  return onFailedAttempt === null ? undefined : endingAtRejections(onFailedAttempt);
}

function endingAtRejections(next: OnFailedAttempt | undefined): OnFailedAttempt {
  return (error, input) => {
    if (isRejection(error)) throw error;
    return next?.(error, input);
  };
}
