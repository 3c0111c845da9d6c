/** Tells once that the SDK above `fetch` retries by itself: each try is a request of its own for the breaker and the provider. */
import { warnOnce } from "../warn.ts";

/** To be asked for a request that was let through: a retry that the breaker rejects costs the provider nothing. */
export function noteSdkRetry(headers: Headers, breaker: string): void {
  // Counts the tries before this one; the clients of OpenAI, Anthropic and Groq send it.
  if (!(Number(headers.get("x-stainless-retry-count")) > 0)) return;
  warnOnce(
    "RECLOSER_SDK_RETRIES",
    breaker,
    `the SDK retries on its own: set maxRetries 0. "${breaker}" was asked again by it, and an outage is multiplied by each retry`,
  );
}
