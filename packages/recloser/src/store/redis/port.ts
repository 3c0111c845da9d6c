/** The one thing the store needs of a Redis client: to run a script, and to hear a channel. */

/** A script with the digest by which a server knows it. */
export interface Script {
  readonly sha: string;
  readonly lua: string;
}

/**
 * A client as the store uses it. It must not queue: where it is not connected, `run` rejects at once.
 *
 * `fromIoredis(client)` and `fromNodeRedis(client)` make one; write your own for another client.
 */
export interface RedisPort {
  /** Runs a script on the server that has the keys, never on one that follows it. The keys are all in one slot. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /**
   * Hears a channel on a connection of its own. Resolves, when it does, to what ends it. `signal` is aborted when nobody
   * waits for that any more: a connection that has not come about by then is given up.
   */
  subscribe(channel: string, onMessage: (message: string) => void, signal?: AbortSignal): Promise<() => void>;
  /** Calls back whenever the client has a connection again; gives what ends that. Optional: without it a return is noticed up to two seconds later. */
  onConnected?(listener: () => void): () => void;
  /** Ends what the port itself has opened; a client that was brought stays open. */
  close(): Promise<void>;
}

/** By digest, or, where the server does not know the script (it has restarted), by its text: then nothing had run. */
export async function byDigest(
  script: Script,
  run: (method: "evalsha" | "eval", text: string) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await run("evalsha", script.sha);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    return run("eval", script.lua);
  }
}

// Servers word their errors differently; the first word is the code.
function isNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
