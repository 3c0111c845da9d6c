// Public API of "@recloser/gateway", made by `npm run api` and compared in CI.

// uses recloser
export {
  GatewayConfig,
};

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
    readonly otlp: {
        readonly url: string;
    } | null;
    readonly drainMs: number;
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
