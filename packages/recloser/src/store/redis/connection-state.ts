/** How a client's connection stands. A client that is only just connecting is worth waiting for: whoever waits has a deadline. */
import { StoreError } from "../../errors.ts";
import { bareError } from "../bare-error.ts";

interface Connecting {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** What a client says of itself. */
export interface ClientState {
  isReady(): boolean;
  /** It tries to be: what becomes of that it will tell. */
  isConnecting(): boolean;
  /** In words, for an error. */
  says(): string;
}

export class Connection {
  readonly #client: ClientState;
  #lastError: Error | null = null;
  // Until its first success or failure.
  #first: Promise<void> | null = null;
  #wasNeeded = false;
  readonly #listeners = new Set<() => void>();

  constructor(client: Connecting, state: ClientState) {
    this.#client = state;
    // Without a listener one library prints and the other does not connect again.
    client.on("error", (error) => {
      this.#lastError = bareError(error);
    });
    client.on("ready", () => {
      for (const listener of [...this.#listeners]) listener();
    });
    if (state.isReady()) return;
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

  /** @throws StoreError where there is none */
  async need(): Promise<void> {
    const client = this.#client;
    if (client.isReady()) return;
    // The first to need it may be too early for its user to have had it connected. One that is not, and never was, says
    // nothing either, and whoever waited for it would wait for ever.
    if (client.isConnecting() || !this.#wasNeeded) {
      this.#wasNeeded = true;
      await this.#first;
    }
    if (client.isReady()) return;
    const cause = this.#lastError;
    const why = cause === null ? client.says() : cause.message;
    throw new StoreError(`the Redis client is not connected: ${why}`, {
      isUnsent: true,
      ...(cause !== null && { cause }),
    });
  }
}

// A client may serve several stores: it gets one listener.
const connections = new WeakMap<Connecting, Connection>();

export function connectionOf(client: Connecting, state: ClientState): Connection {
  let connection = connections.get(client);
  if (connection === undefined) {
    connection = new Connection(client, state);
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

  /** @param signal gives up one that has not come about */
  add(connection: C, signal: AbortSignal | undefined): C {
    this.#open.add(connection);
    signal?.addEventListener("abort", () => this.end(connection), { once: true });
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
