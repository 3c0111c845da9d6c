// Public API of "recloser/inspect", made by `npm run api` and compared in CI.

export {
  FleetOption,
  FleetOptions,
  GivenPolicy,
  InspectableStore,
  Inspection,
  Operated,
  OperatorCommand,
  PolicyChange,
  PolicyChanged,
  PolicyCommand,
  PolicyOrigin,
  PolicyPlace,
  PolicyRow,
  PolicySources,
  RecordAddress,
  StorePolicies,
  StoredRecord,
  TripRules,
  changePolicy,
  fleetOptionsOf,
  freshPolicies,
  operate,
  policiesIn,
  policiesOf,
  policyNameOf,
  policyRows,
  policySources,
  readPolicies,
  readRecords,
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

// ../clock

export interface Clock {
    now(): number;
    sleep(ms: number, options?: {
        signal?: AbortSignal;
    }): Promise<void>;
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

// ../history/history

export interface Followed {
    readonly recloser: Recloser;
    readonly store: SharedStore;
    readonly namespace: string;
    readonly replicaId: string;
    readonly clock: Clock;
}
export type HistoryEvent = ({
    readonly type: "transition";
    readonly evidence: string | null;
} & Pick<RecloserEvents["transition"], "key" | "from" | "to" | "reason" | "generation" | "by" | "cooldownMs" | "scope">) | {
    readonly type: "hold";
    readonly key: string;
    readonly kind: HoldKind;
    readonly forMs: number;
} | ({
    readonly type: "override";
    readonly forMs: number | null;
} & Pick<RecloserEvents["override"], "key" | "action" | "by" | "reason">) | {
    readonly type: "policy";
    readonly key: string;
    readonly action: "set" | "unset";
    readonly options: Readonly<Record<string, unknown>>;
    readonly by: string;
    readonly reason: string;
    readonly forMs: number | null;
} | ({
    readonly type: "probe";
} & Pick<RecloserEvents["probe"], "key" | "result" | "by" | "durationMs">) | {
    readonly type: "store";
    readonly mode: "shared" | "local";
    readonly error: string | null;
};
export interface KeptEvent {
    readonly replica: string;
    readonly atMs: number;
    readonly event: HistoryEvent;
}
export interface KeptPoint {
    readonly atMs: number;
    readonly calls: number;
    readonly failures: number;
    readonly rejected: number;
}
export interface ReportedRules {
    readonly keys: readonly string[];
    readonly windowMs: number | null;
    readonly minimumCalls: number;
    readonly failureRate: number | false;
    readonly failureThreshold: number | false;
    readonly consecutiveFailures: number | false;
    readonly mode?: "enforce" | "observe" | "off";
    readonly given?: Readonly<Record<"code" | "fleet" | "own", Readonly<Record<string, unknown>>>>;
}
export interface ReplicaReport {
    readonly version: string;
    readonly store: {
        readonly mode: "shared" | "local";
        readonly forMs: number;
        readonly error: string | null;
        readonly roundTripMs: number | null;
    };
    readonly breakers: number;
    readonly policyHash: string;
    readonly notClosed: readonly {
        readonly key: string;
        readonly state: CircuitState;
        readonly scope: "shared" | "local";
        readonly generation: number;
    }[];
    readonly rules: readonly ReportedRules[];
    readonly rejected: Readonly<Record<string, number>>;
}
export interface KeptReplica {
    readonly id: string;
    readonly seenMs: number;
    readonly report: ReplicaReport;
}
export interface ReplicaNote {
    readonly replica: string;
    readonly report: ReplicaReport | null;
    readonly events: readonly {
        readonly id: string;
        readonly ageMs: number;
        readonly event: HistoryEvent;
    }[];
    readonly points: readonly {
        readonly key: string;
        readonly ageMs: number;
        readonly calls: number;
        readonly failures: number;
        readonly rejected: number;
    }[];
}
export interface StoreHistory {
    follow(followed: Followed): () => Promise<void>;
    note(namespace: string, note: ReplicaNote): Promise<void>;
    events(namespace: string, query: {
        readonly withinMs: number | null;
        readonly most: number;
        readonly only?: "overrides" | undefined;
    }): Promise<{
        readonly nowMs: number;
        readonly events: readonly KeptEvent[];
    }>;
    series(namespace: string, key: string, hours: number): Promise<readonly KeptPoint[]>;
    replicas(namespace: string): Promise<{
        readonly nowMs: number;
        readonly replicas: readonly KeptReplica[];
    }>;
}

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

// ../policy-sources

export interface PolicySources {
    readonly code: Readonly<Record<string, unknown>>;
    readonly fleet: Readonly<Record<string, FleetOption>>;
    readonly own: Readonly<Record<string, unknown>>;
}
export declare function policySources(recloser: Recloser, breaker: Breaker): PolicySources | null;

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
export interface LeaseRef {
    readonly incarnation: number;
    readonly token: string;
}
export interface Timely {
    readonly notAfterMs?: number;
}
export type RecordEvent = ReportEvent | {
    readonly type: "claim";
    readonly token: string;
    readonly leaseMs: number;
    readonly random: number;
    readonly notAfterMs: number;
} | ({
    readonly type: "renew";
    readonly leaseMs: number;
} & LeaseRef) | ({
    readonly type: "settle";
    readonly verdict: "passed" | "failed" | "void";
    readonly retryAfterMs: number | null;
    readonly random: number;
} & LeaseRef) | ({
    readonly type: "hold";
    readonly kind: HoldKind;
    readonly retryAfterMs: number | null;
    readonly startedAtMs: number;
} & Timely)
 | ({
    readonly type: "lift";
    readonly startedAtMs: number;
} & Timely) | ({
    readonly type: "override";
} & Omit<Override, "sinceMs">) | {
    readonly type: "clear";
} | {
    readonly type: "reset";
} | {
    readonly type: "probe-now";
}
 | ({
    readonly type: "reassert";
    readonly incarnation: number;
    readonly version: number;
    readonly generation: number;
    readonly step: number;
    readonly cooldownMs: number;
    readonly reason: TripReason;
    readonly remainingMs: number;
} & Timely);
export type ReplyCode = "ok" | "tripped" | "extended" | "stale" | "expired" | "ignored" | "go" | "denied" | "probe" | "reopened" | "renewed" | "passed" | "closed" | "void" | "fenced" | "changed" | "noop";
export interface Reply {
    readonly code: ReplyCode;
    readonly retryAfterMs?: number;
    readonly lease?: Lease;
}

// ../report

export interface ReportEvent {
    readonly type: "report";
    readonly by: string | null;
    readonly incarnation: number;
    readonly generation: number;
    readonly buckets: readonly Bucket[];
    readonly lastSuccessMs: number | null;
    readonly lastSuccessStartedMs: number | null;
    readonly tail: Tail;
    readonly retryAfterMs: number | null;
    readonly notAfterMs: number;
    readonly random: number;
}
export interface Tail extends Omit<Streak, "from"> {
    readonly beforeMs: readonly number[];
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
export interface Lease {
    readonly token: string;
    readonly expiresAtMs: number;
}
export interface Hold {
    readonly sinceMs: number;
    readonly untilMs: number;
    readonly step: number;
}
export interface Override {
    readonly mode: "force-open" | "force-closed";
    readonly by: string;
    readonly reason: string;
    readonly sinceMs: number;
    readonly untilMs: number | null;
}
export interface ClosedCircuit {
    readonly is: "closed";
}
export interface TrippedCircuit {
    readonly is: "tripped";
    readonly openedAtMs: number;
    readonly openUntilMs: number;
    readonly reason: TripReason;
    readonly evidence: Evidence | null;
    readonly lease: Lease | null;
    readonly claimed: boolean;
    readonly passed: number;
    readonly lost: number;
    readonly voided: number;
}
export type Circuit = ClosedCircuit | TrippedCircuit;
export interface Bucket {
    readonly startMs: number;
    readonly successes: number;
    readonly slow: number;
    readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
    readonly young: number;
}
export interface Streak {
    readonly failures: number;
    readonly sinceMs: number;
    readonly startedMs: number;
    readonly begun: number;
    readonly from: string | null;
}
export interface Facts {
    readonly incarnation: number;
    readonly version: number;
    readonly generation: number;
    readonly circuit: Circuit;
    readonly step: number;
    readonly cooldownMs: number;
    readonly closedAtMs: number | null;
    readonly holds: Readonly<Partial<Record<HoldKind, Hold>>>;
    readonly override: Override | null;
    readonly buckets: readonly Bucket[];
    readonly streak: Streak;
    readonly served: readonly Served[];
}
export interface Served {
    readonly by: string;
    readonly atMs: number;
}

// ../store/command

export interface ReportCell {
    readonly ageMs: number;
    readonly successes: number;
    readonly slow: number;
    readonly failures: Readonly<Partial<Record<FailureKind, number>>>;
    readonly young: number;
}
export interface ReportCommand {
    readonly type: "report";
    readonly id: string;
    readonly incarnation: number;
    readonly generation: number;
    readonly cells: readonly ReportCell[];
    readonly lastSuccessAgeMs: number | null;
    readonly lastSuccessStartedAgoMs: number | null;
    readonly tail: {
        readonly failures: number;
        readonly ageMs: number;
        readonly startedAgoMs: number;
        readonly begun: number;
        readonly beforeAgoMs: readonly number[];
    };
    readonly retryAfterMs: number | null;
    readonly notAfterMs: number;
    readonly random: number;
}
type Unchanged = Exclude<RecordEvent, {
    type: "report" | "hold" | "lift" | "override";
}>;
export type StoreCommand = ReportCommand | Unchanged | ({
    readonly type: "hold";
    readonly kind: HoldKind;
    readonly retryAfterMs: number | null;
    readonly startedAgoMs: number;
} & Timely) | ({
    readonly type: "lift";
    readonly startedAgoMs: number;
} & Timely) | ({
    readonly type: "override";
    readonly forMs: number | null;
} & Omit<Override, "sinceMs" | "untilMs">);

// ../store/fleet-policy

export interface FleetOption {
    readonly pattern: string;
    readonly option: string;
    readonly value: unknown;
    readonly by: string;
    readonly reason: string;
    readonly atMs: number;
    readonly untilMs: number | null;
}
export interface PolicyChange {
    readonly pattern: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly clears: boolean;
    readonly by: string;
    readonly reason: string;
    readonly forMs: number | null;
}
export interface FleetOptions {
    readonly nowMs: number;
    readonly options: readonly FleetOption[];
}
export interface StorePolicies {
    read(namespace: string): Promise<FleetOptions>;
    change(namespace: string, change: PolicyChange): Promise<FleetOptions>;
}

// ../store/store

export interface RecordAddress {
    readonly namespace: string;
    readonly name: string;
}
export interface StoredFacts {
    readonly facts: Facts;
    readonly nowMs: number;
}
export interface StoreAnswer extends StoredFacts {
    readonly reply: Reply;
}
export interface StoreHint extends StoredFacts {
    readonly name: string;
    readonly by: string;
}
export interface StoreChanges {
    readonly names: readonly string[];
    readonly cursor: string;
    readonly complete: boolean;
}
export interface SharedStore {
    readonly kind: string;
    apply(record: RecordAddress, command: StoreCommand, policy: RecordPolicy, by: string): Promise<StoreAnswer>;
    read(namespace: string, names: readonly string[]): Promise<{
        readonly nowMs: number;
        readonly records: ReadonlyMap<string, Facts>;
    }>;
    changes(namespace: string, cursor: string | null): Promise<StoreChanges>;
    subscribe(namespace: string, onHint: (hint: StoreHint) => void, signal?: AbortSignal): Promise<() => void>;
    ping(namespace: string): Promise<true>;
    onConnected?(listener: () => void): () => void;
    readonly history?: StoreHistory;
    readonly policies?: StorePolicies;
    close(): Promise<void>;
}
export interface TripRules extends TripPolicy {
    readonly windowMs: number;
}
export interface JudgedFacts {
    readonly facts: Facts;
    readonly rules: TripRules | null;
}
export interface InspectableStore extends SharedStore {
    names(namespace: string, page: {
        readonly from: number;
        readonly count: number;
    }): Promise<readonly string[]>;
    inspect(namespace: string, names: readonly string[]): Promise<{
        readonly nowMs: number;
        readonly records: ReadonlyMap<string, JudgedFacts>;
    }>;
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

// operate

export type OperatorCommand = {
    readonly type: "force-open" | "force-closed";
    readonly by: string;
    readonly reason: string;
    readonly for?: Duration;
} | {
    readonly type: "clear-override" | "reset" | "probe-now";
    readonly by: string;
};
export interface Operated {
    readonly before: StoredRecord | null;
    readonly after: StoredRecord;
    readonly changed: boolean;
    readonly audited: boolean | null;
    readonly nowMs: number;
}
export declare function operate(store: InspectableStore, record: RecordAddress, command: OperatorCommand): Promise<Operated>;

// policies

export interface PolicyPlace {
    readonly namespace: string;
    readonly policies: StorePolicies;
    readonly history: StoreHistory | null;
}
export type PolicyCommand = {
    readonly type: "set";
    readonly pattern: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly by: string;
    readonly reason: string;
    readonly for?: Duration | undefined;
} | {
    readonly type: "unset";
    readonly pattern: string;
    readonly options?: readonly string[] | undefined;
    readonly by: string;
    readonly reason?: string | undefined;
};
export interface PolicyChanged {
    readonly before: readonly FleetOption[];
    readonly after: readonly FleetOption[];
    readonly nowMs: number;
    readonly audited: boolean | null;
}
export declare function policiesIn(store: SharedStore, namespace: string): PolicyPlace | null;
export declare function policiesOf(recloser: Recloser, history?: StoreHistory | null): PolicyPlace | null;
export declare function policyNameOf(breaker: Breaker): string;
export declare function fleetOptionsOf(recloser: Recloser): readonly FleetOption[];
export declare function freshPolicies(recloser: Recloser): Promise<void>;
export declare function readPolicies({ policies, namespace }: PolicyPlace): Promise<FleetOptions>;
export declare function changePolicy(place: PolicyPlace, command: PolicyCommand): Promise<PolicyChanged>;

// policy-rows

export type PolicyOrigin = "default" | "code" | "fleet" | "own";
export interface PolicyRow {
    readonly option: string;
    readonly value: unknown;
    readonly from: PolicyOrigin;
    readonly fleet: FleetOption | null;
}
export interface GivenPolicy {
    readonly code: Readonly<Record<string, unknown>>;
    readonly own: Readonly<Record<string, unknown>>;
}
export declare function policyRows(name: string, given: GivenPolicy | null, options: readonly FleetOption[]): readonly PolicyRow[];

// read

export interface Inspection {
    readonly nowMs: number;
    readonly records: readonly StoredRecord[];
}
export declare function readRecords(store: InspectableStore, namespace: string, names?: readonly string[]): Promise<Inspection>;

// stored-record

type OfOneReplica = "scope" | "inFlight" | "rampLimit" | "shed" | "pace" | "lastFailure";
export interface StoredRecord extends Omit<RecordSnapshot, OfOneReplica> {
    readonly effectiveState: CircuitState;
    readonly sinceMs: number | null;
    readonly rules: TripRules | null;
    readonly mode?: "enforce" | "observe" | "off";
}
