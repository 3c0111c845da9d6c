/**
 * Where records live. A store is soft state: losing it costs a few calls, never a wrong answer, and it is never on the
 * path of a call.
 */
import type { StoreHistory } from "../history/history.ts";
import type { Facts } from "../state.ts";
import type { RecordPolicy, Reply } from "../record-event.ts";
import type { TripPolicy } from "../trip.ts";
import type { StoreCommand } from "./command.ts";
import type { StorePolicies } from "./fleet-policy.ts";

/** One record: its namespace keeps two applications on one store apart. */
export interface RecordAddress {
  readonly namespace: string;
  readonly name: string;
}

/** What a record is now, by the store's clock. */
export interface StoredFacts {
  readonly facts: Facts;
  /** The store's clock when it answered: what gives the instants in `facts` a meaning on another clock. */
  readonly nowMs: number;
}

export interface StoreAnswer extends StoredFacts {
  readonly reply: Reply;
}

/** A push: what a record became, and whose operation made it so. It may be lost, doubled or late. */
export interface StoreHint extends StoredFacts {
  readonly name: string;
  /** The replica whose operation it was. */
  readonly by: string;
}

export interface StoreChanges {
  readonly names: readonly string[];
  readonly cursor: string;
  /** False when the log no longer reaches back to the cursor: then any record may have changed. */
  readonly complete: boolean;
}

/**
 * What a store shared by several processes must do. Each operation is one atomic step on the store's own clock, and
 * answers a sequence of commands exactly as `transition()` does.
 *
 * The promises: a denial changes nothing, not even a record's life; a report is applied at most once and not after its
 * `notAfterMs`, and for two seconds after that `expired` is said only of one that was not applied; a token is good only for
 * the incarnation it was given in; fields it does not know are kept. An operation may reject, or never settle: whoever calls
 * it has a deadline of its own. It rejects with a `StoreError` that `isUnsent` only if nothing can have come of it.
 */
export interface SharedStore {
  readonly kind: string;
  /** Applies one command to one record: the reply, and the facts as they are now. `by` is the replica that asks. */
  apply(record: RecordAddress, command: StoreCommand, policy: RecordPolicy, by: string): Promise<StoreAnswer>;
  /** The facts of records, by name; a record that does not exist is left out. */
  read(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, Facts> }>;
  /** The names that changed since a cursor (null: none of them, only the cursor). */
  changes(namespace: string, cursor: string | null): Promise<StoreChanges>;
  /**
   * Pushes are hints, `changes` is the truth. Resolves to what ends the subscription; `signal` is aborted when it has not come
   * about and nobody waits for it any more.
   */
  subscribe(namespace: string, onHint: (hint: StoreHint) => void, signal?: AbortSignal): Promise<() => void>;
  /** Writes something that means nothing, and answers true: whether the store can be written, which a read does not show. */
  ping(namespace: string): Promise<true>;
  /** Calls back whenever a connection is there again, so that whoever waits for the store need not wait for the next look. */
  onConnected?(listener: () => void): () => void;
  /** What it keeps beside the records, if it does: for dashboards, never for a decision. */
  readonly history?: StoreHistory;
  /** What operators have set for the whole fleet, if it keeps that. Replicas of a store without it go by their code. */
  readonly policies?: StorePolicies;
  close(): Promise<void>;
}

/** When a circuit trips, as the replica that reported last has it. */
export interface TripRules extends TripPolicy {
  readonly windowMs: number;
}

/** A record with the rules that its last report was judged by; null where none are known. */
export interface JudgedFacts {
  readonly facts: Facts;
  readonly rules: TripRules | null;
}

/** A shared store that can say what it holds, which no call needs, but whoever looks after a fleet does. */
export interface InspectableStore extends SharedStore {
  /** The names of records, a page at a time. Some may be of records whose life has ended. */
  names(namespace: string, page: { readonly from: number; readonly count: number }): Promise<readonly string[]>;
  /** As `read`, with the rules. */
  inspect(
    namespace: string,
    names: readonly string[],
  ): Promise<{ readonly nowMs: number; readonly records: ReadonlyMap<string, JudgedFacts> }>;
}

/** A store in this process, made by `memoryStore()`: two reclosers that are given the same one share their records. */
export interface MemoryStore {
  readonly kind: "memory";
}

/** What `createRecloser({ store })` takes. */
export type Store = MemoryStore | SharedStore;
