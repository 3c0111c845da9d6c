/** What can happen to a record, and what it replies: the alphabet of `transition()` and of every store. */
import type { Ladder } from "./cooldown.ts";
import type { HoldKind } from "./outcome.ts";
import type { ReportEvent } from "./report.ts";
import type { Lease, Override, TripReason } from "./state.ts";
import type { TripPolicy } from "./trip.ts";

/** The part of a policy that the machine of a record needs. */
export interface RecordPolicy extends TripPolicy {
  readonly windowMs: number | null;
  readonly cooldown: Ladder & { readonly jitter: number };
  readonly hold: Ladder;
  readonly probe: { readonly successes: number; readonly leaseMs: number };
}

/** What a token proves: the life of the record and the lease. */
export interface LeaseRef {
  readonly incarnation: number;
  readonly token: string;
}

/** What carries durations means another thing when it is carried out late: a server that was stopped works off its queue. */
export interface Timely {
  /** On the store's clock: after it nothing is done. Absent where nothing can come between. */
  readonly notAfterMs?: number;
}

export type RecordEvent =
  | ReportEvent
  | {
      readonly type: "claim";
      readonly token: string;
      readonly leaseMs: number;
      readonly random: number;
      /** A claim that arrives later does nothing: nobody waits for its lease, and it would keep others from probing. */
      readonly notAfterMs: number;
    }
  | ({ readonly type: "renew"; readonly leaseMs: number } & LeaseRef)
  | ({
      readonly type: "settle";
      readonly verdict: "passed" | "failed" | "void";
      readonly retryAfterMs: number | null;
      readonly random: number;
    } & LeaseRef)
  | ({
      readonly type: "hold";
      readonly kind: HoldKind;
      /** The provider's hint, unclamped; null takes the ladder's rung. */
      readonly retryAfterMs: number | null;
      /** When the call began: one from before the present hold is a straggler and climbs no ladder. */
      readonly startedAtMs: number;
    } & Timely)
  /** A success of a call that began after a hold had ended: the ladder of that hold is over. */
  | ({ readonly type: "lift"; readonly startedAtMs: number } & Timely)
  | ({ readonly type: "override" } & Omit<Override, "sinceMs">)
  | { readonly type: "clear" }
  | { readonly type: "reset" }
  | { readonly type: "probe-now" }
  /** After a loss of data: what a replica had read from the store about an open period that still runs. */
  | ({
      readonly type: "reassert";
      readonly incarnation: number;
      readonly version: number;
      readonly generation: number;
      readonly step: number;
      readonly cooldownMs: number;
      readonly reason: TripReason;
      readonly remainingMs: number;
    } & Timely);

export type ReplyCode =
  | "ok"
  | "tripped"
  | "extended"
  | "stale"
  | "expired"
  | "ignored"
  | "go"
  | "denied"
  | "probe"
  | "reopened"
  | "renewed"
  | "passed"
  | "closed"
  | "void"
  | "fenced"
  | "changed"
  | "noop";

export interface Reply {
  readonly code: ReplyCode;
  /** With `denied` and `reopened`: until another claim makes sense. */
  readonly retryAfterMs?: number;
  /** With `probe` and `renewed`. */
  readonly lease?: Lease;
}
