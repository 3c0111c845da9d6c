/** How often a question is asked again: by us, within the breaker's budget, in place of LangChain's own loop. */
import { get } from "../../classify/safe.ts";
import { type OwnRetries, ownRetries } from "../own-retries.ts";

// Two at most: LangChain would make six, and an outage would get each question seven times.
const MOST_RETRIES = 2;

/**
 * A question to a model may be asked twice; what another runnable does, nobody here knows.
 *
 * @param retry the user's, over the default field by field
 * @param model null for a runnable that is none
 * @param options of the call. `maxRetries` says how many LangChain would make: fewer than ours is the user's wish, and
 * `modelRetryMiddleware` says 0, since it asks again itself
 */
export function retriesOf(retry: OwnRetries | undefined, model: object | null, options: unknown): OwnRetries {
  if (model === null) return retry ?? false;
  const own = ownRetries(retry);
  const asked = get(options, "maxRetries") ?? get(get(model, "caller"), "maxRetries");
  const most = typeof asked === "number" && asked >= 0 ? Math.min(MOST_RETRIES, Math.floor(asked)) : MOST_RETRIES;
  return own === false ? false : { attempts: most + 1, ...own };
}
