/** What happened in a run, as the checks look at it. All instants are the world's, in milliseconds, unless a name says otherwise. */
import type { TransitionEvent, ProbeEvent, OverrideEvent, StoreEvent } from "../../packages/recloser/src/events.ts";
import type { Policy } from "../../packages/recloser/src/policy.ts";
import type { ReplyCode } from "../../packages/recloser/src/record-event.ts";
import type { CircuitState, Facts } from "../../packages/recloser/src/state.ts";
import type { StoreCommand } from "../../packages/recloser/src/store/command.ts";
import type { Plan } from "./plan.ts";

/** A lease that a call held when it was admitted. */
export interface HeldLease {
  readonly record: string;
  /** Of the shared circuit's probe; null for one of the circuit in this process only. */
  readonly token: string | null;
}

/** What a record said in one replica when a call was admitted there. */
export interface Standing {
  readonly record: string;
  readonly shared: CircuitState;
  readonly local: CircuitState;
  readonly isConnected: boolean;
  readonly override: "force-open" | "force-closed" | null;
}

export type CallEnd = "answered" | "rejected" | "failed" | "timed out" | "gave up" | "aborted" | "mistake" | "other";

/** One call, as its caller saw it, and what it did on the wire. */
export interface CallRecord {
  readonly id: number;
  readonly replica: number;
  /** Which process of the replica, 0 for the first. */
  readonly life: number;
  readonly atMs: number;
  admittedMs: number | null;
  probe: boolean;
  leases: readonly HeldLease[];
  standings: readonly Standing[];
  /** When it showed the first of an answer. */
  shownMs: number | null;
  /** When the provider, or whatever ended it there, had done. */
  wireEndMs: number | null;
  endMs: number | null;
  end: CallEnd | null;
  /** Why it was rejected or failed. */
  reason: string | null;
  /** What the library said of the circuit when it rejected. */
  stateSaid: CircuitState | null;
  inFlight: boolean;
  /** For a failure that is evidence: its kind. */
  failure: "network" | "other" | null;
  /** An error that callers must never see. */
  strange: string | null;
  /** Listeners left on the caller's signal after its end. */
  listenersLeft: number;
}

/** One command that the store carried out. */
export interface OperationRecord {
  readonly atMs: number;
  readonly storeMs: number;
  readonly replica: string;
  readonly record: string;
  readonly command: StoreCommand;
  readonly before: Facts;
  readonly after: Facts;
  readonly code: ReplyCode;
  /** How often the store had lost data by then: two lives are two histories. */
  readonly losses: number;
  /** Whose token was given out last for this record in this history; null before the first. */
  readonly lastGranted: { readonly token: string; readonly incarnation: number } | null;
}

export type EventRecord = { readonly at: number; readonly replica: number; readonly life: number } & (
  | { readonly name: "transition"; readonly event: TransitionEvent }
  | { readonly name: "probe"; readonly event: ProbeEvent }
  | { readonly name: "override"; readonly event: OverrideEvent }
  | { readonly name: "store"; readonly event: StoreEvent }
  // What has become of the store, as the process knows it: the events tell less of one that flaps.
  | { readonly name: "mode"; readonly event: Pick<StoreEvent, "mode"> }
);

/** A claim that a replica sent. */
export interface ClaimRecord {
  readonly replica: number;
  readonly life: number;
  readonly atMs: number;
}

/** A span in which something was wrong that a check must know of. */
export interface Trouble {
  readonly replica: number | null;
  readonly fromMs: number;
  toMs: number;
}

/** What a replica held for true of a record, at one instant. */
export interface ViewSample {
  readonly atMs: number;
  readonly replica: number;
  readonly life: number;
  readonly record: string;
  readonly facts: Facts;
}

/** The window of one machine beside what the calls of its process say. */
export interface CountSample {
  readonly atMs: number;
  readonly replica: number;
  readonly life: number;
  readonly successes: number;
  readonly failures: number;
}

export interface FinalView {
  readonly replica: number;
  readonly record: string;
  readonly view: Facts | null;
  readonly local: Facts;
  readonly state: CircuitState;
  readonly isConnected: boolean;
  readonly inFlight: number;
}

export interface History {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly calls: CallRecord[];
  readonly operations: OperationRecord[];
  readonly events: EventRecord[];
  readonly claims: ClaimRecord[];
  readonly pauses: Trouble[];
  readonly samples: ViewSample[];
  readonly counts: CountSample[];
  /** What replicas said when operators spoke to them: a rejection is a fault. */
  readonly faults: string[];
  /** When everything was well again, by when it had to show, and when it did. */
  healedMs: number;
  boundMs: number;
  recoveredMs: number | null;
  /** What was not well when the bound came. */
  stuck: string | null;
  quietMs: number;
  record: ReadonlyMap<string, Facts>;
  storeMsAtQuiet: number;
  views: readonly FinalView[];
  /** What was left after everything was closed. */
  left: string[];
}
