/** A client that is only just connecting is worth waiting for, once: whoever waits has a deadline of its own. */

interface Connecting {
  on(event: string, listener: (...args: never[]) => void): unknown;
}

/**
 * What to await before a client is asked whether it is connected: its first success or failure. Null from then on.
 */
export function firstConnection(client: Connecting, isReady: () => boolean): () => Promise<void> | null {
  if (isReady()) return () => null;
  let settle: () => void = () => {};
  let waiting: Promise<void> | null = new Promise((resolve) => {
    settle = resolve;
  });
  const over = (): void => {
    waiting = null;
    settle();
  };
  for (const event of ["ready", "error", "end"]) client.on(event, over);
  return () => waiting;
}
