/** What goes over the wire: instants are epoch milliseconds of the server, everything else JSON as it stands. */
import type { CircuitState, FailureKind, HoldKind, TransitionReason, TripReason } from "recloser";
import type { AvoidedWait } from "recloser/history";
import type { DemoNow, DemoView } from "./demo.ts";

/** When a breaker trips, as far as a page shows it. */
export interface TripRules {
  readonly windowMs: number | null;
  readonly minimumCalls: number;
  readonly failureRate: number | null;
  readonly failureThreshold: number | null;
  readonly consecutiveFailures: number | null;
}

export interface OverrideView {
  readonly mode: "force-open" | "force-closed";
  readonly by: string;
  readonly reason: string;
  readonly sinceMs: number;
  /** Null: until somebody ends it. */
  readonly untilMs: number | null;
}

export interface HoldView {
  readonly kind: HoldKind;
  readonly untilMs: number;
}

/** One of the records that a breaker with a structured key is judged by. */
export interface RecordView {
  readonly name: string;
  readonly state: CircuitState;
  readonly scope: "shared" | "local";
  readonly openUntilMs: number | null;
  readonly failures: number;
  readonly calls: number;
}

export interface BreakerView {
  readonly key: string;
  /** What an action's `If-Match` is compared with: another one means that somebody else was faster. */
  readonly version: string;
  /** Computed, as if there were no override. */
  readonly state: CircuitState;
  /** For the eye: `held` by an operator, or by a rate limit and the like; `no-data` before the first call. */
  readonly shows: CircuitState | "held" | "no-data";
  readonly scope: "shared" | "local";
  readonly mode: "enforce" | "observe" | "off";
  /** Since when it is in this state, as far as anybody knows. */
  readonly sinceMs: number | null;
  readonly openUntilMs: number | null;
  readonly probing: boolean;
  /** Of the cooldown ladder; 0: never tripped. */
  readonly step: number;
  readonly cooldownMs: number;
  readonly reason: TripReason | null;
  /** "18 of 20 calls failed in 30 s: 15 timeout, 3 overloaded". */
  readonly evidence: string | null;
  readonly window: {
    readonly calls: number;
    readonly failures: number;
    readonly failureRate: number;
    readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
  };
  readonly rules: TripRules;
  readonly consecutiveFailures: number;
  readonly inFlight: number;
  readonly override: OverrideView | null;
  readonly holds: readonly HoldView[];
  /** Calls that were not made in about the last minute, in all replicas. */
  readonly rejectedLastMinute: number;
  /** Waiting that this process's callers were spared since the dashboard looks; null: no call was rejected by an open circuit here. */
  readonly avoidedWait: AvoidedWait | null;
  readonly lastFailure: { readonly kind: string; readonly atMs: number } | null;
  readonly records: readonly RecordView[];
}

/** An option of a breaker's policy, and where its value comes from. */
export interface PolicyOptionView {
  readonly option: string;
  readonly value: unknown;
  /** `own`: the options that the breaker was made with; `default`: nobody gave it. */
  readonly from: "default" | "code" | "fleet" | "own";
  /** What was set for the fleet, also where the breaker's own options are over it. */
  readonly fleet: {
    readonly pattern: string;
    readonly value: unknown;
    readonly by: string;
    readonly reason: string;
    readonly atMs: number;
    readonly untilMs: number | null;
  } | null;
}

/** Something that happened; `id` is `<ms>-<number>`, and grows. */
export type EventView = { readonly id: string; readonly atMs: number; readonly replica: string } & (
  | {
      readonly type: "transition";
      readonly key: string;
      readonly from: CircuitState;
      readonly to: CircuitState;
      readonly reason: TransitionReason;
      readonly generation: number;
      readonly by: string;
      readonly cooldownMs: number | null;
      readonly scope: "shared" | "local";
      readonly evidence: string | null;
    }
  | { readonly type: "hold"; readonly key: string; readonly kind: HoldKind; readonly untilMs: number }
  | {
      readonly type: "override";
      readonly key: string;
      readonly action: "force-open" | "force-closed" | "clear" | "reset" | "probe-now";
      readonly by: string;
      readonly reason: string | null;
      readonly untilMs: number | null;
    }
  | {
      readonly type: "probe";
      readonly key: string;
      readonly result: "passed" | "failed" | "void" | "lost";
      readonly by: string;
      readonly durationMs: number;
    }
  | {
      readonly type: "policy";
      /** The breakers it is for: a key or a glob. */
      readonly key: string;
      readonly action: "set" | "unset";
      /** By path; null: taken back. Of `unset` none: all of them. */
      readonly options: Readonly<Record<string, unknown>>;
      readonly by: string;
      readonly reason: string;
      readonly untilMs: number | null;
    }
  | { readonly type: "store"; readonly mode: "shared" | "local"; readonly error: string | null }
);

/** How full a breaker's window was at an instant or at its worst in a minute, and how many calls were not made meanwhile. */
export interface SamplePoint {
  readonly atMs: number;
  readonly calls: number;
  readonly failures: number;
  readonly rejected: number;
}

/** A process of the fleet, as it sees itself. */
export interface ReplicaView {
  readonly id: string;
  /** When it last said anything. */
  readonly seenMs: number;
  readonly version: string;
  readonly store: {
    readonly kind: string;
    readonly mode: "shared" | "local";
    readonly sinceMs: number;
    readonly error: string | null;
    readonly roundTripMs: number | null;
  };
  readonly policyHash: string;
  /** The breakers that it holds open or half-open, with its own view of them. */
  readonly notClosed: readonly {
    readonly key: string;
    readonly state: CircuitState;
    readonly scope: "shared" | "local";
  }[];
  readonly breakers: number;
  /** Breakers that it sees otherwise than the store has them, and has for longer than it takes to learn. */
  readonly behindOn: readonly string[];
}

/** The whole of what a page shows, at one instant. */
export interface Snapshot {
  /** The server's clock: a countdown on a machine with another time is right with it. */
  readonly atMs: number;
  readonly breakers: readonly BreakerView[];
  readonly replicas: readonly ReplicaView[];
  readonly events: readonly EventView[];
  readonly role: Role;
  readonly storeAway: Away | null;
  readonly historyAway: Away | null;
  /** Null: nothing is demonstrated. */
  readonly demo: DemoView | null;
}

/**
 * Since when the dashboard's own store does not answer: what is shown of the fleet is from then. Or since when it answers, but
 * does not tell what happened: states are as they are, and what else is shown of the fleet is from then.
 */
export interface Away {
  readonly sinceMs: number;
  readonly error: string | null;
}

export interface Delta {
  readonly atMs: number;
  readonly changed: readonly BreakerView[];
  readonly removed: readonly string[];
  /** Null: as before. */
  readonly replicas: readonly ReplicaView[] | null;
  readonly storeAway: Away | null;
  readonly historyAway: Away | null;
  readonly demo: DemoNow | null;
}

/** What whoever asks may do. */
export type Role = "viewer" | "operator";
