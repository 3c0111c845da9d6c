/** The way into a breaker: whether a call may begin now, waits for its turn, or is turned away. */
import { orAborted } from "./abort-listeners.ts";
import type { Admission } from "./admission.ts";
import type { BreakerHost } from "./breaker.ts";
import type { Clock } from "./clock.ts";
import { CircuitOpenError, type RejectReason, ShedError, type ShedReason } from "./errors.ts";
import { Emitter, type EventName, type RecloserEvents } from "./events.ts";
import type { BreakerKey } from "./key.ts";
import type { ShedCounts } from "./load.ts";
import type { Machine } from "./machine.ts";
import type { Policy } from "./policy.ts";
import { type Priority, shareOf } from "./priority.ts";
import { askForProbes, mustAsk } from "./probe-claims.ts";
import { RAMP_LOOK_MS } from "./ramp.ts";
import type { Records } from "./records.ts";
import { shedError } from "./shed-words.ts";
import { paceWaitMs } from "./throttle.ts";
import { Refused, type Turn, type TurnSite, type TurnWish, waitForTurn } from "./wait-for-turn.ts";
import type { WaitReason } from "./wait-queue.ts";

export abstract class Entrance implements TurnSite {
  readonly name: string;
  readonly key: string | BreakerKey;
  readonly host: BreakerHost;
  /** In force; changed by `configure` alone. */
  policy: Policy;
  /** Used since the registry last looked. */
  used = false;
  /** Made at the first use, so that an idle breaker costs next to nothing. */
  protected taken: Records | null = null;
  protected emitter: Emitter | null = null;
  #shed: Partial<Record<ShedReason, number>> | null = null;

  constructor(name: string, key: string | BreakerKey, policy: Policy, host: BreakerHost) {
    this.name = name;
    this.key = key;
    this.host = host;
    this.policy = policy;
  }

  /** Takes the records of its key. */
  protected abstract attach(): Records;

  get records(): Records {
    return this.taken ?? this.attach();
  }

  get machines(): readonly Machine[] {
    return this.records.all;
  }

  get clock(): Clock {
    return this.host.clock;
  }

  // ---- at the door -------------------------------------------------------------------------------------------------

  /** Why a call may not begin now; null: it may. */
  protected check(priority: Priority, nowMs: number): WaitReason | null {
    const records = this.taken ?? this.attach();
    this.used = true;
    const { policy } = this;
    if (policy.mode === "off") return null;
    let reason = records.check(policy, priority, nowMs);
    // Nobody passes those who came first.
    if (reason === null && records.health.waiting !== null) reason = records.health.waiting.ahead(this, priority);
    return reason === null || policy.mode === "enforce" ? reason : this.#observed(reason, priority, nowMs);
  }

