/** A breaker: what decides before each call, and learns from each end. */
import { orAborted } from "./abort-listeners.ts";
import type { Admission } from "./admission.ts";
import { isForcedClosed, isIdle } from "./barrier.ts";
import type { RecordHost, RecordUser } from "./announcer.ts";
import type { ActorOptions, Breaker, ExecuteOptions, OverrideOptions, StreamOptions } from "./api.ts";
import type { CallSite } from "./call.ts";
import { insteadOf } from "./call-end.ts";
import type { CallWish } from "./call-guard.ts";
import { acquireOptions, actorOptions, callOptions, overrideOptions, streamOptions, wishOf } from "./call-options.ts";
import { outcomeFor } from "./classification.ts";
import { type Clock, recently } from "./clock.ts";
import { type Deadlines, deadlinesOf } from "./deadlines.ts";
import { CircuitOpenError, type RejectReason, type ShedError } from "./errors.ts";
import { Emitter, type EventName, type ListenerOptions, type RecloserEvents } from "./events.ts";
import { ExecutedCall, orRejected, type Run } from "./execute.ts";
import type { Fallback, Instead } from "./fallback.ts";
import type { BreakerKey } from "./key.ts";
import type { Machine } from "./machine.ts";
import { clearRecordOverride, overrideRecord, probeRecordNow, resetRecord } from "./operators.ts";
import type { Classifier, ClassifyInput, Outcome } from "./outcome.ts";
import { AdmittedPermit, type Permit } from "./permit.ts";
import type { Policy, PolicyOptions } from "./policy.ts";
import { askForProbes, mustAsk } from "./probe-claims.ts";
import { releaseProbe } from "./probe-lease.ts";
import { Records, type RecordsSource } from "./records.ts";
import { retried } from "./retried.ts";
import { NO_RETRIES, Retries, type RetrySite } from "./retries.ts";
import type { RetryPolicy } from "./retry-options.ts";
import { type BreakerSnapshot, breakerSnapshot, worse } from "./snapshot.ts";
import type { CircuitState, Override } from "./state.ts";
import { type Open, StreamedCall, StreamPass, type StreamWish } from "./stream.ts";
import { Tries } from "./tries.ts";
import { SyntheticProber } from "./synthetic-probe.ts";
import { type OwnShedReason, shedError } from "./throttle.ts";
import { fn } from "./validate.ts";

/** What a breaker lives in: a recloser, or nothing but a clock for one made alone. */
export interface BreakerHost extends RecordsSource, RecordHost {
  /** Whether it was closed: nothing starts by itself any more. */
  readonly closed: boolean;
  /** Whether its records are shared with other processes. */
  readonly isShared: boolean;
  /** Whether anybody listens to an event here, so that nothing is made for nobody. */
  hears(name: EventName): boolean;
  /** Called before the first use, and again after an eviction: the breaker takes its place, and counts as used. */
  admit(breaker: GuardingBreaker): void;
}

export class GuardingBreaker implements Breaker, CallSite, RecordUser, RetrySite {
  readonly name: string;
  readonly key: string | BreakerKey;
  readonly host: BreakerHost;
  /** The options it was asked for with, which stay when policies change. */
  readonly own: PolicyOptions | undefined;
  /** Used since the registry last looked. */
  used = false;
  #policy: Policy;
  // Made at the first use, so that an idle breaker costs next to nothing.
  #records: Records | null = null;
  #emitter: Emitter | null = null;
  #prober: SyntheticProber | null = null;
  #retries: Retries | null = null;

  constructor(name: string, key: string | BreakerKey, policy: Policy, host: BreakerHost, own?: PolicyOptions) {
    this.name = name;
    this.own = own;
    this.key = key;
    this.host = host;
    this.#policy = policy;
  }

  // ---- calls -----------------------------------------------------------------------------------------------------

