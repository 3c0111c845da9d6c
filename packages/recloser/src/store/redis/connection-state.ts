/** How a client's connection stands. A client that is only just connecting is worth waiting for, once: whoever waits has a deadline. */
import { StoreError } from "../../errors.ts";

interface Connecting {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

export class Connection {
  readonly #isReady: () => boolean;
  #lastError: Error | null = null;
  // Until its first success or failure.
  #first: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(client: Connecting, isReady: () => boolean) {
    this.#isReady = isReady;
    // Without a listener one library prints and the other does not connect again.
    client.on("error", (error) => {
      this.#lastError = error instanceof Error ? error : new Error(String(error));
    });
    client.on("ready", () => {
      for (const listener of [...this.#listeners]) listener();
    });
    if (isReady()) return;
    this.#first = new Promise((resolve) => {
      const over = (): void => {
        this.#first = null;
        resolve();
      };
      for (const event of ["ready", "error", "end"]) client.on(event, over);
    });
  }

  /** Calls back whenever the client is connected; gives what ends that. */
  onReady(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** @throws StoreError where there is none. @param state what the client says of itself */
  async need(state: () => string): Promise<void> {
    if (this.#isReady()) return;
    await this.#first;
    if (this.#isReady()) return;
    const cause = this.#lastError;
    const why = cause === null ? state() : cause.message;
    throw new StoreError(`the Redis client is not connected: ${why}`, cause === null ? undefined : { cause });
  }
}

// A client may serve several stores: it gets one listener.
const connections = new WeakMap<Connecting, Connection>();

export function connectionOf(client: Connecting, isReady: () => boolean): Connection {
  let connection = connections.get(client);
  if (connection === undefined) {
    connection = new Connection(client, isReady);
    connections.set(client, connection);
  }
  return connection;
}

/** Connections for pushes, each with its end. What comes behind an end is not passed on. */
export class Subscriptions<C> {
  readonly #open = new Set<C>();
  readonly #close: (connection: C) => void;

  constructor(close: (connection: C) => void) {
    this.#close = close;
  }

  add(connection: C): C {
    this.#open.add(connection);
    return connection;
  }

  has(connection: C): boolean {
    return this.#open.has(connection);
  }

  end(connection: C): void {
    if (!this.#open.delete(connection)) return;
    try {
      this.#close(connection);
    } catch {} // one that is not open any more
  }

  endAll(): void {
    for (const connection of this.#open) this.end(connection);
  }
}
