/**
 * Finds an error of ours inside what an SDK, framework or another copy of this package made of it.
 *
 * SDKs keep a thrown error in `cause`, retry loops in `lastError` or `errors`, and an HTTP answer's body in `error` or
 * `body`; Google's client has the body as text in `message`, and Google's errors their facts in `details[].metadata`
 * (google.rpc.ErrorInfo). Two copies of the package do not share a class. So the trace is a code, not an identity.
 */

const LINKS = [
  "cause",
  "lastError",
  "error",
  "errors",
  "body",
  "responseBody",
  "data",
  "reason",
  "originalError",
  "message",
  "details",
  "metadata",
] as const;
/** How a call of ours can end. An end is what it is: what one carries as its `cause` was the end of an earlier try. */
const ENDS: ReadonlySet<unknown> = new Set([
  "ERR_CIRCUIT_OPEN",
  "ERR_SHED",
  "ERR_CALL_TIMEOUT",
  "ERR_STREAM_TRUNCATED",
]);
// Deep enough for any real wrapping, small enough that a hostile object cannot make it expensive.
const MOST_VISITED = 32;
const LONGEST_BODY = 16_384;

/**
 * What of an error of ours is reachable from `error`: the carrier with the most facts, or null. An SDK copies the code of a
 * body to its own error, so the first code found need not have them. Never throws; cycles and hostile getters are fine.
 *
 * @param codes any of them will do
 * @param isWhole whether a carrier of such a code has the facts too
 */
export function findError(
  error: unknown,
  codes: ReadonlySet<unknown>,
  isWhole: (carrier: object) => boolean,
): object | null {
  try {
    return search(error, codes, isWhole);
  } catch {
    return null; // a revoked Proxy: even asking whether it is an array throws
  }
}

function search(error: unknown, codes: ReadonlySet<unknown>, isWhole: (carrier: object) => boolean): object | null {
  const queue: unknown[] = [error];
  const seen = new Set<unknown>();
  let bare: object | null = null;
  while (queue.length > 0 && seen.size < MOST_VISITED) {
    const next = queue.shift();
    const value = typeof next === "string" ? parsed(next) : next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const code = read(value, "code");
    if (codes.has(code)) {
      if (isWhole(value)) return value;
      bare ??= value;
    } else if (ENDS.has(code)) continue;
    for (const link of LINKS) {
      const linked = read(value, link);
      if (Array.isArray(linked)) queue.push(...linked.slice(0, MOST_VISITED));
      else queue.push(linked);
    }
  }
  return bare;
}

// A body that an SDK kept as text. Ours is small, so nothing longer is looked at.
function parsed(text: string): unknown {
  if (text.length > LONGEST_BODY || !text.startsWith("{")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A property of an untrusted object: undefined when reading it throws. */
export function read(value: object, property: string): unknown {
  try {
    return (value as Record<string, unknown>)[property];
  } catch {
    return undefined;
  }
}
