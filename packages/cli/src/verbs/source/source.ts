/** Where breakers are seen and operated: a store that replicas share, or one of the replicas, asked over HTTP. */
import type { KeptEvent, KeptReplica } from "recloser/history";
import type {
  FleetOption,
  Inspection,
  Operated,
  OperatorCommand,
  PolicyChanged,
  PolicyCommand,
} from "recloser/inspect";
import type { ChangeEvent } from "../changes.ts";

/** What operators did, oldest first, and how many replicas tell of themselves, which they do only where a history is kept. */
export interface Audit {
  readonly nowMs: number;
  readonly events: readonly KeptEvent[];
  readonly writers: number;
}

/** Each of these takes no longer than the source's time limit, and fails with a `CommandFailure` that says what to do. */
export interface BreakerSource {
  /** For people, without any secret: `redis://host:6379, namespace "recloser"`. */
  readonly label: string;
  /** Why a breaker that somebody names may not be there, as a sentence without its full stop. */
  readonly absence: string;
  /** Whether it tells by itself what happens; else two looks are compared. */
  readonly tellsChanges: boolean;
  /** All breakers, or those of these names that there are. */
  read(names?: readonly string[]): Promise<Inspection>;
  operate(name: string, command: OperatorCommand): Promise<Operated>;
  /**
   * Calls back soon after anything may have changed, with what happened since the first look if the source tells that. It is
   * a hint that may be lost: whoever must not miss anything looks again by itself. Without the right to hear it nothing is called.
   */
  onChange(listener: (told: readonly ChangeEvent[]) => void): Promise<void>;
  /** What operators did; absent where only a store can say. */
  readonly audit?: () => Promise<Audit>;
  /** The policies of the whole fleet; absent where they cannot be had. */
  readonly policies?: PolicySource;
  close(): Promise<void>;
}

export interface PoliciesFound {
  /** The store's clock. */
  readonly nowMs: number;
  readonly options: readonly FleetOption[];
  /** What replicas tell of themselves; null: the store keeps no history. */
  readonly replicas: readonly KeptReplica[] | null;
}

/** Under the same promise as the rest of its source. */
export interface PolicySource {
  read(): Promise<PoliciesFound>;
  change(command: PolicyCommand): Promise<PolicyChanged>;
}
