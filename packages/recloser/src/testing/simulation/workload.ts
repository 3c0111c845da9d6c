/** The callers of one replica: they call when it is time, and what they get is recorded. */
import { CallTimeoutError, CircuitOpenError, ShedError } from "../../errors.ts";
import { type ArrivalPlan, startArrivals } from "./arrivals.ts";
import type { SimulatedProcess } from "./process.ts";
import type { Scheduled } from "./world.ts";

/** Makes one call. The signal is there if the caller has a time limit. */
export type MakeCall = (signal: AbortSignal | undefined) => Promise<unknown>;

export type CallerEnd = "ok" | "rejected" | "failed" | "timed-out";

/** One call, as its caller saw it. Times are the world's. */
export interface CallerRecord {
  readonly atMs: number;
  readonly endMs: number;
  /** `rejected`: by the breaker, or shed; `timed-out`: at the caller's own limit or the library's. */
  readonly end: CallerEnd;
  /** Why it was rejected; the status, or the error's name, with which it failed. */
  readonly reason: string | null;
  /** Rejected after it had begun, because the circuit tripped. */
  readonly inFlight: boolean;
}

export interface WorkloadCounters {
  calls: number;
  ok: number;
  rejected: number;
  failed: number;
  timedOut: number;
  /** Of the rejected ones, by reason. */
  readonly rejectedBy: Record<string, number>;
}

export interface WorkloadOptions {
  readonly arrivals: ArrivalPlan;
  readonly call: MakeCall;
  /** How long callers wait: then they give up, like `AbortSignal.timeout`. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /** Called at the end of each call. */
  readonly onEnd?: (record: CallerRecord) => void;
}

interface Made {
  readonly atMs: number;
  readonly abort: AbortController | null;
  ended: boolean;
}

/**
 * Callers of a replica. They begin at once.
 *
 * @throws InvalidOptionError for bad arrivals, naming the field
 * @example
 * const workload = new Workload(replica, {
 *   arrivals: { kind: "poisson", perSecond: 10 },
 *   call: (signal) => breaker.execute((context) => provider.answer(replica, context), { signal }),
 * });
 */
export class Workload {
  readonly counters: WorkloadCounters = { calls: 0, ok: 0, rejected: 0, failed: 0, timedOut: 0, rejectedBy: {} };
  readonly #process: SimulatedProcess;
  readonly #options: WorkloadOptions;
  readonly #arrivals: { stop(): void };
  // Calls under the time limit, oldest first: they all have the same, so one event is enough for all.
  readonly #limited = new Set<Made>();
  #limit: Scheduled | null = null;

  constructor(process: SimulatedProcess, options: WorkloadOptions) {
    this.#process = process;
    this.#options = options;
    const random = process.world.random(`${process.name}: arrivals`);
    this.#arrivals = startArrivals(process, options.arrivals, random, () => this.#call());
  }

  /** Calls that have not ended. */
  get pending(): number {
    const { calls, ok, rejected, failed, timedOut } = this.counters;
    return calls - ok - rejected - failed - timedOut;
  }

  /** No more calls come. */
  stop(): void {
    this.#arrivals.stop();
  }

  #call(): void {
    const { timeoutMs } = this.#options;
    const abort = timeoutMs === undefined ? null : new AbortController();
    const made: Made = { atMs: this.#process.world.nowMs, abort, ended: false };
    this.counters.calls++;
    this.#options.call(abort?.signal).then(
      () => this.#end(made, "ok", null),
      (error: unknown) => this.#failed(made, error),
    );
    if (timeoutMs === undefined) return;
    this.#limited.add(made);
    if (this.#limit === null) this.#arm(made.atMs + timeoutMs, timeoutMs);
  }

  #arm(dueMs: number, timeoutMs: number): void {
    this.#limit = this.#process.world.at(dueMs, () => this.#giveUp(timeoutMs), this.#process);
  }

  #giveUp(timeoutMs: number): void {
    const { nowMs } = this.#process.world;
    this.#limit = null;
    for (const made of this.#limited) {
      const dueMs = made.atMs + timeoutMs;
      if (dueMs > nowMs) return this.#arm(dueMs, timeoutMs);
      this.#end(made, "timed-out", null);
      made.abort?.abort(new DOMException("The caller waited long enough", "TimeoutError"));
    }
  }

  #failed(made: Made, error: unknown): void {
    if (error instanceof CircuitOpenError) this.#end(made, "rejected", error.reason, error.inFlight);
    else if (error instanceof ShedError) this.#end(made, "rejected", error.reason);
    else if (error instanceof CallTimeoutError) this.#end(made, "timed-out", null);
    else this.#end(made, "failed", reasonOf(error));
  }

  #end(made: Made, end: CallerEnd, reason: string | null, inFlight = false): void {
    if (made.ended) return;
    made.ended = true;
    if (made.abort !== null) this.#limited.delete(made);
    const { counters } = this;
    counters[end === "timed-out" ? "timedOut" : end]++;
    if (end === "rejected" && reason !== null) counters.rejectedBy[reason] = (counters.rejectedBy[reason] ?? 0) + 1;
    this.#options.onEnd?.({ atMs: made.atMs, endMs: this.#process.world.nowMs, end, reason, inFlight });
  }
}

function reasonOf(error: unknown): string {
  const status = (error as { status?: unknown } | null | undefined)?.status;
  if (typeof status === "number") return String(status);
  return error instanceof Error ? error.name : String(error);
}
