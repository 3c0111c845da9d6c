/** The right to make one call, for code that settles it itself. */
import { Admission, toldBy } from "./admission.ts";
import type { CallSite } from "./call.ts";
import { callsAreHeard } from "./events.ts";
import { probeTimeoutMs } from "./probe-lease.ts";

/**
 * Settle it exactly once: the first of `success`, `failure`, `ignore` counts and later ones do nothing. Disposing an
 * unsettled permit ignores it, so `await using` never leaks one.
 *
 * @example
 * await using permit = await breaker.acquire();
 * try { await send(); permit.success() } catch (error) { permit.failure(error); throw error }
 */
export interface Permit extends AsyncDisposable {
  readonly kind: "call" | "probe";
  /** The round it was given in; a result of another round changes nothing. */
  readonly generation: number;
  /** When a probe's lease ends, epoch milliseconds; null for an ordinary call. */
  readonly expiresAtMs: number | null;
  /** @param options `durationMs`: how long the call took; default: since the permit was given */
  success(options?: { durationMs?: number }): void;
  /** The call failed with `error`, which is classified; what nobody recognises counts. */
  failure(error: unknown): void;
  /** The call says nothing about the dependency (cancelled, the caller's own mistake, never sent). */
  ignore(reason?: string): void;
  /** Extends a probe lease; false if it was lost or the probe's time is over. */
  renew(): Promise<boolean>;
}

export class AdmittedPermit extends Admission implements Permit {
  readonly #site: CallSite;

  constructor(site: CallSite, nowMs: number) {
    super(site.records, nowMs);
    this.#site = site;
  }

  get kind(): "call" | "probe" {
    return this.isProbe ? "probe" : "call";
  }

  get expiresAtMs(): number | null {
    return this.leaseEndsAtMs;
  }

  success(options?: { durationMs?: number }): void {
    const durationMs = options?.durationMs;
    this.succeed(typeof durationMs === "number" && durationMs >= 0 ? durationMs : null);
  }

  failure(error: unknown): void {
    if (this.ended) return;
    const nowMs = this.#site.clock.now();
    const outcome = this.#site.classify({ error, nowMs }, null);
    this.finish(outcome, nowMs, toldBy(outcome, error, nowMs));
  }

  ignore(): void {
    if (!this.ended && callsAreHeard()) this.user.callEnded(this, null);
    this.leave(this.#site.clock.now());
  }

  // Renewal ends with the probe's own time, so that a probe that hangs cannot hold the circuit half-open for ever.
  renew(): Promise<boolean> {
    const nowMs = this.#site.clock.now();
    const timeoutMs = probeTimeoutMs(this.records.health, nowMs);
    const overdue = !this.shown && nowMs - this.startedAtMs >= timeoutMs;
    return this.ended || overdue ? Promise.resolve(false) : this.confirmLeases(nowMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.ignore();
    return Promise.resolve();
  }
}
