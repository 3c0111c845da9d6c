/** A breaker: what decides before each call, and learns from each end. */
import { isForcedClosed, isIdle } from "./barrier.ts";
import type { EndedCall, RecordHost, RecordUser } from "./announcer.ts";
import type { AcquireOptions, ActorOptions, Breaker, ExecuteOptions, OverrideOptions, StreamOptions } from "./api.ts";
import type { CallSite } from "./call.ts";
import { insteadOf } from "./call-end.ts";
import type { CallWish } from "./call-guard.ts";
import {
  acquireOptions,
  type AcquireWish,
  actorOptions,
  callOptions,
  overrideOptions,
  streamOptions,
  tryAcquireOptions,
  wishOf,
} from "./call-options.ts";
import { outcomeFor } from "./classification.ts";
import { recently } from "./clock.ts";
import { type Deadlines, deadlinesOf } from "./deadlines.ts";
import { Entrance } from "./entrance.ts";
import { callsAreHeard, Emitter, type EventName, type ListenerOptions, type RecloserEvents } from "./events.ts";
import { ExecutedCall, orRejected, type Run } from "./execute.ts";
import type { Fallback, Instead, OrElse, OrElseStream } from "./fallback.ts";
import { tellCall, toldFallback } from "./heard-calls.ts";
import type { BreakerKey } from "./key.ts";
import { loadSnapshot } from "./load.ts";
import type { Machine } from "./machine.ts";
import { clearRecordOverride, overrideRecord, probeRecordNow, resetRecord } from "./operators.ts";
import type { Classifier, ClassifyInput, Outcome, OutcomeKind } from "./outcome.ts";
import { AdmittedPermit, type Permit } from "./permit.ts";
import type { Policy, PolicyOptions } from "./policy.ts";
import type { Priority } from "./priority.ts";
import { releaseProbe } from "./probe-lease.ts";
import { Records, type RecordsSource } from "./records.ts";
import { retried } from "./retried.ts";
import { NO_RETRIES, Retries, type RetrySite } from "./retries.ts";
import type { RetryPolicy } from "./retry-options.ts";
import { type BreakerSnapshot, breakerSnapshot, worse } from "./snapshot.ts";
import type { CircuitState, Override } from "./state.ts";
import { type Begin, type OnWait, type Open, StreamedCall, StreamPass, type StreamWish } from "./stream.ts";
import { Tries } from "./tries.ts";
import { SyntheticProber } from "./synthetic-probe.ts";
import { fn } from "./validate.ts";
import { Refused } from "./wait-for-turn.ts";
import type { WaitReason } from "./wait-queue.ts";

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

export class GuardingBreaker extends Entrance implements Breaker, CallSite, RecordUser, RetrySite {
  /** The options it was asked for with, which stay when policies change. */
  readonly own: PolicyOptions | undefined;
  #prober: SyntheticProber | null = null;
  #retries: Retries | null = null;
  #onClose: Set<() => void> | null = null;

  constructor(name: string, key: string | BreakerKey, policy: Policy, host: BreakerHost, own?: PolicyOptions) {
    super(name, key, policy, host);
    this.own = own;
  }

  // ---- calls -----------------------------------------------------------------------------------------------------

