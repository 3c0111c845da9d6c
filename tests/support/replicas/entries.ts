/** What replicas write down as it happens. All instants (`at`, and what ends in `At`) are `machineMs()`; `storeMs` is the store's. */
import type { OverrideEvent, ProbeEvent, StoreEvent, TransitionEvent } from "../../../packages/recloser/src/events.ts";
import type { ReplyCode } from "../../../packages/recloser/src/record-event.ts";
import type { CircuitState } from "../../../packages/recloser/src/state.ts";

/** A record at one instant of the store, without what only the store needs. */
export interface StoredCircuit {
  readonly incarnation: number;
  readonly version: number;
  readonly generation: number;
  readonly step: number;
  readonly is: "closed" | "tripped";
  /** On the store's clock. */
  readonly openUntilMs: number | null;
  readonly lease: { readonly token: string; readonly expiresAtMs: number } | null;
}

/** What a replica held for true of a record. */
export interface View {
  readonly incarnation: number;
  readonly version: number;
  readonly generation: number;
  readonly shared: CircuitState;
  readonly local: CircuitState;
  readonly isConnected: boolean;
  readonly overridden: boolean;
}

export type CallEnd =
  | { readonly end: "answered" }
  | { readonly end: "rejected"; readonly reason: string; readonly state: string }
  /** The provider's word, or none for want of a connection. */
  | { readonly end: "failed"; readonly status: number | null; readonly message: string }
  /** What a caller must never see. */
  | { readonly end: "strange"; readonly message: string };

interface Told {
  readonly at: number;
  readonly replica: string;
}

export type Entry = Told &
  (
    | { readonly what: "up"; readonly pid: number }
    | { readonly what: "asked"; readonly key: string; readonly n: number; readonly command: AskedCommand }
    | {
        readonly what: "told";
        readonly key: string;
        /** The question; null for what was only read. */
        readonly n: number | null;
        readonly code: ReplyCode | "read";
        readonly storeMs: number;
        readonly circuit: StoredCircuit;
      }
    | { readonly what: "store-failed"; readonly key: string; readonly n: number; readonly message: string }
    | { readonly what: "pushed"; readonly key: string; readonly by: string; readonly version: number }
    | { readonly what: "view"; readonly key: string; readonly view: View }
    | { readonly what: "began"; readonly key: string; readonly call: string }
    | {
        readonly what: "admitted";
        readonly key: string;
        readonly call: string;
        readonly probe: boolean;
        readonly view: View;
      }
    | { readonly what: "shown"; readonly key: string; readonly call: string }
    | {
        readonly what: "ended";
        readonly key: string;
        readonly call: string;
        readonly startedAt: number;
        readonly how: CallEnd;
      }
    | { readonly what: "transition"; readonly key: string; readonly event: TransitionEvent }
    | { readonly what: "probe"; readonly key: string; readonly event: ProbeEvent }
    | { readonly what: "override"; readonly key: string; readonly event: OverrideEvent }
    | { readonly what: "store"; readonly mode: StoreEvent["mode"]; readonly message: string | null }
    /** The event loop stood still, or the process was stopped. `replica` is the process. */
    | { readonly what: "stalled"; readonly fromAt: number }
    | { readonly what: "unhandled"; readonly message: string }
    | { readonly what: "paused" | "resumed" | "killed" | "closed" }
  );

/** The parts of a command by which the checks know it. */
export interface AskedCommand {
  readonly type: string;
  readonly token?: string;
  readonly incarnation?: number;
  readonly verdict?: string;
  readonly leaseMs?: number;
  /** Failed calls that a report tells of. */
  readonly failures?: number;
}
