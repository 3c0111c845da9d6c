/**
 * The retries of a guarded client: ours, within the breaker's budget, in place of the SDK's own. A model may be asked twice, so
 * after whatever is the provider's failure, and after a rate limit that is over soon.
 */
import { readRetry, type RetryOptions } from "../retry-options.ts";

export type OwnRetries = RetryOptions | false;

/** The user's over the default, field by field. @throws InvalidOptionError naming the field */
export function ownRetries(given: OwnRetries | undefined): OwnRetries {
  readRetry(given);
  return given === false ? false : { on: "idempotent", ...given };
}