  execute<T, F = never>(run: Run<T>, options?: ExecuteOptions & OrElse<F>): Promise<T | F> {
    try {
      fn("call", run, "a function such as () => client.create(…)");
      const wish = wishOf(options, this.policy);
      if (wish === null) return this.#execute<T, F>(run, null, null, true);
      if (wish.signal?.aborted === true) return Promise.reject(wish.signal.reason);
      const orElse = insteadOf<F>(this.#toldOf(wish));
      if (wish.retry === null) return this.#execute(run, wish, orElse, true);
      return retried(this.#tries(wish, wish.retry), run, wish, orElse, (...given) => this.#execute(...given, true));
    } catch (error) {
      return Promise.reject(error); // a bad option is an error of the call, never thrown past its promise
    }
  }

  #execute<T, F>(run: Run<T>, wish: CallWish | null, orElse: Instead<T | F> | null, mayAsk: boolean): Promise<T | F> {
    const nowMs = this.#instant();
    const priority = wish === null ? "interactive" : wish.priority;
    const reason = this.check(priority, nowMs);
    if (reason !== null) return this.#executeInTurn(reason, run, wish, orElse, nowMs);
    if (mayAsk && this.mustAsk(nowMs))
      return this.ask(wish?.signal).then(() => this.#execute(run, wish, orElse, false));
    const call = new ExecutedCall<T, F>(this, nowMs, orElse);
    if (!this.enter(call, nowMs)) return orRejected(orElse, this.refusal("probing", priority, 0, nowMs), null);
    if (wish !== null || call.isProbe) call.arm(wish);
    return call.run(run);
  }

  // It may not begin now: it waits where there is a queue, and else is rejected.
  #executeInTurn<T, F>(
    reason: WaitReason,
    run: Run<T>,
    wish: CallWish | null,
    orElse: Instead<T | F> | null,
    nowMs: number,
  ): Promise<T | F> {
    if (this.policy.queue === false)
      return orRejected(orElse, this.refusal(reason, wish?.priority ?? "interactive", 0, nowMs), null);
    const sinceMs = this.clock.now();
    const turn = this.wait(reason, wish, (atMs) => new ExecutedCall<T, F>(this, atMs, orElse));
    if (turn instanceof Refused) return orRejected(orElse, turn.error, turn.outcome);
    return turn.place.then((call) => {
      if (call instanceof Refused) return orRejected(orElse, call.error, call.outcome);
      if (wish !== null || call.isProbe) call.arm(wish === null ? null : since(wish, sinceMs));
      return call.run(run);
    });
  }

  #tries(wish: CallWish, retry: RetryPolicy): Tries {
    this.#retries ??= new Retries(this);
    return new Tries(this.#retries, wish, retry, this.clock.now());
  }

  stream<T, F = never>(open: Open<T>, options: StreamOptions<T> & OrElseStream<F> = {}): AsyncIterable<T | F> {
    fn("call", open, "a function that gives an async iterable");
    const wish = this.#toldOf(streamOptions(options, this.policy, this.name));
    const { retry } = wish;
    const triesFrom = retry === null ? null : (): Tries => this.#tries(wish, retry);
    const begin: Begin<T> = (asked, onWait) => this.#beginStream<T>(asked, onWait, true);
    return { [Symbol.asyncIterator]: () => new StreamPass<T>(begin, open, wish, triesFrom) };
  }

  #beginStream<T>(asked: StreamWish, onWait: OnWait, mayAsk: boolean): StreamedCall<T> | Promise<StreamedCall<T>> {
    const { signal, priority } = asked;
    if (signal?.aborted === true) throw signal.reason;
    const nowMs = this.#instant();
    const reason = this.check(priority, nowMs);
    if (reason !== null) {
      const sinceMs = this.clock.now();
      const turn = this.wait(reason, asked, (atMs) => new StreamedCall<T>(this, atMs, asked));
      if (turn instanceof Refused) throw turn.error;
      onWait(turn.leave);
      return turn.place.then((call) => {
        if (call instanceof Refused) throw call.error;
        call.arm(since(asked, sinceMs), "first-token");
        return call;
      });
    }
    if (mayAsk && this.mustAsk(nowMs)) return this.ask(signal).then(() => this.#beginStream(asked, onWait, false));
    const call = new StreamedCall<T>(this, nowMs, asked);
    if (!this.enter(call, nowMs)) throw this.refusal("probing", priority, 0, nowMs);
    call.arm(asked, "first-token");
    return call;
  }

  wrap<A extends unknown[], R, F = never>(
    call: (...args: A) => R,
    options?: ExecuteOptions & OrElse<F>,
  ): (...args: A) => Promise<Awaited<R> | F> {
    fn("fn", call);
    if (options !== undefined) callOptions(options, this.policy);
    const execute = (run: Run<Awaited<R>>): Promise<Awaited<R> | F> => this.execute<Awaited<R>, F>(run, options);
    return function (this: unknown, ...args) {
      return execute(() => call.apply(this, args) as Awaited<R>);
    };
  }

  acquire(options: AcquireOptions = {}): Promise<Permit> {
    try {
      return this.#acquire(acquireOptions(options), true);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #acquire(wish: AcquireWish, mayAsk: boolean): Promise<Permit> {
    if (wish.signal?.aborted === true) return Promise.reject(wish.signal.reason);
    const nowMs = this.#instant();
    const reason = this.check(wish.priority, nowMs);
    if (reason !== null) return this.#acquireInTurn(reason, wish);
    if (mayAsk && this.mustAsk(nowMs)) return this.ask(wish.signal).then(() => this.#acquire(wish, false));
    const permit = new AdmittedPermit(this, nowMs);
    if (this.enter(permit, nowMs)) return Promise.resolve(permit);
    return Promise.reject(this.refusal("probing", wish.priority, 0, nowMs));
  }

  async #acquireInTurn(reason: WaitReason, wish: AcquireWish): Promise<Permit> {
    const turn = this.wait(reason, wish, (atMs) => new AdmittedPermit(this, atMs));
    const permit = turn instanceof Refused ? turn : await turn.place;
    if (permit instanceof Refused) throw permit.error;
    if (wish.signal?.aborted !== true) return permit;
    permit.ignore(); // given up in the moment its turn came: nobody would settle it
    throw wish.signal.reason;
  }

  tryAcquire(options?: { readonly priority?: Priority | undefined }): Permit | null {
    const priority = options === undefined ? "interactive" : tryAcquireOptions(options);
    const nowMs = this.#instant();
    const reason = this.check(priority, nowMs);
    if (reason !== null) return this.#turnedAway(reason, priority, nowMs);
    if (this.mustAsk(nowMs)) {
      // The lease that comes is kept for the next caller.
      void this.ask();
      return this.#turnedAway("probing", priority, nowMs);
    }
    const permit = new AdmittedPermit(this, nowMs);
    return this.enter(permit, nowMs) ? permit : null;
  }

  // Nobody gets the error, so it is made for listeners alone.
  #turnedAway(reason: WaitReason, priority: Priority, nowMs: number): null {
    if (this.hears("rejected")) this.refusal(reason, priority, 0, nowMs);
    else this.countShed(reason);
    return null;
  }

  #toldOf<W extends { readonly fallback: Fallback<unknown> | null }>(wish: W): W {
    if (wish.fallback === null || !this.hears("fallback")) return wish;
    return { ...wish, fallback: toldFallback(this, wish.fallback) };
  }

