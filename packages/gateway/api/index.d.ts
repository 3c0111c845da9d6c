// Public API of "@recloser/gateway", made by `npm run api` and compared in CI.

// uses node:dns
// uses node:http
// uses recloser
// uses recloser/streams
// uses recloser/testing
// uses undici
export {
  Access,
  AdminApp,
  Gateway,
  GatewayConfig,
  GatewayOptions,
  Listening,
  Readiness,
  RequestRecord,
  Role,
  Serving,
  createFleet,
  createGateway,
};

// admin/access

export type Role = "read-only" | "operator";
export interface Access {
    readonly role: Role;
    readonly by: string | null;
}

// admin/admin

export type AdminApp = (request: Request, access: Access) => Response | Promise<Response>;
export type Readiness = "starting" | "ready" | "stopping";

// attempts/attempt

export interface AttemptFacts {
    readonly target: Target;
    readonly model: string | null;
    readonly calls: number;
    readonly isProbe: boolean;
    readonly askedAtMs: number | null;
    readonly contentAtMs: number | null;
    readonly durationMs: number;
    readonly usage: Usage | null;
}
export type AttemptEnd = AttemptFacts & (Exclude<Delivered, {
    kind: "failed";
}> | {
    readonly kind: "rejected";
    readonly error: CircuitOpenError | ShedError;
} | {
    readonly kind: "failed";
    readonly outcome: Outcome;
    readonly error: unknown;
    readonly answer: RefusedAnswer | null;
    readonly mayFailOver: boolean;
    readonly isTooLong: boolean;
}
 | {
    readonly kind: "over";
    readonly end: LifeEnd;
});

// attempts/loop

export type Step = AttemptEnd | {
    readonly kind: "full";
    readonly target: Target;
    readonly calls: 0;
}
 | {
    readonly kind: "unfit";
    readonly target: Target;
    readonly calls: 0;
    readonly lacks: string;
};

// attempts/request-record

export type RequestEnd =
"answered"
 | "stale"
 | "refused"
 | "broken"
 | "left";
export interface RequestRecord {
    readonly id: string;
    readonly client: string | null;
    readonly format: WireFormat | null;
    readonly route: string | null;
    readonly model: string | null;
    readonly streams: boolean;
    readonly isSdkRetry: boolean;
    readonly steps: readonly Step[];
    readonly end: RequestEnd;
    readonly refusal: string | null;
    readonly status: number;
    readonly requestBytes: number;
    readonly bytes: number;
    readonly left: LifeEnd | null;
    readonly durationMs: number;
    readonly firstTokenMs: number | null;
    readonly addedMs: number | null;
    readonly usage: Usage | null;
}

// attempts/slots

export declare class Slots {
    #private;
    constructor(most: number);
    get taken(): number;
    take(): boolean;
    giveBack(): void;
    enter(waiter: (slots: Slots) => void): void;
    leave(waiter: (slots: Slots) => void): void;
}

// config/config

