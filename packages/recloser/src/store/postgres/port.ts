/** What the store needs of a client library: a question and its answer, and a connection that listens. */

export interface PostgresPort {
  /** Runs a statement that gives one row of one column, and resolves to it. Rejects with a `StoreError`. */
  ask(statement: string, values: unknown[]): Promise<unknown>;
  /** The same for what no circuit depends on: one at a time, so that it never holds up what a circuit asks, nor fails it. */
  askAside(statement: string, values: unknown[]): Promise<unknown>;
  /** Resolves to what ends it, once it listens. @param signal is aborted when nobody waits for it any more */
  listen(channel: string, onMessage: (message: string) => void, signal: AbortSignal | undefined): Promise<() => void>;
  close(): Promise<void>;
}

/** The part of a `pg.Pool` that is used. */
export interface PoolLike {
  connect(): Promise<PoolClientLike>;
}

/** A pool of our own. */
export interface OwnPool extends PoolLike {
  on(event: "error", listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

export interface NotificationLike {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The part of a pool's client that is used. */
export interface PoolClientLike {
  query(statement: { text: string; values: unknown[]; rowMode: "array" }): Promise<{
    readonly rows: unknown[][];
  }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (message: NotificationLike) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
  /** With an error the connection is ended instead of given back. */
  release(error?: Error): void;
}