  #observed(reason: WaitReason, priority: Priority, nowMs: number): null {
    if (this.hears("would-reject"))
      this.#tellRejected("would-reject", this.#rejection(reason, priority, 0, nowMs), nowMs);
    return null;
  }

  /** Whether the store must be asked for a probe first. */
  protected mustAsk(nowMs: number): boolean {
    if (!this.host.isShared || this.policy.mode === "off" || !mustAsk(this.records, nowMs)) return false;
    if (this.policy.mode === "enforce") return true;
    void askForProbes(this.records, this.clock); // holds nobody up: the lease is for the next call
    return false;
  }

  /** Whoever gives up meanwhile gets its own reason, at once. */
  protected ask(signal?: AbortSignal): Promise<void> {
    return orAborted(askForProbes(this.records, this.clock), signal);
  }

  protected enter(admission: Admission, nowMs: number): boolean {
    const { mode } = this.policy;
    if (mode === "off") {
      admission.pass();
      return true;
    }
    return admission.enter(nowMs, mode === "observe");
  }

  // ---- in the queue -------------------------------------------------------------------------------------------------

  /** Lets a call wait for its turn, if the policy has a queue and that makes sense. @param make makes the call when it comes */
  protected wait<A extends Admission>(
    reason: WaitReason,
    wish: TurnWish | null,
    make: (nowMs: number) => A,
  ): Turn<A> | Refused {
    const enter = (nowMs: number): A | null => {
      if (this.mustAsk(nowMs)) {
        void this.ask(); // as for `tryAcquire`: the lease that comes is for the next call
        return null;
      }
      const admission = make(nowMs);
      return this.enter(admission, nowMs) ? admission : null;
    };
    return waitForTurn(
      this,
      this.records.health,
      reason,
      wish ?? { signal: undefined, priority: "interactive" },
      enter,
    );
  }

  standsInTheWay(priority: Priority, nowMs: number): WaitReason | null {
    const { policy } = this;
    return policy.mode === "enforce" ? this.records.recheck(policy, priority, nowMs) : null;
  }

  /** What time or an ended call will clear away, in time; for a probe's verdict or a quota nobody waits here. */
  mayWait(reason: WaitReason, priority: Priority, forMs: number, ahead: number, nowMs: number): boolean {
    if (this.host.closed) return false;
    const barredMs = this.records.barredForMs(nowMs);
    if (reason === "concurrency" || reason === "ramping") return barredMs !== Infinity;
    if (reason === "rate-limited") return barredMs <= forMs;
    if (reason !== "paced") return false;
    return barredMs !== Infinity && paceWaitMs(this.records, nowMs, shareOf(this.policy, priority), ahead) <= forMs;
  }

  lookAgainMs(reason: WaitReason, priority: Priority, nowMs: number): number {
    if (reason === "concurrency") return Infinity;
    let afterMs = RAMP_LOOK_MS;
    if (reason === "paced") afterMs = paceWaitMs(this.records, nowMs, shareOf(this.policy, priority));
    if (reason === "rate-limited") afterMs = this.records.barredForMs(nowMs);
    // A hold may be lifted early, and a rate rises: nothing tells of that.
    return Math.min(RAMP_LOOK_MS, Math.max(1, Math.ceil(afterMs)));
  }

  /** Something happened to a record: whoever waits is looked at anew. */
  protected lookAtQueue(): void {
    this.taken?.health.waiting?.look(this.clock.now());
  }

  /** Nobody waits here any more. */
  protected closeQueue(nowMs: number): void {
    this.taken?.health.waiting?.close(this, nowMs);
  }

  // ---- turned away -------------------------------------------------------------------------------------------------

  refusal(reason: WaitReason, priority: Priority, waitedMs: number, nowMs: number): CircuitOpenError | ShedError {
    this.countShed(reason);
    const error = this.#rejection(reason, priority, waitedMs, nowMs);
    this.#tellRejected("rejected", error, nowMs);
    return error;
  }

  rejectInFlight(machine: Machine, reason: RejectReason, nowMs: number): CircuitOpenError {
    const error = new CircuitOpenError({ ...machine.rejection(reason, nowMs), inFlight: true });
    this.#tellRejected("rejected", error, nowMs);
    return error;
  }

  protected countShed(reason: WaitReason): void {
    if (isOfCircuit(reason)) return;
    this.#shed ??= {};
    this.#shed[reason] = (this.#shed[reason] ?? 0) + 1;
  }

  get shedCounts(): ShedCounts {
    return this.#shed ?? {};
  }

  #rejection(reason: WaitReason, priority: Priority, waitedMs: number, nowMs: number): CircuitOpenError | ShedError {
    if (isOfCircuit(reason)) return new CircuitOpenError(this.records.blocking.rejection(reason, nowMs));
    const { name: key, policy, records } = this;
    return shedError(reason, { key, policy, records, priority, waitedMs }, nowMs);
  }

  // ---- telling -----------------------------------------------------------------------------------------------------

  hears(name: EventName): boolean {
    return (this.emitter?.has(name) ?? false) || this.host.hears(name);
  }

  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    this.emitter?.emit(name, event);
    this.host.tell(name, event);
  }

  #tellRejected(name: "rejected" | "would-reject", error: CircuitOpenError | ShedError, atMs: number): void {
    if (!this.hears(name)) return;
    const inFlight = error instanceof CircuitOpenError && error.inFlight;
    this.tell(name, { key: this.name, reason: error.reason, error, inFlight, atMs });
  }
}

function isOfCircuit(reason: WaitReason): reason is RejectReason {
  switch (reason) {
    case "open":
    case "probing":
    case "ramping":
    case "rate-limited":
    case "quota-exhausted":
    case "auth":
    case "override":
      return true;
    case "concurrency":
    case "adaptive":
    case "paced":
    case "queue-full":
    case "queue-evicted":
    case "queue-expired":
    case "queue-closed":
      return false;
  }
}
