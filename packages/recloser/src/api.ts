/** The interfaces that users hold in their hands. */
import type { Clock } from "./clock.ts";
import type { CallContext } from "./call.ts";
import type { Duration } from "./duration.ts";
import type { EventName, ListenerOptions, RecloserEvents } from "./events.ts";
import type { Fallback, StreamFallback } from "./fallback.ts";
import type { BreakerKey } from "./key.ts";
import type { Classifier } from "./outcome.ts";
import type { Permit } from "./permit.ts";
import type { PolicyOptions } from "./policy.ts";
import type { Priority } from "./priority.ts";
import type { Random } from "./random.ts";
import type { RetryOptions } from "./retry-options.ts";
import type { BreakerSnapshot } from "./snapshot.ts";
import type { CircuitState } from "./state.ts";
import type { Store } from "./store/store.ts";
import type { StreamInspector } from "./streams/inspector.ts";

export interface ExecuteOptions {
  /** The caller's signal. Its abort rejects at once with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of this call with all its tries; over `timeouts.total` of the policy. Rejects with `CallTimeoutError`. */
  readonly timeout?: Duration | undefined;
  /** `"batch"`: somebody else goes first where not all can be made (`shed`). Default `"interactive"`. */
  readonly priority?: Priority | undefined;
  /** Tries again after a failure; off unless given. `{}` tries again what provably was not sent. */
  readonly retry?: RetryOptions | false | undefined;
  /** An answer instead of an error: when the call was rejected or shed, timed out, or the provider failed. */
  readonly fallback?: Fallback<unknown> | undefined;
  /** Over the policy's classifier, for this call. */
  readonly classify?: Classifier | undefined;
}

export interface StreamOptions<T = unknown> extends ExecuteOptions {
  /** From the call to the first content. Over `timeouts.firstToken`; `false`: none. */
  readonly firstToken?: Duration | false | undefined;
  /** Between two chunks, while the consumer waits. Over `timeouts.idle`; `false`: none. */
  readonly idle?: Duration | false | undefined;
  /** Whether a chunk carries content (success evidence, and the end of `firstToken`); default: every chunk does. */
  readonly isContent?: ((chunk: T) => boolean) | undefined;
  /** Whether a chunk is the end marker. When given, a stream that ends without one rejects with `StreamTruncatedError`. */
  readonly isEnd?: ((chunk: T) => boolean) | undefined;
  /** Watches the chunks in place of `isContent` and `isEnd`, and also sees failures that come as chunks; made anew for each pass. */
  readonly inspect?: (() => StreamInspector<T>) | undefined;
}

export interface AcquireOptions {
  /** Its abort ends the wait for a probe or in the queue, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** As for `execute`. */
  readonly priority?: Priority | undefined;
}

export interface ActorOptions {
  /** Who does it, for events and the audit. */
  readonly by: string;
  readonly reason?: string | undefined;
}

export interface OverrideOptions {
  readonly by: string;
  readonly reason: string;
  /** For how long; without it, until cleared. */
  readonly for?: Duration | undefined;
}

/**
 * Decides before each call whether it may be made, and learns from how it ends.
 *
 * @example
 * const breaker = createBreaker({ name: "openai", timeouts: { total: "60s" } });
 * const answer = await breaker.execute(({ signal }) => client.responses.create(request, { signal }));
 */
