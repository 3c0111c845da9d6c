// Public API of "@recloser/gateway/config", made by `npm run api` and compared in CI.

// uses recloser
export {
  Address,
  AdminConfig,
  AlertsConfig,
  Capability,
  ClientConfig,
  ConfigError,
  ConfigIssue,
  GatewayConfig,
  GivenFlag,
  Limits,
  LoadOptions,
  LoadedConfig,
  OtlpConfig,
  Path,
  Place,
  RetryConfig,
  RouteConfig,
  ShownValue,
  TargetAuth,
  TargetConfig,
  TimeLimits,
  WebhookConfig,
  WireFormat,
  keySourcesOf,
  loadConfig,
  pathText,
  placeText,
  publishedJsonSchema,
  shownText,
  shownTree,
  shownValues,
  sourceText,
};

// checked-file

export type DurationText = string | number;
export type SizeText = string | number;
export interface CheckedFile {
    readonly $schema?: string | undefined;
    readonly listen: {
        readonly host: string;
        readonly port: number;
    };
    readonly admin: CheckedAdmin | false;
    readonly workers: number;
    readonly clients: readonly CheckedClient[];
    readonly store: {
        readonly url: string;
        readonly namespace: string;
    };
    readonly breaker: PolicyOptions;
    readonly policies: Readonly<Record<string, PolicyOptions>>;
    readonly timeouts: CheckedTimeouts;
    readonly retry: GatewayConfig["retry"];
    readonly limits: {
        readonly headerBytes: SizeText;
        readonly bodyBytes: SizeText;
        readonly connections: number;
        readonly jsonDepth: number;
        readonly bufferedBytes: SizeText;
    };
    readonly targets?: Readonly<Record<string, CheckedTarget>> | undefined;
    readonly routes?: readonly CheckedRoute[] | undefined;
    readonly log: GatewayConfig["log"];
    readonly otlp?: CheckedOtlp | false | undefined;
    readonly alerts: CheckedAlerts;
    readonly drain: DurationText;
}
export interface CheckedOtlp {
    readonly url?: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly traces: boolean;
    readonly metrics: boolean;
    readonly sampleRatio?: number | undefined;
    readonly continueTraces: boolean;
}
export interface CheckedAdmin {
    readonly host: string;
    readonly port: number;
    readonly readOnlyTokens: readonly string[];
    readonly operatorTokens: readonly string[];
    readonly allowedHosts: readonly string[];
}
export interface CheckedClient {
    readonly id: string;
    readonly keySha256: string;
    readonly routes?: readonly string[] | undefined;
    readonly maxInFlight?: number | undefined;
    readonly mayBypass: boolean;
    readonly priority: ClientConfig["priority"];
}
export interface CheckedWebhook {
    readonly name: string;
    readonly url: string;
    readonly format: WebhookConfig["format"];
    readonly secret?: string | undefined;
    readonly keys: readonly string[];
    readonly allowPrivate: boolean;
}
export interface CheckedAlerts {
    readonly interval: DurationText;
    readonly webhooks: readonly CheckedWebhook[];
}
export interface CheckedTimeouts {
    readonly connect: DurationText;
    readonly headers: DurationText;
    readonly answer?: DurationText | undefined;
    readonly firstToken: DurationText;
    readonly idle: DurationText;
    readonly total: DurationText;
}
export type CheckedAuth = "none" | "caller" | {
    readonly kind: "bearer";
    readonly token: string;
} | {
    readonly kind: "header" | "query";
    readonly name: string;
    readonly value: string;
};
export interface CheckedTarget {
    readonly provider?: string | undefined;
    readonly format?: WireFormat | undefined;
    readonly baseUrl?: string | undefined;
    readonly key?: string | undefined;
    readonly auth?: CheckedAuth | undefined;
    readonly credential?: string | undefined;
    readonly region?: string | undefined;
    readonly models: Readonly<Record<string, string>>;
    readonly path?: string | undefined;
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
    readonly maxContext?: number | undefined;
    readonly capabilities?: readonly Capability[] | undefined;
    readonly allowPrivate?: boolean | undefined;
    readonly traceContext: boolean;
    readonly timeouts: {
        readonly [limit in keyof CheckedTimeouts]?: DurationText | undefined;
    };
    readonly maxConnections: number;
    readonly maxInFlight?: number | undefined;
}
export interface CheckedRoute {
    readonly name: string;
    readonly format?: WireFormat | undefined;
    readonly models: readonly string[];
    readonly targets: readonly (string | {
        readonly target: string;
        readonly weight?: number | undefined;
    })[];
    readonly choice: RouteConfig["choice"];
    readonly stream: RouteConfig["stream"];
    readonly onAllOpen: CheckedOnAllOpen;
}
export type CheckedOnAllOpen = "fail" | "last-resort" | "cache" | {
    readonly cache: {
        readonly ttl: DurationText;
        readonly maxEntries: number;
        readonly maxEntryBytes: SizeText;
    };
} | {
    readonly queue: DurationText | {
        readonly maxWait: DurationText;
        readonly size: number;
    };
};

