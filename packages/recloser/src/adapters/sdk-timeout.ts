/**
 * The time limits of an SDK above `fetch`. The clients of OpenAI (to 6), Anthropic, Groq and Google end a request that
 * takes too long by a bare abort, just like a user's. Where the abort comes from tells them apart, or else the time: they
 * send along how long they wait, and an abort that comes when that is over, before the answer has begun (their timer ends
 * there), is the provider's slowness.
 */
import { offAbort, onAbort } from "../abort-listeners.ts";
import { systemClock } from "../clock.ts";
import { byTimeLimit } from "./abort-origin.ts";

// Their timer starts a little before the request reaches us.
const SLACK_MS = 100;

export interface CallersSignal {
  /** Aborts with the caller's: with a TimeoutError where a time limit is the reason, else as it came. */
  readonly signal: AbortSignal | undefined;
  /** The answer has begun: from here on the time that has passed says nothing. */
  readonly headCame: () => void;
  /** The request is over: takes the listener back. */
  readonly over: () => void;
}

export function callersSignal(signal: AbortSignal | undefined, headers: Headers): CallersSignal {
  if (signal === undefined || signal.aborted) return { signal, headCame: () => {}, over: () => {} };
  const afterMs = limitMs(headers);
  const sinceMs = systemClock.now();
  const told = new AbortController();
  let begun = false;
  const abort = (): void => {
    const due = !begun && afterMs !== null && systemClock.now() - sinceMs >= afterMs - SLACK_MS;
    const late = due || byTimeLimit(signal.reason);
    told.abort(late ? new DOMException("The time limit above fetch is over", "TimeoutError") : signal.reason);
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

/** How long the SDK says it waits, in milliseconds: both headers count whole seconds. Null where it says nothing. */
function limitMs(headers: Headers): number | null {
  const seconds = Number(headers.get("x-stainless-timeout") ?? headers.get("x-server-timeout") ?? Number.NaN);
  return seconds > 0 ? seconds * 1_000 : null;
}
