/** What may end one call from outside: its caller's signal, its deadlines, and a probe's lease. Released on every exit. */
import { offAbort, onAbort } from "./abort-listeners.ts";
import type { Call } from "./call.ts";
import { Deadline } from "./deadlines.ts";
import type { TimeoutPhase } from "./errors.ts";
import { read } from "./error-trace.ts";
import { type Classifier, type Outcome, outcomeOf } from "./outcome.ts";
import { probeTimeoutMs } from "./probe-lease.ts";
import type { Priority } from "./priority.ts";
import type { RetryPolicy } from "./retry-options.ts";

/** What one call asks for beside the breaker's policy. */
export interface CallWish {
  readonly signal: AbortSignal | undefined;
  readonly totalMs: number | null;
  readonly classifier: Classifier | null;
  readonly retry: RetryPolicy | null;
  readonly priority: Priority;
  /** Which try of its caller's call it is, 1 for the first. */
  readonly attempt: number;
  /** When its caller's call began, of which `totalMs` is counted; null: with this one. */
  readonly sinceMs: number | null;
}

// Chained instead of kept in an array: where V8 has seen arrays of long calls outlive a collection it makes all later
// ones from that line long-lived, and then even short calls wait for a full collection (four times the time, measured).
class CallDeadline extends Deadline {
  readonly next: CallDeadline | null;

  constructor(onDue: (nowMs: number) => void, keepsAlive: boolean, next: CallDeadline | null) {
    super(onDue, keepsAlive);
    this.next = next;
  }
}

export class CallGuard {
  readonly signal: AbortSignal | undefined;
  readonly classifier: Classifier | null;
  readonly attempt: number;
  readonly #call: Call;
  #deadlines: CallDeadline | null = null;
  readonly #onAbort: () => void;
  #released = false;
  #toFirstByte: { clear(): void } | null = null;
  // When a probe last moved; null for other calls.
  #progressMs: number | null = null;

  constructor(call: Call, wish: CallWish | null) {
    this.#call = call;
    this.signal = wish?.signal;
    this.classifier = wish?.classifier ?? null;
    this.attempt = wish?.attempt ?? 1;
    this.#onAbort = () => call.interrupt(this.signal?.reason, callerAbort(this.signal?.reason));
    if (this.signal !== undefined) onAbort(this.signal, this.#onAbort);
  }

  deadline(afterMs: number, keepsAlive: boolean, onDue: () => void): { restart(): void; clear(): void } {
    const { deadlines, clock } = this.#call.site;
    const deadline = this.#add(onDue, keepsAlive);
    const restart = (): void => {
      if (!this.#released) deadlines.set(deadline, afterMs, clock.now());
    };
    restart();
    return { restart, clear: () => deadlines.clear(deadline) };
  }

  /** Keeps a probe's lease alive while it runs, and gives it its time to the first byte (`phase` null: as long as it takes). */
  keepLease(phase: TimeoutPhase | null, awaited: boolean): void {
    const { deadlines, clock, records } = this.#call.site;
    const { leaseMs } = records.health.policy.probe;
    const timeoutMs = probeTimeoutMs(records.health, clock.now());
    if (phase !== null)
      this.#toFirstByte = this.#call.deadline(phase, timeoutMs, awaited, "the probe's time, probe.timeout");
    // A third of the lease leaves two more tries before it runs out.
    const everyMs = leaseMs / 3;
    this.#progressMs = clock.now();
    const renewal = this.#add((nowMs) => {
      // Whether it has shown a byte or not: a probe that stands still for its whole time must not keep others from
      // probing. Then the lease runs out and the next call takes over.
      const standsStill = nowMs - (this.#progressMs ?? nowMs) >= timeoutMs;
      if (!this.#released && !standsStill && this.#call.renewLeases(nowMs)) deadlines.set(renewal, everyMs, nowMs);
    }, false);
    deadlines.set(renewal, everyMs, clock.now());
  }

  byteArrived(): void {
    if (this.#progressMs === null) return;
    this.#progressMs = this.#call.site.clock.now();
    this.#toFirstByte?.clear();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.signal !== undefined) offAbort(this.signal, this.#onAbort);
    const { deadlines } = this.#call.site;
    for (let deadline = this.#deadlines; deadline !== null; deadline = deadline.next) deadlines.clear(deadline);
  }

  #add(onDue: (nowMs: number) => void, keepsAlive: boolean): Deadline {
    this.#deadlines = new CallDeadline(onDue, keepsAlive, this.#deadlines);
    return this.#deadlines;
  }
}

/** A caller's own `AbortSignal.timeout` is the provider's slowness; any other abort is the caller's change of mind. */
export function callerAbort(reason: unknown): Outcome {
  const name = typeof reason === "object" && reason !== null ? read(reason, "name") : undefined;
  return outcomeOf(name === "TimeoutError" ? "timeout" : "cancelled");
}
