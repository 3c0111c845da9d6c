/** How often a call may be made: as often as the SDK would make it, by our own retries. */
import { ownRetries, type OwnRetries } from "../own-retries.ts";

/**
 * @param given the user's, over the default field by field
 * @param body the request's: one that can be read only once is sent only once
 * @param ofCall how many retries were asked for with the call, which outranks everything but `false`
 * @param ofClient how many the SDK's client would make
 */
export function triesOf(
  given: OwnRetries | undefined,
  body: unknown,
  ofCall: number | undefined,
  ofClient: unknown,
): OwnRetries {
  const own = ownRetries(given);
  if (own === false || isReadOnce(body)) return false;
  const retries = ofCall ?? ofClient;
  const attempts = typeof retries === "number" && retries >= 0 ? Math.floor(retries) + 1 : 3;
  return { attempts, ...own, ...(ofCall !== undefined && { attempts }) };
}

function isReadOnce(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  return (
    body instanceof ReadableStream ||
    Symbol.asyncIterator in body ||
    typeof (body as { next?: unknown }).next === "function"
  );
}
