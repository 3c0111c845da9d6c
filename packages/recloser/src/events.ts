/** What a breaker tells: listeners, and `node:diagnostics_channel` where it exists. */
import type { CircuitOpenError, RejectReason, ShedError, ShedReason } from "./errors.ts";
import type { HoldKind, OutcomeKind } from "./outcome.ts";
import type { Priority } from "./priority.ts";
import type { CircuitState, Evidence, TripReason } from "./state.ts";
import { isCallObserved } from "./telemetry/diagnostics-channel.ts";
import { fn, oneOf } from "./validate.ts";
import { describe, warnOnce } from "./warn.ts";

/** Why a circuit changed its state. */
export type TransitionReason = TripReason | "claimed" | "probe-passed" | "reset" | "forgotten";

export interface TransitionEvent {
  readonly key: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly reason: TransitionReason;
  readonly generation: number;
  /** Length of the open period that begins, in milliseconds; null when none does. */
  readonly cooldownMs: number | null;
  /** Who made it: an operator's name, else the replica. */
  readonly by: string;
  readonly atMs: number;
  /** `local` on the replica that made it, `shared` on those that learnt of it. */
  readonly origin: "local" | "shared";
  /** `shared`: the record's circuit; `local`: the one this process has beside a store, open by its own evidence or because the store is away. */
  readonly scope: "shared" | "local";
  readonly evidence: Evidence | null;
}

export interface RejectedEvent {
  readonly key: string;
  readonly reason: RejectReason | ShedReason;
  readonly error: CircuitOpenError | ShedError;
  /** True for a call that had begun and was given up because the circuit tripped. */
  readonly inFlight: boolean;
  readonly atMs: number;
}

export interface HoldEvent {
  readonly key: string;
  readonly kind: HoldKind;
  readonly untilMs: number;
  readonly step: number;
  readonly atMs: number;
}

export interface OverrideEvent {
  readonly key: string;
  readonly action: "force-open" | "force-closed" | "clear" | "reset" | "probe-now";
  readonly by: string;
  readonly reason: string | null;
  readonly untilMs: number | null;
  readonly atMs: number;
}

export interface ProbeEvent {
  readonly key: string;
  /** `void`: ended without a verdict; `lost`: its lease ran out. */
  readonly result: "passed" | "failed" | "void" | "lost";
  readonly by: string;
  readonly durationMs: number;
  readonly atMs: number;
}

export interface CallEvent {
  readonly key: string;
  /** As what it counted; null: its permit was given back without a verdict. */
  readonly outcome: OutcomeKind | null;
  readonly probe: boolean;
  /** Which try of its caller's call it was, 1 for the first. */
  readonly attempt: number;
  readonly startedAtMs: number;
  /** From its start to its end; of a stream, to the end of its last chunk. */
  readonly durationMs: number;
  /** Of those, until the first content of a stream; null where none was seen to come by itself. */
  readonly firstContentMs: number | null;
  readonly atMs: number;
}

export interface FallbackEvent {
  readonly key: string;
  /** As what the call counted that it stands for; null: the call was rejected. */
  readonly outcome: OutcomeKind | null;
  readonly result: "answered" | "failed";
  readonly durationMs: number;
  readonly atMs: number;
}

export interface RetryEvent {
  readonly key: string;
  /** The try that failed, 1 for the first. */
  readonly attempt: number;
  /** As what it counted. */
  readonly outcome: OutcomeKind;
  /** How long the call waits before its next try; null: there is none, because the budget is spent. */
  readonly delayMs: number | null;
  readonly atMs: number;
}

export interface WaitEvent {
  readonly key: string;
  readonly priority: Priority;
  /** What stood in its way last. */
  readonly reason: RejectReason | ShedReason;
  /** `deadline`: the caller's own `timeout` ran out; `aborted`: its signal did. */
  readonly result: "admitted" | "rejected" | "deadline" | "aborted";
  readonly waitedMs: number;
  readonly atMs: number;
}

export interface StoreEvent {
  readonly mode: "shared" | "local";
  readonly error: Error | null;
  readonly atMs: number;
}

/** An option of the fleet's policies changed, as this replica learnt it (docs/guide/daily-work.md). */
export interface PolicyEvent {
  /** The breakers it is for: a key or a glob. */
  readonly key: string;
  /** `"failureRate"`, `"cooldown.initial"`. */
  readonly option: string;
  /** As in the policy's options; null: the code's holds again. */
  readonly value: unknown;
  /** Null: it was taken back, or its time is over. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly untilMs: number | null;
  readonly atMs: number;
}

export interface RecloserEvents {
  readonly transition: TransitionEvent;
  readonly rejected: RejectedEvent;
  /** In observe mode: what `enforce` would have rejected. */
  readonly "would-reject": RejectedEvent;
  readonly hold: HoldEvent;
  readonly override: OverrideEvent;
  readonly probe: ProbeEvent;
  readonly call: CallEvent;
  readonly fallback: FallbackEvent;
  readonly retry: RetryEvent;
  readonly wait: WaitEvent;
  readonly store: StoreEvent;
  readonly policy: PolicyEvent;
}

export type EventName = keyof RecloserEvents;

const EVENT_NAMES = [
  "transition",
  "rejected",
  "would-reject",
  "hold",
  "override",
  "probe",
  "call",
  "fallback",
  "retry",
  "wait",
  "store",
  "policy",
] as const satisfies readonly EventName[];

export interface ListenerOptions {
  /** Removes the listener when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly once?: boolean | undefined;
}

// In this process. A call ends so often that even asking its own listeners would be felt where there is none.
let callListeners = 0;

/** Whether anybody at all hears of the ends of calls. */
export function callsAreHeard(): boolean {
  return callListeners > 0 || isCallObserved();
}

type Listener = (event: never) => unknown;

/** Typed listeners. Emitting never throws: a listener's fault is warned of once and changes nothing. */
export class Emitter {
  // Allocated with the first listener: an idle breaker has none.
  #listeners: Map<EventName, Set<Listener>> | null = null;

  on<K extends EventName>(
    name: K,
    listener: (event: RecloserEvents[K]) => void,
    options: ListenerOptions = {},
  ): Disposable {
    oneOf("event", name, EVENT_NAMES);
    fn("listener", listener);
    this.#listeners ??= new Map();
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const { signal, once } = options;
    const remove = (): void => {
      if (listeners.delete(entry) && name === "call") callListeners--;
      signal?.removeEventListener("abort", remove);
    };
    const entry: Listener = (event: RecloserEvents[K]) => {
      if (once === true) remove();
      return listener(event); // a promise, from an async listener: `emit` looks after it
    };
    if (signal?.aborted !== true) {
      listeners.add(entry);
      if (name === "call") callListeners++;
      signal?.addEventListener("abort", remove, { once: true });
    }
    return { [Symbol.dispose]: remove };
  }

  has(name: EventName): boolean {
    return (this.#listeners?.get(name)?.size ?? 0) > 0;
  }

  emit<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    const listeners = this.#listeners?.get(name);
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        const result: unknown = (listener as (event: RecloserEvents[K]) => unknown)(event);
        if (result instanceof Promise) result.catch((error: unknown) => complain(name, error));
      } catch (error) {
        complain(name, error);
      }
    }
  }
}

function complain(name: EventName, error: unknown): void {
  warnOnce(
    "RECLOSER_LISTENER_THREW",
    name,
    `a listener of "${name}" threw (${describe(error)}); the call it watched is unaffected`,
  );
}
