/** What the demo and its replica processes tell each other, as plain data. Instants are of `machineClock`. */
import type { CircuitState, TransitionReason } from "recloser";

export const REPLICA_NAMES = ["A", "B", "C"] as const;
export type ReplicaName = (typeof REPLICA_NAMES)[number];

export type Mode = "shared" | "local";

/** The first message to a replica: all that it needs to know. */
export interface Order {
  readonly type: "order";
  readonly name: ReplicaName;
  readonly redisUrl: string;
  readonly namespace: string;
  readonly key: string;
  readonly providerUrl: string;
  /** Callers per second of this replica. */
  readonly rps: number;
  readonly seed: number;
  /** A server that the demo has started: a replica that finds the demo gone ends it. */
  readonly redisPid: number | null;
}

export type ToReplica =
  | Order
  | { readonly type: "begin" }
  /** No more callers; tell the last numbers when those under way have their answer, and end. */
  | { readonly type: "finish" };

/** What became of the callers of one replica. */
export interface Tally {
  readonly calls: number;
  readonly good: number;
  /** Without an answer for the provider's sake. */
  readonly failed: number;
  /** Answered at once by the breaker. */
  readonly rejected: number;
  /** Without an answer for any other reason: the store's, if there were any. */
  readonly storeFailed: number;
  readonly probes: number;
  /** Neither sent nor rejected in the very turn they were asked for: they claimed a probe from Redis. */
  readonly waited: number;
  /** The longest of these. */
  readonly longestWaitMs: number;
}

export const NO_CALLS: Tally = {
  ...{ calls: 0, good: 0, failed: 0, rejected: 0, storeFailed: 0, probes: 0, waited: 0, longestWaitMs: 0 },
};

export interface Standing {
  readonly state: CircuitState;
  readonly mode: Mode;
  readonly step: number;
  readonly retryAfterMs: number;
  readonly tally: Tally;
}

export interface Turned {
  readonly type: "transition";
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
  readonly generation: number;
  readonly cooldownMs: number | null;
  readonly step: number;
  readonly origin: "local" | "shared";
  readonly scope: "shared" | "local";
  readonly evidence: string | null;
  /** Calls of this replica that had failed by then. */
  readonly ownFailures: number;
  /** When the call ended that made it so, on the replica whose operation it was; without one `atMs`. */
  readonly causedAtMs: number;
  readonly atMs: number;
}

export type FromReplica =
  | { readonly type: "ready"; readonly mode: Mode; readonly error: string | null }
  | { readonly type: "standing"; readonly standing: Standing }
  | { readonly type: "store"; readonly mode: Mode; readonly error: string | null; readonly atMs: number }
  | { readonly type: "probe"; readonly atMs: number }
  | Turned;
