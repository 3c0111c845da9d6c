/**
 * Finds our rejection inside what an SDK, framework or another copy of this package made of it.
 *
 * SDKs keep a thrown error in `cause`, retry loops in `lastError` or `errors`, and an HTTP answer's body in `error` or
 * `body`; two copies of the package do not share a class. So the trace is a code, not an identity.
 */

const LINKS = ["cause", "lastError", "error", "errors", "body", "reason", "originalError"] as const;
const CODES: ReadonlySet<unknown> = new Set(["ERR_CIRCUIT_OPEN", "circuit_open"]);
// Deep enough for any real wrapping, small enough that a hostile object cannot make it expensive.
const MOST_VISITED = 32;

/** The first object reachable from `error` that carries our code, or null. Never throws; cycles and hostile getters are fine. */
export function findOpenCircuit(error: unknown): object | null {
  const queue: unknown[] = [error];
  const seen = new Set<unknown>();
  while (queue.length > 0 && seen.size < MOST_VISITED) {
    const value = queue.shift();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (CODES.has(read(value, "code"))) return value;
    for (const link of LINKS) {
      const next = read(value, link);
      if (Array.isArray(next)) queue.push(...next.slice(0, MOST_VISITED));
      else queue.push(next);
    }
  }
  return null;
}

/** A property of an untrusted object: undefined when reading it throws. */
export function read(value: object, property: string): unknown {
  try {
    return (value as Record<string, unknown>)[property];
  } catch {
    return undefined;
  }
}
