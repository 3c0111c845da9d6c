/**
 * The deadline of an SDK above `fetch`. The clients of OpenAI, Anthropic and Groq end a request that takes too long by a bare
 * abort, just like a user's; but they send along how long they wait (`x-stainless-timeout`, in seconds). An abort that comes
 * when that time is over, and before the answer has begun (their timer ends there), is the provider's slowness.
 */
import { offAbort, onAbort } from "../abort-listeners.ts";
import { systemClock } from "../clock.ts";

// Their timer starts a little before the request reaches us.
const SLACK_MS = 100;

export interface CallersSignal {
  /** Aborts with the caller's: with a TimeoutError where the SDK's own deadline is the reason, else as it came. */
  readonly signal: AbortSignal | undefined;
  /** The answer has begun: from here on every abort is somebody's wish. */
  readonly headCame: () => void;
  /** The request is over: takes the listener back. */
  readonly over: () => void;
}

export function callersSignal(signal: AbortSignal | undefined, headers: Headers): CallersSignal {
  const afterMs = Number(headers.get("x-stainless-timeout") ?? Number.NaN) * 1_000;
  if (signal === undefined || signal.aborted || !(afterMs > 0)) return { signal, headCame: () => {}, over: () => {} };
  const sinceMs = systemClock.now();
  const told = new AbortController();
  let begun = false;
  const abort = (): void => {
    const late = !begun && systemClock.now() - sinceMs >= afterMs - SLACK_MS;
    told.abort(late ? new DOMException("The SDK's time limit is over", "TimeoutError") : signal.reason);
  };
  onAbort(signal, abort);
  return {
    signal: told.signal,
    headCame: () => {
      begun = true;
    },
    over: () => offAbort(signal, abort),
  };
}
