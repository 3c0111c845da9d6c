/**
 * Where records live. A store is soft state: losing it costs a few calls, never a wrong answer, and it is never on the
 * path of a call.
 */
import type { Facts } from "../state.ts";
import type { RecordEvent, RecordPolicy, Reply } from "../record-event.ts";

/** One record: its namespace keeps two applications on one store apart. */
export interface RecordAddress {
  readonly namespace: string;
  readonly name: string;
}

/**
 * What a store shared by several processes must do. Each operation is one atomic step on the store's own clock, and
 * answers a sequence of events exactly as `transition()` does.
 *
 * The promises: a denial changes nothing, not even a record's life; a report is applied at most once and not after its
 * `notAfterMs`; a token is good only for the incarnation it was given in; fields it does not know are kept.
 *
 * @public The seam for the stores to come; `createRecloser` takes none of this kind yet.
 */
export interface SharedStore {
  readonly kind: string;
  /** Applies one event to one record: the reply, and the facts as they are now. */
  apply(
    record: RecordAddress,
    event: RecordEvent,
    policy: RecordPolicy,
  ): Promise<{ readonly reply: Reply; readonly facts: Facts }>;
  /** The facts of records, by name; a record that does not exist is left out. */
  read(namespace: string, names: readonly string[]): Promise<ReadonlyMap<string, Facts>>;
  /** The names that changed since a cursor, and the next cursor; `complete: false` when the log no longer reaches back so far. */
  changes(
    namespace: string,
    cursor: string | null,
  ): Promise<{ readonly names: readonly string[]; readonly cursor: string; readonly complete: boolean }>;
  /** Pushes are hints: they may be lost, doubled or late, and `changes` is the truth. Resolves to what ends it. */
  subscribe(namespace: string, onHint: (name: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** A store in this process, made by `memoryStore()`: two reclosers that are given the same one share their records. */
export interface MemoryStore {
  readonly kind: "memory";
}

/** What `createRecloser({ store })` takes. */
export type Store = MemoryStore;