  // An admission on the closed path needs no better than a recent instant; whatever decides by a deadline reads the clock.
  #instant(): number {
    const records = this.taken;
    // Who hears of calls is told how long they took.
    return records !== null && records.takesRecentTime && !callsAreHeard()
      ? recently(this.host.clock)
      : this.host.clock.now();
  }

  // ---- what a call needs of its breaker ----------------------------------------------------------------------------

  get deadlines(): Deadlines {
    return deadlinesOf(this.clock);
  }

  get hasClassifier(): boolean {
    return this.policy.classify !== null;
  }

  classify(input: ClassifyInput, classifier: Classifier | null): Outcome {
    const provider = typeof this.key === "string" ? undefined : this.key.provider;
    return outcomeFor({ provider, ...input }, classifier ?? this.policy.classify, this.name);
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
    const { health } = this.records;
    const load = loadSnapshot(health, this.policy, this.shedCounts);
    return breakerSnapshot(this, { retries: this.#retries?.snapshot ?? NO_RETRIES, load }, this.clock.now());
  }

  /** Nothing would be lost with it but the counts of a window. */
  isIdle(nowMs: number): boolean {
    return this.taken === null || this.machines.every((machine) => isIdle(machine, nowMs));
  }

  on<K extends EventName>(
    event: K,
    listener: (event: RecloserEvents[K]) => void,
    options?: ListenerOptions,
  ): Disposable {
    this.emitter ??= new Emitter();
    void this.records; // from now on it hears of what others do to its records
    return this.emitter.on(event, listener, options);
  }

  // ---- its place in the registry -----------------------------------------------------------------------------------

  configure(policy: Policy): void {
    this.policy = policy;
    this.taken?.configure(policy, this.host, this.clock.now());
    this.#tendProber();
    this.lookAtQueue();
  }

  /** Calls `call` when the registry closes; at once where it is closed already. Gives what takes it back. */
  onClose(call: () => void): () => void {
    if (this.host.closed) call();
    else (this.#onClose ??= new Set()).add(call);
    return () => this.#onClose?.delete(call);
  }

  /** The registry closes: no more synthetic probes, and a lease it holds is given back. */
  close(): void {
    const nowMs = this.clock.now();
    this.#tendProber();
    this.#retries?.close();
    this.closeQueue(nowMs);
    for (const call of this.#onClose ?? []) call();
    if (this.taken !== null) for (const machine of this.machines) releaseProbe(machine, this, nowMs);
    if (this.isIdle(nowMs)) this.detach();
  }

  /** Gives its records back; the next use takes them again. */
  detach(): void {
    this.taken?.giveBack(this.clock.now());
    this.taken = null;
    this.#tendProber();
  }

  protected override attach(): Records {
    this.host.admit(this);
    const records = new Records(this.key, this.policy, this.host, this);
    this.taken = records;
    this.#tendProber();
    return records;
  }

  // There is a prober exactly while the policy asks for one and the registry is open; without one, callers probe.
  #tendProber(): void {
    const { probeWith, mode } = this.policy;
    const isWanted = probeWith !== null && mode !== "off" && !this.host.closed;
    if (!isWanted || this.taken === null) {
      this.#prober?.stop();
      this.#prober = null;
    } else this.#prober ??= new SyntheticProber(this, this.taken.health, () => this.policy.probeWith);
  }

  // ---- hearing ---------------------------------------------------------------------------------------------------

  heard<K extends EventName>(name: K, event: RecloserEvents[K]): void {
    this.emitter?.emit(name, event);
    if (name === "override") this.opened();
    this.lookAtQueue();
  }

  callEnded(call: EndedCall, outcome: OutcomeKind | null): void {
    tellCall(this, call, outcome);
  }

  opened(): void {
    this.#prober?.schedule();
  }
}

// What it waited for its turn is gone of its time.
function since<W extends CallWish>(wish: W, sinceMs: number): W {
  return wish.sinceMs === null ? { ...wish, sinceMs } : wish;
}