export interface Breaker {
  readonly name: string;
  /** What callers get, at this moment (in observe mode: what they would get). Reading never takes a probe and never changes anything. */
  readonly state: CircuitState;
  /**
   * Makes a call, or rejects with `CircuitOpenError` without making it: at once, or after a wait (`shed.queue`). Resolves to what the call resolves to and
   * rejects with the very object it threw (with `retry`: the last time it was made). Rejects with `ShedError` when the call is shed or paced, `CallTimeoutError` at a
   * deadline, the signal's reason at its abort, `InvalidOptionError` for bad options.
   */
  execute<T, F>(
    call: (context: CallContext) => T | PromiseLike<T>,
    options: ExecuteOptions & { readonly fallback: Fallback<F> },
  ): Promise<T | F>;
  execute<T>(call: (context: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
  /**
   * The same for a call that answers as a stream; the call is made at the first read, and again for each new iteration.
   * Breaking off ends it without a verdict and aborts the work.
   */
  stream<T, F>(
    call: (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>,
    options: StreamOptions<NoInfer<T>> & { readonly fallback: StreamFallback<F> },
  ): AsyncIterable<T | F>;
  stream<T>(
    call: (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>,
    options?: StreamOptions<NoInfer<T>>,
  ): AsyncIterable<T>;
  /** The function, guarded. */
  wrap<A extends unknown[], R, F>(
    fn: (...args: A) => R,
    options: ExecuteOptions & { readonly fallback: Fallback<F> },
  ): (...args: A) => Promise<Awaited<R> | F>;
  wrap<A extends unknown[], R>(fn: (...args: A) => R, options?: ExecuteOptions): (...args: A) => Promise<Awaited<R>>;
  /** The right to make one call, to be settled by you. Rejects with `CircuitOpenError` or `ShedError`. */
  acquire(options?: AcquireOptions): Promise<Permit>;
  /** The same, at once and without an error: null means rejected. It never waits, and passes nobody who does. */
  tryAcquire(options?: { readonly priority?: Priority | undefined }): Permit | null;
  snapshot(): BreakerSnapshot;
  /** Rejects every call until cleared or expired. */
  forceOpen(options: OverrideOptions): Promise<void>;
  /** Admits every call until cleared or expired; what would have been decided goes on beside it. */
  forceClosed(options: OverrideOptions): Promise<void>;
  clearOverride(options: ActorOptions): Promise<void>;
  /** Forgets: closes the circuit, empties the window, ends holds, starts the cooldown ladder anew. */
  reset(options: ActorOptions): Promise<void>;
  /** Ends the cooldown: the next call is the probe. */
  probeNow(options: ActorOptions): Promise<void>;
  on<K extends EventName>(
    event: K,
    listener: (event: RecloserEvents[K]) => void,
    options?: ListenerOptions,
  ): Disposable;
}

export interface StoreHealth {
  /** `shared`: the store answers and replicas see each other; `local`: this process is on its own (always, with a memory store). */
  readonly mode: "shared" | "local";
  readonly sinceMs: number;
  readonly lastError: Error | null;
  readonly roundTripMs: number | null;
  /** Reports without an answer in time, so that nobody knows whether their outcomes are counted. */
  readonly droppedReports: number;
}

export interface RecloserOptions {
  /** Default: `memoryStore()`. */
  readonly store?: Store | undefined;
  /** Keeps two applications on one store apart; default "recloser". */
  readonly namespace?: string | undefined;
  readonly defaults?: PolicyOptions | undefined;
  /** By key or glob (`"openai:*"`); the most specific wins. */
  readonly policies?: Readonly<Record<string, PolicyOptions>> | undefined;
  /** Default: host, pid and a random part. */
  readonly replicaId?: string | undefined;
  /** Default 10 000. Idle closed breakers are evicted beyond it; an open, held or overridden one never. */
  readonly maxBreakers?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

/** A registry of breakers that share one store, one set of policies and one bound. */
export interface Recloser extends AsyncDisposable {
  /**
   * The breaker of a key: the same one each time.
   *
   * @throws InvalidOptionError for a bad key or option, or when the key is known with other options
   */
  breaker(key: string | BreakerKey, options?: PolicyOptions): Breaker;
  breakers(): Iterable<Breaker>;
  /** Changes options while running, field by field over those in force; windows and states stay. A bad one changes nothing. */
  configure(options: {
    readonly defaults?: PolicyOptions | undefined;
    readonly policies?: Readonly<Record<string, PolicyOptions>> | undefined;
  }): void;
  /**
   * Settles when the first look at a shared store is over, whatever came of it; never rejects. With a key, also when what the
   * store knows of that breaker is here, for 50 ms at most and not while the store is away: a breaker that is first asked for
   * when a call is to be made would make that call before it knows that the circuit is open.
   *
   * @throws InvalidOptionError for a bad key
   *
   * @example
   * await recloser.ready({ provider: "openai", model }); // a model that a request has just named
   */
  ready(key?: string | BreakerKey): Promise<void>;
  storeHealth(): StoreHealth;
  on<K extends EventName>(
    event: K,
    listener: (event: RecloserEvents[K]) => void,
    options?: ListenerOptions,
  ): Disposable;
  /** Leaves nothing behind; idempotent. Breakers go on deciding for themselves. */
  close(): Promise<void>;
}