export type WireFormat = "openai" | "anthropic" | "gemini";
export interface GatewayConfig {
    readonly listen: Address;
    readonly admin: AdminConfig | false;
    readonly clients: readonly ClientConfig[];
    readonly store: {
        readonly url: string;
        readonly namespace: string;
    };
    readonly breaker: PolicyOptions;
    readonly policies: Readonly<Record<string, PolicyOptions>>;
    readonly timeouts: TimeLimits;
    readonly retry: RetryConfig;
    readonly limits: Limits;
    readonly targets: Readonly<Record<string, TargetConfig>>;
    readonly routes: readonly RouteConfig[];
    readonly log: {
        readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent";
        readonly pretty: boolean;
    };
    readonly otlp: OtlpConfig | null;
    readonly alerts: AlertsConfig;
    readonly drainMs: number;
}
export interface OtlpConfig {
    readonly url: string | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly traces: boolean;
    readonly metrics: boolean;
    readonly sampleRatio: number | null;
    readonly continueTraces: boolean;
}
export interface Address {
    readonly host: string;
    readonly port: number;
}
export interface AdminConfig extends Address {
    readonly readOnlyTokens: readonly string[];
    readonly operatorTokens: readonly string[];
    readonly allowedHosts: readonly string[];
}
export interface ClientConfig {
    readonly id: string;
    readonly keySha256: string;
    readonly routes: readonly string[] | null;
    readonly maxInFlight: number | null;
    readonly mayBypass: boolean;
    readonly priority: "interactive" | "batch";
}
export interface TimeLimits {
    readonly connectMs: number;
    readonly headersMs: number;
    readonly answerMs?: number;
    readonly firstTokenMs: number;
    readonly idleMs: number;
    readonly totalMs: number;
}
export interface RetryConfig {
    readonly perTarget: number;
    readonly maxAttempts: number;
    readonly budget: {
        readonly ratio: number;
        readonly minPerSecond: number;
    };
}
export interface AlertsConfig {
    readonly intervalMs: number;
    readonly webhooks: readonly WebhookConfig[];
}
export interface WebhookConfig {
    readonly name: string;
    readonly url: string;
    readonly format: "slack" | "json";
    readonly secret: string | null;
    readonly keys: readonly string[];
    readonly allowPrivate: boolean;
}
export interface Limits {
    readonly headerBytes: number;
    readonly bodyBytes: number;
    readonly connections: number;
    readonly jsonDepth: number;
    readonly bufferedBytes: number;
}
export interface TargetConfig {
    readonly name: string;
    readonly format: WireFormat;
    readonly baseUrl: URL;
    readonly provider: string;
    readonly region: string | null;
    readonly auth: TargetAuth;
    readonly credential: string | null;
    readonly models: Readonly<Record<string, string>>;
    readonly path: string | null;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: {
        readonly set: Readonly<Record<string, string>>;
        readonly remove: readonly string[];
    };
    readonly body: {
        readonly set: Readonly<Record<string, unknown>>;
        readonly remove: readonly string[];
        readonly rename: Readonly<Record<string, string>>;
    };
    readonly maxContext: number | null;
    readonly capabilities: readonly Capability[] | null;
    readonly allowPrivate: boolean;
    readonly traceContext?: boolean;
    readonly timeouts: Partial<TimeLimits>;
    readonly maxConnections: number;
    readonly maxInFlight: number | null;
}
export type Capability = "streaming" | "tools" | "images" | "json-schema" | "audio" | "reasoning" | "embeddings";
export type TargetAuth = {
    readonly kind: "bearer";
    readonly token: string;
} | {
    readonly kind: "header";
    readonly name: string;
    readonly value: string;
} | {
    readonly kind: "query";
    readonly name: string;
    readonly value: string;
}
 | {
    readonly kind: "caller";
} | {
    readonly kind: "none";
};
export interface RouteConfig {
    readonly name: string;
    readonly format: WireFormat;
    readonly models: readonly string[];
    readonly targets: readonly {
        readonly target: string;
        readonly weight: number;
    }[];
    readonly choice: "in-order" | "weighted";
    readonly stream: "passthrough" | "assured";
    readonly onAllOpen: {
        readonly kind: "fail";
    } | {
        readonly kind: "last-resort";
    } | {
        readonly kind: "cache";
        readonly ttlMs: number;
        readonly maxEntries: number;
        readonly maxEntryBytes: number;
    } | {
        readonly kind: "queue";
        readonly maxWaitMs: number;
        readonly size: number;
    };
}

// formats/dialect

export interface Operation {
    readonly kind: "generate" | "embed" | "count" | "list" | "other";
    readonly model: string | null;
    readonly streams: boolean | null;
    readonly verb: string | null;
    ownPath(model: string): string;
}

// gateway

