/**
 * The deadline of an SDK above `fetch`. The clients of OpenAI, Anthropic and Groq end a request that takes too long by a bare
 * abort, just like a user's; but they send along how long they wait (`x-stainless-timeout`, in seconds). An abort that comes
 * when that time is over is the provider's slowness.
 */
import { systemClock } from "../clock.ts";

// Their timer starts a little before the request reaches us.
const SLACK_MS = 100;

/** A signal that aborts with the given one: with a TimeoutError where the SDK's own deadline is the reason, else as it came. */
export function withReasonOfSdk(signal: AbortSignal | undefined, headers: Headers): AbortSignal | undefined {
  const afterMs = Number(headers.get("x-stainless-timeout") ?? Number.NaN) * 1_000;
  if (signal === undefined || signal.aborted || !(afterMs > 0)) return signal;
  const sinceMs = systemClock.now();
  const told = new AbortController();
  signal.addEventListener(
    "abort",
    () => {
      const over = systemClock.now() - sinceMs >= afterMs - SLACK_MS;
      told.abort(over ? new DOMException("The SDK's time limit is over", "TimeoutError") : signal.reason);
    },
    { once: true },
  );
  return told.signal;
}