  execute<T, F = never>(
    run: Run<T>,
    options?: ExecuteOptions & { readonly fallback?: Fallback<F> | undefined },
  ): Promise<T | F> {
    try {
      fn("call", run, "a function such as () => client.create(…)");
      const wish = wishOf(options, this.#policy);
      if (wish === null) return this.#execute<T, F>(run, null, null, true);
      if (wish.signal?.aborted === true) return Promise.reject(wish.signal.reason);
      const orElse = insteadOf<F>(wish);
      if (wish.retry === null) return this.#execute(run, wish, orElse, true);
      return retried(this.#tries(wish, wish.retry), run, wish, orElse, (...given) => this.#execute(...given, true));
    } catch (error) {
      return Promise.reject(error); // a bad option is an error of the call, never thrown past its promise
    }
  }

  #execute<T, F>(run: Run<T>, wish: CallWish | null, orElse: Instead<T | F> | null, mayAsk: boolean): Promise<T | F> {
    const nowMs = this.#instant();
    const reason = this.#check(nowMs);
    if (reason !== null) return orRejected(orElse, this.#reject(reason, nowMs), null);
    if (mayAsk && this.#mustAsk(nowMs))
      return this.#ask(wish?.signal).then(() => this.#execute(run, wish, orElse, false));
    const call = new ExecutedCall<T, F>(this, nowMs, orElse);
    if (!this.#enter(call, nowMs)) return orRejected(orElse, this.#reject("probing", nowMs), null);
    if (wish !== null || call.isProbe) call.arm(wish);
    return call.run(run);
  }

  #tries(wish: CallWish, retry: RetryPolicy): Tries {
    this.#retries ??= new Retries(this);
    return new Tries(this.#retries, wish, retry, this.clock.now());
  }

  stream<T>(open: Open<T>, options: StreamOptions<T> = {}): AsyncIterable<T> {
    fn("call", open, "a function that gives an async iterable");
    const wish = streamOptions(options, this.#policy, this.name);
    const { retry } = wish;
    const triesFrom = retry === null ? null : (): Tries => this.#tries(wish, retry);
    const begin = (asked: StreamWish, mayAsk = true): StreamedCall<T> | Promise<StreamedCall<T>> => {
      if (wish.signal?.aborted === true) throw wish.signal.reason;
      const nowMs = this.#instant();
      const reason = this.#check(nowMs);
      if (reason !== null) throw this.#reject(reason, nowMs);
      if (mayAsk && this.#mustAsk(nowMs)) return this.#ask(wish.signal).then(() => begin(asked, false));
      const call = new StreamedCall<T>(this, nowMs, asked);
      if (!this.#enter(call, nowMs)) throw this.#reject("probing", nowMs);
      call.arm(asked, "first-token");
      return call;
    };
    return { [Symbol.asyncIterator]: () => new StreamPass<T>(begin, open, wish, triesFrom) };
  }

  wrap<A extends unknown[], R>(call: (...args: A) => R, options?: ExecuteOptions): (...args: A) => Promise<Awaited<R>> {
    fn("fn", call);
    if (options !== undefined) callOptions(options, this.#policy);
    const execute = this.execute.bind(this) as (run: Run<Awaited<R>>, options?: ExecuteOptions) => Promise<Awaited<R>>;
    return function (this: unknown, ...args) {
      return execute(() => call.apply(this, args) as Awaited<R>, options);
    };
  }

  acquire(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Permit> {
    try {
      const { signal } = acquireOptions(options);
      if (signal?.aborted === true) return Promise.reject(signal.reason);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#acquire(options.signal, true);
  }

  #acquire(signal: AbortSignal | undefined, mayAsk: boolean): Promise<Permit> {
    const nowMs = this.#instant();
    const reason = this.#check(nowMs);
    if (reason !== null) return Promise.reject(this.#reject(reason, nowMs));
    if (mayAsk && this.#mustAsk(nowMs)) return this.#ask(signal).then(() => this.#acquire(signal, false));
    const permit = new AdmittedPermit(this, nowMs);
    return this.#enter(permit, nowMs) ? Promise.resolve(permit) : Promise.reject(this.#reject("probing", nowMs));
  }

  tryAcquire(): Permit | null {
    const nowMs = this.#instant();
    const reason = this.#check(nowMs);
    if (reason !== null) {
      if (this.#hears("rejected")) this.#reject(reason, nowMs);
      return null;
    }
    if (this.#mustAsk(nowMs)) {
      // The lease that comes is kept for the next caller.
      void this.#ask();
      if (this.#hears("rejected")) this.#reject("probing", nowMs);
      return null;
    }
    const permit = new AdmittedPermit(this, nowMs);
    return this.#enter(permit, nowMs) ? permit : null;
  }

  // An admission on the closed path needs no better than a recent instant; whatever decides by a deadline reads the clock.
  #instant(): number {
    const records = this.#records;
    return records !== null && records.takesRecentTime ? recently(this.host.clock) : this.host.clock.now();
  }

  // ---- admission -------------------------------------------------------------------------------------------------

  #check(nowMs: number): RejectReason | OwnShedReason | null {
    const records = this.#records ?? this.#attach();
    this.used = true;
    const { mode, maxInFlight } = this.#policy;
    if (mode === "off") return null;
    const reason = records.check(maxInFlight, nowMs);
    if (reason === null) return null;
    if (mode === "enforce") return reason;
    if (this.#hears("would-reject")) this.#tellRejected("would-reject", this.#rejection(reason, nowMs), nowMs);
    return null;
  }

  // Whether the store must be asked for a probe first.
  #mustAsk(nowMs: number): boolean {
    if (!this.host.isShared || this.#policy.mode === "off" || !mustAsk(this.records, nowMs)) return false;
    if (this.#policy.mode === "enforce") return true;
    void askForProbes(this.records, this.clock); // holds nobody up: the lease is for the next call
    return false;
  }

  // Whoever gives up meanwhile gets its own reason, at once.
  #ask(signal?: AbortSignal): Promise<void> {
    return orAborted(askForProbes(this.records, this.clock), signal);
  }

  #enter(admission: Admission, nowMs: number): boolean {
    const { mode } = this.#policy;
    if (mode === "off") {
      admission.pass();
      return true;
    }
    return admission.enter(nowMs, mode === "observe");
  }

  #reject(reason: RejectReason | OwnShedReason, nowMs: number): CircuitOpenError | ShedError {
    const error = this.#rejection(reason, nowMs);
    this.#tellRejected("rejected", error, nowMs);
    return error;
  }

  #rejection(reason: RejectReason | OwnShedReason, nowMs: number): CircuitOpenError | ShedError {
    if (reason === "concurrency" || reason === "adaptive" || reason === "paced")
      return shedError(this.name, reason, this.#policy, this.records, nowMs);
    return new CircuitOpenError(this.records.blocking.rejection(reason, nowMs));
  }

  rejectInFlight(machine: Machine, reason: RejectReason, nowMs: number): CircuitOpenError {
    const error = new CircuitOpenError({ ...machine.rejection(reason, nowMs), inFlight: true });
    this.#tellRejected("rejected", error, nowMs);
    return error;
  }

  // ---- what a call needs of its breaker ----------------------------------------------------------------------------

  get records(): Records {
    return this.#records ?? this.#attach();
  }

  get clock(): Clock {
    return this.host.clock;
  }

  get deadlines(): Deadlines {
    return deadlinesOf(this.clock);
  }

  get hasClassifier(): boolean {
    return this.#policy.classify !== null;
  }

  classify(input: ClassifyInput, classifier: Classifier | null): Outcome {
    const provider = typeof this.key === "string" ? undefined : this.key.provider;
    return outcomeFor({ provider, ...input }, classifier ?? this.#policy.classify, this.name);
  }

  // ---- operators -------------------------------------------------------------------------------------------------

  forceOpen(options: OverrideOptions): Promise<void> {
    return this.#override("force-open", options);
  }

  forceClosed(options: OverrideOptions): Promise<void> {
    return this.#override("force-closed", options);
  }

  async clearOverride(options: ActorOptions): Promise<void> {
    const { by, reason } = actorOptions(options);
    await clearRecordOverride(this.#health(), this, by, reason, this.clock.now());
  }

  async reset(options: ActorOptions): Promise<void> {
    const { by, reason } = actorOptions(options);
    const nowMs = this.clock.now();
    this.#health();
    await Promise.all(this.machines.map((machine) => resetRecord(machine, this, by, reason, nowMs)));
  }

  async probeNow(options: ActorOptions): Promise<void> {
    const { by } = actorOptions(options);
    const nowMs = this.clock.now();
    this.#health();
    await Promise.all(this.machines.map((machine) => probeRecordNow(machine, this, by, nowMs)));
  }

  async #override(mode: Override["mode"], options: OverrideOptions): Promise<void> {
    await overrideRecord(this.#health(), this, { mode, ...overrideOptions(options) }, this.clock.now());
  }

  // An operator's word counts as use: it may not be lost with an eviction before the next call.
  #health(): Machine {
    const { health } = this.records;
    this.used = true;
    return health;
  }

  // ---- looking ---------------------------------------------------------------------------------------------------

  get state(): CircuitState {
    const nowMs = this.clock.now();
    const { health } = this.records;
    if (isForcedClosed(health, nowMs)) return "closed";
    return this.machines.map((machine) => machine.state(nowMs)).reduce(worse);
  }

  snapshot(): BreakerSnapshot {
    return breakerSnapshot(this, this.#retries?.snapshot ?? NO_RETRIES, this.clock.now());
  }

  get machines(): readonly Machine[] {
    return this.records.all;
  }

  /** Nothing would be lost with it but the counts of a window. */
  isIdle(nowMs: number): boolean {
    return this.#records === null || this.machines.every((machine) => isIdle(machine, nowMs));
  }

  on<K extends EventName>(
    event: K,
    listener: (event: RecloserEvents[K]) => void,
    options?: ListenerOptions,
  ): Disposable {
    this.#emitter ??= new Emitter();
    void this.records; // from now on it hears of what others do to its records
    return this.#emitter.on(event, listener, options);
  }

  // ---- its place in the registry -----------------------------------------------------------------------------------

  get policy(): Policy {
    return this.#policy;
  }

  configure(policy: Policy): void {
    this.#policy = policy;
    this.#records?.configure(policy, this.host, this.clock.now());
    this.#tendProber();
  }

  /** The registry closes: no more synthetic probes, and a lease it holds is given back. */
  close(): void {
    const nowMs = this.clock.now();
    this.#tendProber();
    this.#retries?.close();
    if (this.#records !== null) for (const machine of this.machines) releaseProbe(machine, this, nowMs);
    if (this.isIdle(nowMs)) this.detach();
  }

  /** Gives its records back; the next use takes them again. */
  detach(): void {
    this.#records?.giveBack(this.clock.now());
    this.#records = null;
    this.#tendProber();
  }

  #attach(): Records {
    this.host.admit(this);
    const records = new Records(this.key, this.#policy, this.host, this);
    this.#records = records;
    this.#tendProber();
    return records;
  }

  // There is a prober exactly while the policy asks for one and the registry is open; without one, callers probe.
  #tendProber(): void {
    const { probeWith, mode } = this.#policy;
    const isWanted = probeWith !== null && mode !== "off" && !this.host.closed;
    if (!isWanted || this.#records === null) {
      this.#prober?.stop();
      this.#prober = null;
    } else this.#prober ??= new SyntheticProber(this, this.#records.health, () => this.#policy.probeWith);
  }

  // ---- hearing ---------------------------------------------------------------------------------------------------

  heard<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    this.#emitter?.emit(name, event);
    if (name === "override") this.opened();
  }

  opened(): void {
    this.#prober?.schedule();
  }

  #hears(name: EventName): boolean {
    return (this.#emitter?.has(name) ?? false) || this.host.hears(name);
  }

  #tellRejected(name: "rejected" | "would-reject", error: CircuitOpenError | ShedError, atMs: number): void {
    if (!this.#hears(name)) return;
    const inFlight = error instanceof CircuitOpenError && error.inFlight;
    this.tell(name, { key: this.name, reason: error.reason, error, inFlight, atMs });
  }

  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    this.#emitter?.emit(name, event);
    this.host.tell(name, event);
  }
}
