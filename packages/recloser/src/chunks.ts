/** Iterators of chunks: of whatever a fallback gave, and their end. */

/** Whatever a fallback gave: a stream, a list, or one answer. */
export function iterate<T>(answer: unknown): AsyncIterator<T> {
  const value = answer as AsyncIterable<T> & Iterable<T>;
  if (typeof answer === "object" && answer !== null && typeof value[Symbol.asyncIterator] === "function")
    return value[Symbol.asyncIterator]();
  return (async function* () {
    if (typeof answer === "object" && answer !== null && typeof value[Symbol.iterator] === "function") yield* value;
    else yield answer as T;
  })();
}

/** A source may hang or throw while it is closed; nobody waits for it. */
export async function closeQuietly(source: AsyncIterator<unknown> | null): Promise<void> {
  try {
    await source?.return?.();
  } catch {}
}
