/** What may end one call from outside: its caller's signal, its deadlines, and a probe's lease. Released on every exit. */
import type { Call } from "./call.ts";
import { Deadline } from "./deadlines.ts";
import { type Classifier, type Outcome, outcomeOf } from "./outcome.ts";

/** What one call asks for beside the breaker's policy. */
export interface CallWish {
  readonly signal: AbortSignal | undefined;
  readonly totalMs: number | null;
  readonly classifier: Classifier | null;
}

export class CallGuard {
  readonly signal: AbortSignal | undefined;
  readonly classifier: Classifier | null;
  readonly #call: Call;
  readonly #deadlines: Deadline[] = [];
  readonly #onAbort: () => void;
  #released = false;
  #toFirstByte: { clear(): void } | null = null;

  constructor(call: Call, wish: CallWish | null) {
    this.#call = call;
    this.signal = wish?.signal;
    this.classifier = wish?.classifier ?? null;
    this.#onAbort = () => call.interrupt(this.signal?.reason, callerAbort(this.signal?.reason));
    this.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  deadline(afterMs: number, onDue: () => void): { restart(): void; clear(): void } {
    const { deadlines, clock } = this.#call.site;
    const deadline = new Deadline(onDue);
    this.#deadlines.push(deadline);
    const restart = (): void => {
      if (!this.#released) deadlines.set(deadline, afterMs, clock.now());
    };
    restart();
    return { restart, clear: () => deadlines.clear(deadline) };
  }

  /** Keeps a probe's lease alive while it runs, and gives it its time to the first byte. */
  keepLease(): void {
    const { deadlines, clock, records } = this.#call.site;
    const { leaseMs, timeoutMs } = records.health.policy.probe;
    this.#toFirstByte = this.#call.deadline("total", timeoutMs);
    // A third of the lease leaves two more tries before it runs out.
    const everyMs = leaseMs / 3;
    const renewal = new Deadline((nowMs) => {
      if (!this.#released && this.#call.renewLeases(nowMs)) deadlines.set(renewal, everyMs, nowMs);
    }, false);
    this.#deadlines.push(renewal);
    deadlines.set(renewal, everyMs, clock.now());
  }

  byteArrived(): void {
    this.#toFirstByte?.clear();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.signal?.removeEventListener("abort", this.#onAbort);
    for (const deadline of this.#deadlines) this.#call.site.deadlines.clear(deadline);
  }
}

/** A caller's own `AbortSignal.timeout` is the provider's slowness; any other abort is the caller's change of mind. */
export function callerAbort(reason: unknown): Outcome {
  const name = typeof reason === "object" && reason !== null ? (reason as { name?: unknown }).name : undefined;
  return outcomeOf(name === "TimeoutError" ? "timeout" : "cancelled");
}