export interface GatewayOptions {
    readonly recloser?: Recloser;
    readonly observe?: (record: RequestRecord) => void;
    readonly processMetrics?: boolean;
    readonly logFields?: Readonly<Record<string, unknown>>;
    readonly logTo?: LogDestination;
    readonly onDefect?: (error: unknown) => void;
    readonly random?: () => number;
    readonly heartbeatMs?: number;
    readonly bodyRoomBytes?: number;
    readonly mount?: (recloser: Recloser) => AdminApp;
    readonly slotsOf?: SlotsOf;
    readonly lookUp?: Resolve;
}
export interface Listening {
    readonly url: string;
    readonly adminUrl: string | null;
}
export interface Serving {
    readonly recloser: Recloser;
    readonly readiness: Readiness;
    readonly inFlight: number | null;
    readonly simulated: ReadonlyMap<string, SimulatedProvider>;
    listen(): Promise<Listening>;
    reload(config: GatewayConfig): Promise<void>;
    close(): Promise<void>;
}
export interface Gateway extends Serving {
    readonly inFlight: number;
    measured(): Promise<readonly object[]>;
}
export declare function createGateway(config: GatewayConfig, options?: GatewayOptions): Gateway;

// http/caller-life

export type LifeEnd = "left" | "total" | "callers-limit" | "stopping";

// http/client-slots

export interface ClientSlots {
    take(): boolean;
    takeElsewhere(): Promise<boolean>;
    giveBack(): void;
}

// http/clients

export interface OurKeys {
    tells(value: string): boolean;
    include(credential: string): boolean;
}
export type SlotsOf = (client: string, most: number) => ClientSlots;

// http/headers

export type HeaderList = (string | string[])[];

// streams/delivery

export type Delivered =
{
    readonly kind: "whole";
}
 | {
    readonly kind: "failed";
    readonly outcome: Outcome | null;
    readonly error: unknown;
}
 | {
    readonly kind: "broken";
    readonly error: unknown;
};

// streams/usage

export interface Usage {
    readonly inputTokens: number | null;
    readonly outputTokens: number | null;
}

// telemetry/log

export interface LogDestination {
    write(line: string): void;
}

// upstream/address-guard

export type Resolve = (hostname: string, options: LookupOptions & {
    all: true;
}, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

// upstream/exchange

export type UpstreamHead = AnswerHead & {
    readonly headers: Record<string, string | string[] | undefined>;
};
export interface UpstreamRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: HeaderList;
    readonly body: Buffer | null;
}

// upstream/refused-answer

export declare class RefusedAnswer extends Error {
    #private;
    readonly name = "RefusedAnswer";
    readonly status: number;
    constructor(head: UpstreamHead, start: readonly Buffer[], rest: AsyncIterator<Buffer, undefined> | null, isReadable?: boolean);
    get body(): string;
    get headers(): UpstreamHead["headers"];
    get head(): UpstreamHead;
    get start(): readonly Buffer[];
    get rest(): AsyncIterator<Buffer, undefined> | null;
    get isReadable(): boolean;
    get isRedirect(): boolean;
    drop(): void;
}

// upstream/secrets

type Headers = Record<string, string | string[] | undefined>;
export declare class Secrets {
    #private;
    constructor(target: Pick<TargetConfig, "auth" | "headers" | "query">);
    veil(): (chunk: Buffer) => void;
    inHeaders(headers: Headers): Headers;
}

// upstream/target

export declare class Target {
    #private;
    readonly limits: TimeLimits;
    readonly secrets: Secrets;
    readonly requests: TargetRequests;
    readonly slots: Slots;
    readonly lastResort: Slots;
    constructor(config: TargetConfig, timeouts: TimeLimits, lookUp?: Resolve);
    get config(): TargetConfig;
    get name(): string;
    get dispatcher(): Dispatcher;
    model(asked: string): string;
    prove(model: string | null): void;
    breakerKey(model: string | null): BreakerKey;
    close(): Promise<void>;
    destroy(): Promise<void>;
}

// upstream/target-request

export interface CallersRequest {
    readonly id: string;
    readonly method: string;
    readonly operation: Operation;
    readonly query: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer | null;
    readonly ours: OurKeys;
    readonly hasJson: boolean;
    readonly model: string | null;
}
export declare class TargetRequests {
    #private;
    constructor(target: TargetConfig);
    of(asked: CallersRequest, model: string | null): UpstreamRequest;
}

// workers/fleet

export declare function createFleet(config: GatewayConfig, workers: number, options?: Pick<GatewayOptions, "mount" | "logTo" | "onDefect">): Serving;
