/**
 * What a store keeps beside its records for whoever looks at the fleet from outside: what happened, how breakers did, how
 * each replica is. Nothing decides by it, and no call waits for it.
 */
import type { Recloser } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { RecloserEvents } from "../events.ts";
import type { HoldKind } from "../outcome.ts";
import type { CircuitState } from "../state.ts";
import type { SharedStore } from "../store/store.ts";

/** A recloser that a history follows, with what its interface does not say. */
export interface Followed {
  readonly recloser: Recloser;
  readonly store: SharedStore;
  readonly namespace: string;
  readonly replicaId: string;
  readonly clock: Clock;
}

/** Something that happened, without when and to whom it was told. Instants are those of the replica it happened in. */
export type HistoryEvent =
  | ({ readonly type: "transition"; readonly evidence: string | null } & Pick<
      RecloserEvents["transition"],
      "key" | "from" | "to" | "reason" | "generation" | "by" | "cooldownMs" | "scope"
    >)
  | { readonly type: "hold"; readonly key: string; readonly kind: HoldKind; readonly forMs: number }
  | ({ readonly type: "override"; readonly forMs: number | null } & Pick<
      RecloserEvents["override"],
      "key" | "action" | "by" | "reason"
    >)
  | {
      readonly type: "policy";
      /** The breakers it is for: a key or a glob. */
      readonly key: string;
      readonly action: "set" | "unset";
      /** By path; null: taken back. Of `unset` none: all of them. */
      readonly options: Readonly<Record<string, unknown>>;
      readonly by: string;
      readonly reason: string;
      readonly forMs: number | null;
    }
  | ({ readonly type: "probe" } & Pick<RecloserEvents["probe"], "key" | "result" | "by" | "durationMs">)
  | { readonly type: "store"; readonly mode: "shared" | "local"; readonly error: string | null };

/** The same as it is kept: on the store's clock, by the replica that told it. */
export interface KeptEvent {
  readonly replica: string;
  readonly atMs: number;
  readonly event: HistoryEvent;
}

/** What operators did by hand is kept apart: a circuit that flaps all night must not push it out. */
export function isOperators({ type }: HistoryEvent): boolean {
  return type === "override" || type === "policy";
}

/** A minute of a breaker, over all replicas. */
export interface KeptPoint {
  /** Its beginning. */
  readonly atMs: number;
  /** Of each replica the window that held most failures in that minute, added up. */
  readonly calls: number;
  readonly failures: number;
  /** Calls that were not made. */
  readonly rejected: number;
}

/** The rules by which some breakers of a replica trip. */
export interface ReportedRules {
  readonly keys: readonly string[];
  readonly windowMs: number | null;
  readonly minimumCalls: number;
  readonly failureRate: number | false;
  readonly failureThreshold: number | false;
  readonly consecutiveFailures: number | false;
  /** Absent in reports of earlier versions. */
  readonly mode?: "enforce" | "observe" | "off";
  /** Where the policy's values come from, by path, least first; what is in none has its default. Absent as `mode` is. */
  readonly given?: Readonly<Record<"code" | "fleet" | "own", Readonly<Record<string, unknown>>>>;
}

/** What a replica says of itself. */
export interface ReplicaReport {
  readonly version: string;
  readonly store: {
    readonly mode: "shared" | "local";
    readonly forMs: number;
    readonly error: string | null;
    readonly roundTripMs: number | null;
  };
  readonly breakers: number;
  /** Alike in replicas that have the same policies. */
  readonly policyHash: string;
  /** At most some hundreds: how it sees what is not closed. */
  readonly notClosed: readonly {
    readonly key: string;
    readonly state: CircuitState;
    readonly scope: "shared" | "local";
    readonly generation: number;
  }[];
  readonly rules: readonly ReportedRules[];
  /** Calls that were not made in about the last minute, by breaker. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface KeptReplica {
  readonly id: string;
  /** On the store's clock. */
  readonly seenMs: number;
  readonly report: ReplicaReport;
}

/** News of a replica, to be kept. */
export interface ReplicaNote {
  readonly replica: string;
  /** Null: it leaves. */
  readonly report: ReplicaReport | null;
  readonly events: readonly { readonly id: string; readonly ageMs: number; readonly event: HistoryEvent }[];
  readonly points: readonly {
    readonly key: string;
    readonly ageMs: number;
    readonly calls: number;
    readonly failures: number;
    readonly rejected: number;
  }[];
}

/** Where a store that can keeps it. Any method may reject; whoever calls has a deadline of its own. */
export interface StoreHistory {
  /** Writes down what happens in a recloser from now on; gives what ends that, with its last words. */
  follow(followed: Followed): () => Promise<void>;
  note(namespace: string, note: ReplicaNote): Promise<void>;
  /** Oldest first. @param withinMs how old at most; null: the newest of any age @param only the operators' */
  events(
    namespace: string,
    query: { readonly withinMs: number | null; readonly most: number; readonly only?: "overrides" | undefined },
  ): Promise<{ readonly nowMs: number; readonly events: readonly KeptEvent[] }>;
  /** Oldest first; minutes without anything are left out. */
  series(namespace: string, key: string, hours: number): Promise<readonly KeptPoint[]>;
  replicas(namespace: string): Promise<{ readonly nowMs: number; readonly replicas: readonly KeptReplica[] }>;
}
