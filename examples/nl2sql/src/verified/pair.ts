/** A question with the SQL that answered it. Never with rows: those are read anew each time. */

export interface Pair {
  /** The normalised question: one pair for each. */
  readonly id: string;
  readonly question: string;
  /** In PostgreSQL's words. */
  readonly sql: string;
  /** Somebody has said that it is right. */
  readonly verified: boolean;
  /** The catalog's version it was last run under. */
  readonly schemaVersion: string;
}

/** Where pairs are kept. */
export interface PairStore {
  all(): Promise<readonly Pair[]>;
  /** Null: there is none. */
  find(id: string): Promise<Pair | null>;
  put(pair: Pair): Promise<void>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}
