/** Waiting for a server, but not for long. */
import { systemClock } from "../../clock.ts";
import { StoreError } from "../../errors.ts";

/**
 * A server that has not answered for so long is not waited for: its connection is ended, since nothing else could be asked
 * on it. The library's own deadlines are shorter; this one gives back what they have left behind.
 */
export const GIVE_UP_MS = 1_000;

/**
 * The answer, or a `StoreError` when it does not come within {@link GIVE_UP_MS}.
 *
 * @param otherwise the error's words @param onLate gets what comes after nobody waits any more
 */
export async function within<T>(
  answer: Promise<T>,
  otherwise: string,
  onLate: (late: T) => void = () => {},
): Promise<T> {
  const settled = new AbortController();
  const limit = systemClock.sleep(GIVE_UP_MS, { signal: settled.signal }).then(() => {
    answer.then(onLate, () => {});
    throw new StoreError(`${otherwise} (within ${GIVE_UP_MS} ms)`);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    settled.abort();
    limit.catch(() => {}); // the end of its wait is its error
  }
}
