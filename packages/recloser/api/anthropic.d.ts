// Public API of "recloser/anthropic", made by `npm run api` and compared in CI.

export {
  AnthropicLike,
  CallFacts,
  GuardOptions,
  guardAnthropic,
};

// ../api

export interface ExecuteOptions {
    readonly signal?: AbortSignal | undefined;
    readonly timeout?: Duration | undefined;
    readonly priority?: Priority | undefined;
    readonly retry?: RetryOptions | false | undefined;
    readonly fallback?: Fallback<unknown> | undefined;
    readonly classify?: Classifier | undefined;
}
export interface StreamOptions<T = unknown> extends ExecuteOptions {
    readonly firstToken?: Duration | false | undefined;
    readonly idle?: Duration | false | undefined;
    readonly isContent?: ((chunk: T) => boolean) | undefined;
    readonly isEnd?: ((chunk: T) => boolean) | undefined;
    readonly inspect?: (() => StreamInspector<T>) | undefined;
}
export interface AcquireOptions {
    readonly signal?: AbortSignal | undefined;
    readonly priority?: Priority | undefined;
}
export interface ActorOptions {
    readonly by: string;
    readonly reason?: string | undefined;
}
export interface OverrideOptions {
    readonly by: string;
    readonly reason: string;
    readonly for?: Duration | undefined;
}
export interface Breaker {
    readonly name: string;
    readonly state: CircuitState;
    execute<T, F>(call: (context: CallContext) => T | PromiseLike<T>, options: ExecuteOptions & {
        readonly fallback: Fallback<F>;
    }): Promise<T | F>;
    execute<T>(call: (context: CallContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
    stream<T, F>(call: (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>, options: StreamOptions<NoInfer<T>> & {
        readonly fallback: StreamFallback<F>;
    }): AsyncIterable<T | F>;
    stream<T>(call: (context: CallContext) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>, options?: StreamOptions<NoInfer<T>>): AsyncIterable<T>;
    wrap<A extends unknown[], R, F>(fn: (...args: A) => R, options: ExecuteOptions & {
        readonly fallback: Fallback<F>;
    }): (...args: A) => Promise<Awaited<R> | F>;
    wrap<A extends unknown[], R>(fn: (...args: A) => R, options?: ExecuteOptions): (...args: A) => Promise<Awaited<R>>;
    acquire(options?: AcquireOptions): Promise<Permit>;
    tryAcquire(options?: {
        readonly priority?: Priority | undefined;
    }): Permit | null;
    snapshot(): BreakerSnapshot;
    forceOpen(options: OverrideOptions): Promise<void>;
    forceClosed(options: OverrideOptions): Promise<void>;
    clearOverride(options: ActorOptions): Promise<void>;
    reset(options: ActorOptions): Promise<void>;
    probeNow(options: ActorOptions): Promise<void>;
    on<K extends EventName>(event: K, listener: (event: RecloserEvents[K]) => void, options?: ListenerOptions): Disposable;
}
export interface StoreHealth {
    readonly mode: "shared" | "local";
    readonly sinceMs: number;
    readonly lastError: Error | null;
    readonly roundTripMs: number | null;
    readonly droppedReports: number;
}
export interface Recloser extends AsyncDisposable {
    breaker(key: string | BreakerKey, options?: PolicyOptions): Breaker;
    breakers(): Iterable<Breaker>;
    configure(options: {
        readonly defaults?: PolicyOptions | undefined;
        readonly policies?: Readonly<Record<string, PolicyOptions>> | undefined;
    }): void;
    ready(key?: string | BreakerKey): Promise<void>;
    storeHealth(): StoreHealth;
    on<K extends EventName>(event: K, listener: (event: RecloserEvents[K]) => void, options?: ListenerOptions): Disposable;
    close(): Promise<void>;
}

// ../call

export interface CallContext {
    readonly signal: AbortSignal;
    readonly attempt: number;
    readonly probe: boolean;
    readonly key: string;
}

// ../cooldown

export interface Ladder {
    readonly initialMs: number;
    readonly factor: number;
    readonly maxMs: number;
}

// ../duration

export type Duration = number | `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

// ../errors

export type RecloserErrorCode = "ERR_CIRCUIT_OPEN" | "ERR_CALL_TIMEOUT" | "ERR_SHED" | "ERR_ALL_ROUTES_FAILED" | "ERR_INVALID_OPTION" | "ERR_STREAM_TRUNCATED" | "ERR_STORE";
export declare abstract class RecloserError extends Error {
    abstract readonly code: RecloserErrorCode;
    get __recloserError(): true;
    static is(error: unknown): boolean;
}
export type RejectReason = "open" | "probing" | "ramping" | HoldKind | "override";
export interface CircuitOpenFacts {
    readonly key: string;
    readonly state: "closed" | "open" | "half-open";
    readonly reason: RejectReason;
    readonly retryAfterMs: number;
    readonly openedAtMs: number | null;
    readonly generation: number;
    readonly lastFailure: LastFailure | null;
    readonly evidence: Evidence | null;
    readonly inFlight?: boolean;
}
export interface LastFailure {
    readonly kind: FailureKind | HoldKind;
    readonly atMs: number;
}
export declare class CircuitOpenError extends RecloserError {
    readonly name = "CircuitOpenError";
    readonly code = "ERR_CIRCUIT_OPEN";
    readonly key: string;
    readonly state: "closed" | "open" | "half-open";
    readonly reason: RejectReason;
    readonly retryAfterMs: number;
    readonly openedAtMs: number | null;
    readonly generation: number;
    readonly lastFailure: LastFailure | null;
    readonly evidence: Evidence | null;
    readonly inFlight: boolean;
    constructor(facts: CircuitOpenFacts);
    toResponse(): Response;
    static is(error: unknown): boolean;
    static from(error: unknown): CircuitOpenError | null;
}
export type ShedReason = "concurrency" | "adaptive" | "paced" | "queue-full" | "queue-evicted" | "queue-expired" | "queue-closed" | "intake";
export interface ShedCause {
    readonly reason: ShedReason;
    readonly retryAfterMs: number;
    readonly detail: string;
    readonly priority?: Priority;
    readonly waitedMs?: number;
}
export declare class ShedError extends RecloserError {
    readonly name = "ShedError";
    readonly code = "ERR_SHED";
    readonly key: string;
    readonly reason: ShedReason;
    readonly limit: number | null;
    readonly retryAfterMs: number;
    readonly priority: Priority;
    readonly waitedMs: number;
    constructor(key: string, limit: number | null, cause?: ShedCause);
    toResponse(): Response;
    static is(error: unknown): boolean;
    static from(error: unknown): ShedError | null;
}

// ../events

export type TransitionReason = TripReason | "claimed" | "probe-passed" | "reset" | "forgotten";
export interface TransitionEvent {
    readonly key: string;
    readonly from: CircuitState;
    readonly to: CircuitState;
    readonly reason: TransitionReason;
    readonly generation: number;
    readonly cooldownMs: number | null;
    readonly by: string;
    readonly atMs: number;
    readonly origin: "local" | "shared";
    readonly scope: "shared" | "local";
    readonly evidence: Evidence | null;
}
export interface RejectedEvent {
    readonly key: string;
    readonly reason: RejectReason | ShedReason;
    readonly error: CircuitOpenError | ShedError;
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
    readonly result: "passed" | "failed" | "void" | "lost";
    readonly by: string;
    readonly durationMs: number;
    readonly atMs: number;
}
export interface CallEvent {
    readonly key: string;
    readonly outcome: OutcomeKind | null;
    readonly probe: boolean;
    readonly attempt: number;
    readonly startedAtMs: number;
    readonly durationMs: number;
    readonly firstContentMs: number | null;
    readonly atMs: number;
}
export interface FallbackEvent {
    readonly key: string;
    readonly outcome: OutcomeKind | null;
    readonly result: "answered" | "failed";
    readonly durationMs: number;
    readonly atMs: number;
}
export interface RetryEvent {
    readonly key: string;
    readonly attempt: number;
    readonly outcome: OutcomeKind;
    readonly delayMs: number | null;
    readonly atMs: number;
}
export interface WaitEvent {
    readonly key: string;
    readonly priority: Priority;
    readonly reason: RejectReason | ShedReason;
    readonly result: "admitted" | "rejected" | "deadline" | "aborted";
    readonly waitedMs: number;
    readonly atMs: number;
}
export interface StoreEvent {
    readonly mode: "shared" | "local";
    readonly error: Error | null;
    readonly atMs: number;
}
export interface PolicyEvent {
    readonly key: string;
    readonly option: string;
    readonly value: unknown;
    readonly by: string | null;
    readonly reason: string | null;
    readonly untilMs: number | null;
    readonly atMs: number;
}
export interface RecloserEvents {
    readonly transition: TransitionEvent;
    readonly rejected: RejectedEvent;
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
export interface ListenerOptions {
    readonly signal?: AbortSignal | undefined;
    readonly once?: boolean | undefined;
}

// ../fallback

export interface FallbackInfo {
    readonly open: CircuitOpenError | null;
    readonly outcome: Outcome | null;
}
export type Fallback<F> = (error: unknown, info: FallbackInfo) => F | PromiseLike<F>;
export type StreamFallback<F> = Fallback<AsyncIterable<F> | (Iterable<F> & object) | F>;

// ../key

export interface BreakerKey {
    readonly provider: string;
    readonly model?: string | undefined;
    readonly credential?: string | undefined;
    readonly region?: string | undefined;
}

// ../load

export type ShedCounts = Readonly<Partial<Record<ShedReason, number>>>;
export interface LoadSnapshot {
    readonly inFlight: number;
    readonly limit: number | null;
    readonly batchLimit: number | null;
    readonly waiting: Readonly<Record<Priority, number>>;
    readonly shed: ShedCounts;
}

// ../outcome

export type FailureKind = "server-error" | "overloaded" | "timeout" | "network" | "stream-error" | "unknown";
export type HoldKind = "rate-limited" | "quota-exhausted" | "auth";
export type NeutralKind = "caller-error" | "content-filtered" | "cancelled";
export type OutcomeKind = "success" | FailureKind | HoldKind | NeutralKind;
export type OutcomeTrack = "window" | "hold" | "none";
export type OutcomeScope = "provider" | "model" | "key" | "request";
export interface Outcome {
    readonly kind: OutcomeKind;
    readonly track: OutcomeTrack;
    readonly retryAfterMs: number | null;
    readonly scope: OutcomeScope;
}
export interface ClassifyInput {
    readonly provider?: string | undefined;
    readonly response?: {
        readonly status: number;
        readonly headers?: Headers | Record<string, string> | undefined;
        readonly body?: string | object | undefined;
    } | undefined;
    readonly stream?: string | undefined;
    readonly error?: unknown;
    readonly result?: unknown;
    readonly signal?: {
        readonly aborted: boolean;
        readonly reason?: unknown;
    } | undefined;
    readonly nowMs?: number | undefined;
}
export type Classifier = (input: ClassifyInput) => Outcome | OutcomeKind | undefined;

// ../permit

export interface Permit extends AsyncDisposable {
    readonly kind: "call" | "probe";
    readonly generation: number;
    readonly expiresAtMs: number | null;
    success(options?: {
        durationMs?: number;
    }): void;
    failure(error: unknown): void;
    ignore(reason?: string): void;
    renew(): Promise<boolean>;
}

// ../policy

export interface PolicyOptions {
    readonly window?: Duration | {
        readonly calls: number;
    } | undefined;
    readonly minimumCalls?: number | undefined;
    readonly failureRate?: number | false | undefined;
    readonly failureThreshold?: number | false | undefined;
    readonly consecutiveFailures?: number | false | undefined;
    readonly slowCall?: {
        readonly after: Duration;
        readonly rate: number;
    } | false | undefined;
    readonly silence?: Duration | false | undefined;
    readonly cooldown?: {
        readonly initial?: Duration | undefined;
        readonly factor?: number | undefined;
        readonly max?: Duration | undefined;
        readonly jitter?: number | undefined;
    } | undefined;
    readonly probe?: {
        readonly successes?: number | undefined;
        readonly lease?: Duration | undefined;
        readonly timeout?: Duration | undefined;
        readonly settleOn?: "first-token" | "complete" | undefined;
    } | undefined;
    readonly ramp?: {
        readonly from?: number | undefined;
    } | false | undefined;
    readonly hold?: {
        readonly initial?: Duration | undefined;
        readonly factor?: number | undefined;
        readonly max?: Duration | undefined;
    } | undefined;
    readonly pace?: boolean | undefined;
    readonly timeouts?: {
        readonly total?: Duration | undefined;
        readonly firstToken?: Duration | undefined;
        readonly idle?: Duration | undefined;
    } | undefined;
    readonly shed?: {
        readonly maxInFlight?: number | undefined;
        readonly batchShare?: number | undefined;
        readonly queue?: {
            readonly size?: number | undefined;
            readonly maxWait?: Duration | undefined;
        } | false | undefined;
        readonly adaptive?: boolean | {
            readonly k?: number | undefined;
        } | undefined;
    } | undefined;
    readonly onTrip?: "abort-silent" | "let-run" | undefined;
    readonly probeWith?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
    readonly classify?: Classifier | undefined;
    readonly mode?: "enforce" | "observe" | "off" | undefined;
}
export interface Policy extends RecordPolicy {
    readonly windowCalls: number | null;
    readonly silenceMs: number | false;
    readonly silenceStretches: boolean;
    readonly probe: {
        readonly successes: number;
        readonly leaseMs: number;
        readonly timeoutMs: number;
        readonly timeoutStretches: boolean;
        readonly settleOn: "first-token" | "complete";
    };
    readonly ramp: {
        readonly from: number;
    } | false;
    readonly pace: boolean;
    readonly timeouts: {
        readonly totalMs: number | null;
        readonly firstTokenMs: number | null;
        readonly idleMs: number | null;
    };
    readonly maxInFlight: number;
    readonly batchShare: number;
    readonly queue: {
        readonly size: number;
        readonly maxWaitMs: number;
    } | false;
    readonly adaptiveShed: {
        readonly k: number;
    } | false;
    readonly onTrip: "abort-silent" | "let-run";
    readonly probeWith: ((signal: AbortSignal) => Promise<unknown>) | null;
    readonly classify: Classifier | null;
    readonly mode: "enforce" | "observe" | "off";
}

// ../priority

export type Priority = "interactive" | "batch";

// ../record-event

export interface RecordPolicy extends TripPolicy {
    readonly windowMs: number | null;
    readonly cooldown: Ladder & {
        readonly jitter: number;
    };
    readonly hold: Ladder;
    readonly probe: {
        readonly successes: number;
        readonly leaseMs: number;
    };
}

// ../retries

export interface RetriesSnapshot {
    readonly waiting: number;
    readonly made: number;
    readonly overBudget: number;
}

// ../retry-options

export interface RetryOptions {
    readonly attempts?: number | undefined;
    readonly on?: "not-sent" | "idempotent" | readonly Exclude<OutcomeKind, "success">[] | ((outcome: Outcome, ended: unknown) => boolean) | undefined;
    readonly initial?: Duration | undefined;
    readonly factor?: number | undefined;
    readonly max?: Duration | undefined;
    readonly hintMax?: Duration | undefined;
    readonly budget?: {
        readonly ratio?: number | undefined;
        readonly floorPerSecond?: number | undefined;
    } | false | undefined;
}

// ../snapshot

export interface HoldSnapshot {
    readonly kind: HoldKind;
    readonly untilMs: number;
    readonly remainingMs: number;
    readonly step: number;
}
export interface RecordSnapshot {
    readonly name: string;
    readonly scope: "shared" | "local";
    readonly state: CircuitState;
    readonly generation: number;
    readonly version: number;
    readonly window: {
        readonly calls: number;
        readonly successes: number;
        readonly failures: number;
        readonly slow: number;
        readonly young: number;
        readonly failureRate: number;
        readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
    };
    readonly consecutiveFailures: number;
    readonly inFlight: number;
    readonly openedAtMs: number | null;
    readonly openUntilMs: number | null;
    readonly retryAfterMs: number;
    readonly reason: TripReason | null;
    readonly evidence: Evidence | null;
    readonly step: number;
    readonly cooldownMs: number;
    readonly closedAtMs: number | null;
    readonly probing: boolean;
    readonly probesPassed: number;
    readonly leasesLost: number;
    readonly holds: readonly HoldSnapshot[];
    readonly rampLimit: number | null;
    readonly shed: {
        readonly rate: number;
    } | null;
    readonly pace: {
        readonly perSecond: number;
    } | null;
    readonly override: Override | null;
    readonly lastFailure: LastFailure | null;
}
export interface BreakerSnapshot extends RecordSnapshot {
    readonly mode: Policy["mode"];
    readonly policy: PolicySnapshot;
    readonly atMs: number;
    readonly retries: RetriesSnapshot;
    readonly load: LoadSnapshot;
    readonly records: readonly RecordSnapshot[];
}
export interface PolicySnapshot extends Omit<Policy, "classify" | "probeWith" | "maxInFlight" | "mode"> {
    readonly maxInFlight: number | null;
    readonly hasClassifier: boolean;
    readonly hasSyntheticProbe: boolean;
}

// ../state

export type CircuitState = "closed" | "open" | "half-open";
export type TripReason = "failure-rate" | "failure-threshold" | "consecutive-failures" | "slow-calls" | "rollup" | "probe-failed" | "probe-lost" | "probe-void";
export interface Evidence {
    readonly calls: number;
    readonly failures: number;
    readonly slow: number;
    readonly windowMs: number | null;
    readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
    readonly headline: string;
    readonly summary: string;
}
export interface Override {
    readonly mode: "force-open" | "force-closed";
    readonly by: string;
    readonly reason: string;
    readonly sinceMs: number;
    readonly untilMs: number | null;
}

// ../streams/inspector

export type Sight = "opening" | "content" | "end" | Outcome;
export interface StreamInspector<C = unknown> {
    see(chunk: C): Sight;
    end(): "whole" | "cut" | Outcome;
}

// ../trip

export interface TripPolicy {
    readonly minimumCalls: number;
    readonly failureRate: number | false;
    readonly failureThreshold: number | false;
    readonly consecutiveFailures: number | false;
    readonly slowCall: {
        readonly afterMs: number;
        readonly rate: number;
    } | false;
}

// anthropic

export interface AnthropicLike extends StainlessClient {
    readonly messages: object;
}
export declare function guardAnthropic<C extends AnthropicLike>(client: C, recloser: Recloser, options?: GuardOptions): C;

// own-retries

export type OwnRetries = RetryOptions | false;

// stainless/guarded-call

export interface CallFacts {
    readonly provider: string;
    readonly model: string | undefined;
    readonly path: string;
    readonly streams: boolean;
}
export interface GuardOptions {
    readonly key?: string | BreakerKey | ((call: CallFacts) => string | BreakerKey) | undefined;
    readonly retry?: OwnRetries | undefined;
    readonly priority?: Priority | undefined;
}

// stainless/sdk

export interface StainlessClient {
    readonly baseURL: string;
    readonly maxRetries: number;
    post(path: string, options?: never): PromiseLike<unknown>;
    withOptions(options: never): unknown;
}
