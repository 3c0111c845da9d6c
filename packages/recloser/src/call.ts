/** A call that the breaker runs: its signal, what may end it from outside, and the one place where it ends. */
import { Admission, toldBy } from "./admission.ts";
import { CallGuard, callerAbort, type CallWish } from "./call-guard.ts";
import { looksLikeResponse } from "./classification.ts";
import type { Clock } from "./clock.ts";
import type { Deadlines } from "./deadlines.ts";
import { CallTimeoutError, type CircuitOpenError, type RejectReason, type TimeoutPhase } from "./errors.ts";
import type { Machine } from "./machine.ts";
import { type Classifier, type ClassifyInput, type Outcome, outcomeOf } from "./outcome.ts";
import type { Records } from "./records.ts";
import { warnOnce } from "./warn.ts";

/** What a call is given. */
export interface CallContext {
  /** Aborted when the caller gives up, a deadline runs out, or the circuit trips before anything came. Pass it on. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Whether this call is the probe of a half-open circuit. */
  readonly probe: boolean;
  /** The breaker's name. */
  readonly key: string;
}

/** What a call needs of the breaker it belongs to. */
export interface CallSite {
  readonly name: string;
  readonly records: Records;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Whether the policy has a classifier of the user's. */
  readonly hasClassifier: boolean;
  classify(input: ClassifyInput, classifier: Classifier | null): Outcome;
  /** Makes, and tells of, the rejection of a call that had begun. */
  rejectInFlight(machine: Machine, reason: RejectReason, nowMs: number): CircuitOpenError;
}

const GIVEN_UP = outcomeOf("cancelled");
const TIMED_OUT = outcomeOf("timeout");

export abstract class Call extends Admission implements CallContext {
  readonly site: CallSite;
  /** Null for a call that nothing but a trip can end from outside. */
  private guard: CallGuard | null = null;
  // Made when asked for: an AbortController costs ten times what admission does.
  private controller: AbortController | null = null;

  constructor(site: CallSite, nowMs: number) {
    super(site.records, nowMs);
    this.site = site;
  }

  /** Answers the caller of a call that was ended from outside; after the records were told. `outcome` null: like a rejection. */
  protected abstract answer(error: unknown, outcome: Outcome | null): void;

  get key(): string {
    return this.site.name;
  }

  override get attempt(): number {
    return this.guard?.attempt ?? 1;
  }

  get probe(): boolean {
    return this.isProbe;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  /**
   * Arms what may end it from outside: the caller's signal, deadlines, and for a probe its time and its lease.
   *
   * @param awaited whether somebody waits for it: then its deadlines keep the process alive
   */
  arm(wish: CallWish | null, untilFirstByte: TimeoutPhase = "total", awaited = true): void {
    const probes = this.isProbe;
    // One that waited for its turn may be given up again before it begins.
    if (this.ended || (wish === null && !probes)) return;
    this.guard = new CallGuard(this, wish);
    if (wish?.totalMs !== null && wish?.totalMs !== undefined) this.total(this.guard, wish.totalMs, wish.sinceMs);
    // To observe is to end nothing: then a probe takes as long as any call.
    const observed = this.records.health.policy.mode === "observe";
    if (probes) this.guard.keepLease(observed ? null : untilFirstByte, awaited);
    // A listener of the claim may have aborted it meanwhile.
    if (wish?.signal?.aborted === true) this.interrupt(wish.signal.reason, callerAbort(wish.signal.reason));
  }

  // The total time is the caller's: what earlier tries and the waits between them took is gone of it.
  private total(guard: CallGuard, totalMs: number, sinceMs: number | null): void {
    const leftMs = sinceMs === null ? totalMs : Math.max(0, sinceMs + totalMs - this.site.clock.now());
    guard.deadline(leftMs, true, () => this.interrupt(new CallTimeoutError(this.key, "total", totalMs), TIMED_OUT));
  }

  /** Sets a deadline that ends the call with `CallTimeoutError`. The handle clears or restarts it. */
  deadline(
    phase: TimeoutPhase,
    afterMs: number,
    keepsAlive = true,
    limit?: string,
  ): { restart(): void; clear(): void } {
    this.guard ??= new CallGuard(this, null);
    return this.guard.deadline(afterMs, keepsAlive, () =>
      this.interrupt(new CallTimeoutError(this.key, phase, afterMs, limit), TIMED_OUT),
    );
  }

  /** Ends the call from outside: tells the records, aborts the work, answers the caller. The first end counts. */
  interrupt(error: unknown, outcome: Outcome): void {
    if (!this.ended) this.end(error, outcome, outcome);
  }

  // The circuit tripped while this call had shown nothing: it is answered like a rejection, and counts for nothing.
  override giveUp(nowMs: number): void {
    if (!this.ended && !this.shown) this.end(this.site.rejectInFlight(this.machine, "open", nowMs), GIVEN_UP, null);
  }

  private end(error: unknown, counted: Outcome, shown: Outcome | null): void {
    this.finish(counted, this.site.clock.now());
    this.release();
    this.abort(error);
    this.answer(error, shown);
  }

  /** Ends the call with what it threw, and says how that was counted. */
  failed(error: unknown): Outcome {
    const nowMs = this.site.clock.now();
    const outcome = this.site.classify({ error, signal: this.guard?.signal, nowMs }, this.guard?.classifier ?? null);
    this.release();
    this.finish(outcome, nowMs, toldBy(outcome, error, nowMs));
    return outcome;
  }

  /** Ends the call with its result, which may still mean a failure: the result is the caller's either way. */
  completed(result: unknown): Outcome | null {
    const classifier = this.guard?.classifier ?? null;
    const signal = this.guard?.signal;
    this.release();
    if (isStream(result)) warnStream(this.key);
    const plain = typeof result !== "object" || result === null || !looksLikeResponse(result);
    if (plain && classifier === null && !this.site.hasClassifier) {
      this.succeed();
      return null;
    }
    const nowMs = this.site.clock.now();
    const outcome = this.site.classify({ result, signal, nowMs }, classifier);
    this.finish(outcome, nowMs, toldBy(outcome, result, nowMs));
    return outcome;
  }

  /** Something of an answer has arrived: a probe is no longer under its time to the first byte. */
  byteArrived(): void {
    this.guard?.byteArrived();
  }

  /** Aborts the work; a signal asked for later is aborted already. */
  abort(reason: unknown): void {
    this.controller ??= new AbortController();
    this.controller.abort(reason);
  }

  /** Takes back the listener and all deadlines. Every exit passes here. */
  release(): void {
    this.guard?.release();
  }
}

function isStream(result: unknown): boolean {
  return typeof result === "object" && result !== null && looksLikeStream(result);
}

function looksLikeStream(result: object): boolean {
  try {
    return Symbol.asyncIterator in result && !looksLikeResponse(result);
  } catch {
    return false;
  }
}

function warnStream(key: string): void {
  const message = `execute of "${key}" gave a stream: it counts as a success before it has run. Use breaker.stream(), which watches it to its end`;
  warnOnce("RECLOSER_STREAM_IN_EXECUTE", key, message);
}
