// Public API of "recloser/redis", made by `npm run api` and compared in CI.

export {
  IoredisLike,
  IoredisSubscriber,
  NodeRedisLike,
  NodeRedisSubscriber,
  RedisPort,
  RedisStore,
  RedisStoreOptions,
  Script,
  fromIoredis,
  fromNodeRedis,
  redisStore,
};

// ../../cooldown

export interface Ladder {
    readonly initialMs: number;
    readonly factor: number;
    readonly maxMs: number;
}

// ../../outcome

export type FailureKind = "server-error" | "overloaded" | "timeout" | "network" | "stream-error" | "unknown";
export type HoldKind = "rate-limited" | "quota-exhausted" | "auth";

// ../../record-event

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

// ../../report

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

// ../../state

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

// ../../trip

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

// ../command

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

// ../store

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

// index

export type RedisStoreOptions =
{
    readonly url: string;
    readonly client?: undefined;
}
 | {
    readonly client: RedisPort;
    readonly url?: undefined;
};
export declare function redisStore(options: RedisStoreOptions): RedisStore;

// ioredis

export interface IoredisLike {
    readonly status: string;
    connect(): Promise<unknown>;
    evalsha(sha: string, keyCount: number, ...args: string[]): Promise<unknown>;
    eval(lua: string, keyCount: number, ...args: string[]): Promise<unknown>;
    duplicate(): IoredisSubscriber;
    on(event: string, listener: (...args: unknown[]) => void): unknown;
}
export interface IoredisSubscriber {
    readonly status: string;
    connect(): Promise<unknown>;
    subscribe(channel: string): Promise<unknown>;
    on(event: string, listener: (...args: unknown[]) => void): unknown;
    disconnect(): void;
}
export declare function fromIoredis(client: IoredisLike): RedisPort;

// node-redis

interface ScriptOptions {
    keys: string[];
    arguments: string[];
}
export interface NodeRedisLike {
    readonly isOpen: boolean;
    readonly isReady?: boolean;
    evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
    eval(lua: string, options: ScriptOptions): Promise<unknown>;
    duplicate(): NodeRedisSubscriber;
    on(event: string, listener: (...args: unknown[]) => void): unknown;
}
export interface NodeRedisSubscriber {
    connect(): Promise<unknown>;
    subscribe(channel: string, listener: (message: string) => unknown): Promise<unknown>;
    on(event: string, listener: (...args: unknown[]) => void): unknown;
    destroy(): void;
}
export declare function fromNodeRedis(client: NodeRedisLike): RedisPort;

// port

export interface Script {
    readonly sha: string;
    readonly lua: string;
}
export interface RedisPort {
    run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>;
    subscribe(channel: string, onMessage: (message: string) => void, signal?: AbortSignal): Promise<() => void>;
    onConnected?(listener: () => void): () => void;
    close(): Promise<void>;
}

// store

export declare class RedisStore implements InspectableStore {
    #private;
    readonly kind = "redis";
    constructor(port: RedisPort);
    apply({ namespace, name }: RecordAddress, command: StoreCommand, policy: RecordPolicy, by: string): Promise<StoreAnswer>;
    read(namespace: string, names: readonly string[]): Promise<{
        readonly nowMs: number;
        readonly records: ReadonlyMap<string, Facts>;
    }>;
    inspect(namespace: string, names: readonly string[]): Promise<{
        readonly nowMs: number;
        readonly records: ReadonlyMap<string, JudgedFacts>;
    }>;
    changes(namespace: string, cursor: string | null): Promise<StoreChanges>;
    names(namespace: string, page: {
        readonly from: number;
        readonly count: number;
    }): Promise<readonly string[]>;
    subscribe(namespace: string, onHint: (hint: StoreHint) => void, signal?: AbortSignal): Promise<() => void>;
    ping(namespace: string): Promise<true>;
    onConnected(listener: () => void): () => void;
    close(): Promise<void>;
}