// config

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

// environment-targets

export interface FoundTarget {
    readonly name: string;
    readonly target: Readonly<Record<string, unknown>>;
    readonly variables: Readonly<Record<string, string>>;
}

// interpolate

export type Environment = Readonly<Record<string, string | undefined>>;

// issue

export type Place = {
    readonly kind: "file";
    readonly file: string;
    readonly line: number;
    readonly column: number;
} | {
    readonly kind: "environment";
    readonly variable: string;
} | {
    readonly kind: "flag";
    readonly flag: string;
};
export interface ConfigIssue {
    readonly path: Path;
    readonly expected: string;
    readonly received: string;
    readonly place: Place | null;
}
export declare function placeText(place: Place): string;
export declare class ConfigError extends Error {
    readonly name = "ConfigError";
    readonly code = "ERR_INVALID_CONFIG";
    readonly issues: readonly ConfigIssue[];
    readonly left: number;
    constructor(issues: readonly ConfigIssue[]);
}

// json-schema

export declare function publishedJsonSchema(): Record<string, unknown>;

// key-sources

export declare function keySourcesOf({ checked, originals, layers }: LoadedConfig): ReadonlyMap<string, string>;

// layers

export interface GivenFlag {
    readonly flag: string;
    readonly path: string;
    readonly value: string;
}
export declare class Layers {
    #private;
    readonly tree: Record<string, unknown>;
    constructor(file: {
        readonly value: unknown;
        readonly source: Source;
    } | null);
    addEnvironment(env: Environment, settings: readonly Setting[]): void;
    addFlags(flags: readonly GivenFlag[]): void;
    addTargets(targets: readonly FoundTarget[]): void;
    addSection(section: string, value: unknown, variable: string): void;
    addDefault(section: string, name: string, value: unknown): void;
    originOf(path: Path): Place | null;
    placeOf(path: Path, of?: "value" | "key"): Place | null;
}

// load

export interface LoadOptions {
    readonly file: {
        readonly name: string;
        readonly bytes: Uint8Array;
    } | null;
    readonly env: Environment;
    readonly flags?: readonly GivenFlag[];
}
export interface LoadedConfig {
    readonly config: GatewayConfig;
    readonly workers: number;
    readonly checked: CheckedFile;
    readonly originals: ReadonlyMap<string, string>;
    readonly layers: Layers;
    readonly notices: readonly string[];
}
export declare function loadConfig({ file, env, flags }: LoadOptions): LoadedConfig;

// path

export type Path = readonly (string | number)[];
export declare function pathText(path: Path): string;

// read-source

export interface Source {
    readonly value: unknown;
    readonly issues: readonly ConfigIssue[];
    placeOf(path: Path, of?: "value" | "key"): Place;
}

// settings

export interface Setting {
    readonly path: string;
    readonly flag: string;
    readonly variable: string;
    readonly description: string;
    readonly default?: string;
    readonly isTruth: boolean;
}

// shown

export interface ShownValue {
    readonly path: string;
    readonly value: unknown;
    readonly source: string;
}
export declare function shownValues(loaded: LoadedConfig): ShownValue[];
export declare function shownText(loaded: LoadedConfig): string;
export declare function shownTree(loaded: LoadedConfig): unknown;
export declare function sourceText(place: Place | null): string;
