/**
 * What a gateway runs by: read, checked, completed with defaults, and frozen. Durations are milliseconds by now, secrets are
 * filled in, names are resolved.
 */
import type { PolicyOptions } from "recloser";

/** The wire format a route speaks. There is no translation between them. */
export type WireFormat = "openai" | "anthropic" | "gemini";

export interface GatewayConfig {
  readonly listen: Address;
  /** Health, metrics, dashboard and the admin API; false: none. */
  readonly admin: AdminConfig | false;
  /** Who may ask. Empty: everyone who reaches the listener, which must then be a loopback address. */
  readonly clients: readonly ClientConfig[];
  /** `memory:`, `redis://…`, `rediss://…`. */
  readonly store: { readonly url: string; readonly namespace: string };
  /** The policy of every breaker, and by key or glob. */
  readonly breaker: PolicyOptions;
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  readonly timeouts: TimeLimits;
  readonly retry: RetryConfig;
  readonly limits: Limits;
  readonly targets: Readonly<Record<string, TargetConfig>>;
  /** In order: the first that matches is taken. */
  readonly routes: readonly RouteConfig[];
  readonly log: { readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent"; readonly pretty: boolean };
  /** Traces and metrics by OTLP over HTTP; null: none. */
  readonly otlp: OtlpConfig | null;
  readonly alerts: AlertsConfig;
  /** How long a stopping gateway waits for answers under way. */
  readonly drainMs: number;
}

export interface OtlpConfig {
  /** Of the collector, without `/v1/traces`; null: as the `OTEL_EXPORTER_OTLP_…` variables say. */
  readonly url: string | null;
  /** For the collector; secrets are in them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly traces: boolean;
  readonly metrics: boolean;
  /** In 0..1; null: as the `OTEL_TRACES_SAMPLER` variables say. */
  readonly sampleRatio: number | null;
  /** Whether the caller's `traceparent` is taken over. */
  readonly continueTraces: boolean;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface AdminConfig extends Address {
  /** SHA-256 in hex of each token. Without any the address must be loopback. */
  readonly readOnlyTokens: readonly string[];
  readonly operatorTokens: readonly string[];
  /** Values of `Host` it answers to, beside its own address and localhost. */
  readonly allowedHosts: readonly string[];
}

export interface ClientConfig {
  readonly id: string;
  /** SHA-256 in hex of the key that the client sends as its API key. */
  readonly keySha256: string;
  /** Names of routes it may use; null: all. */
  readonly routes: readonly string[] | null;
  readonly maxInFlight: number | null;
  /** Whether it may send `x-recloser-bypass`. */
  readonly mayBypass: boolean;
  /** Which of its calls are shed first. */
  readonly priority: "interactive" | "batch";
}

export interface TimeLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  /**
   * The same for an answer in one piece, whose headers come with its end: as long as the longest answer takes. Absent: as
   * `headersMs`.
   */
  readonly answerMs?: number;
  readonly firstTokenMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

export interface RetryConfig {
  /** Further tries on the same target. */
  readonly perTarget: number;
  /** Tries of one request over all targets. */
  readonly maxAttempts: number;
  /** Share of recent requests that retries may add, and how many per second they always may. */
  readonly budget: { readonly ratio: number; readonly minPerSecond: number };
}

export interface AlertsConfig {
  /** A circuit that trips again within it is told of once in each. */
  readonly intervalMs: number;
  readonly webhooks: readonly WebhookConfig[];
}

/** Who is told that a circuit tripped or closed. */
export interface WebhookConfig {
  readonly name: string;
  /** Where it is posted to; a secret with most receivers. */
  readonly url: string;
  readonly format: "slack" | "json";
  /** Signs each message; null: none is. */
  readonly secret: string | null;
  /** Globs of the records that it is told of. */
  readonly keys: readonly string[];
  /** Whether it may be at a private, link-local or loopback address, and on `http:`. */
  readonly allowPrivate: boolean;
}

export interface Limits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly connections: number;
  readonly jsonDepth: number;
  /** Bytes of an answer that are held for one client who reads slowly. */
  readonly bufferedBytes: number;
}

export interface TargetConfig {
  readonly name: string;
  readonly format: WireFormat;
  /**
   * Scheme, host, port and the path before the format's own, as the format's official client takes it:
   * `https://api.openai.com/v1`, `https://api.anthropic.com`, `https://generativelanguage.googleapis.com`. `sim:` is the
   * built-in simulated provider, which the gateway starts; the route named `sim` is also reached at `/sim/v1`.
   */
  readonly baseUrl: URL;
  /** The provider's name in breaker keys, such as `openai`. */
  readonly provider: string;
  readonly region: string | null;
  readonly auth: TargetAuth;
  /** The label of its credential in breaker keys; never the secret. */
  readonly credential: string | null;
  /** The model names it is asked by, for those callers use; a glob may stand on the left. */
  readonly models: Readonly<Record<string, string>>;
  /**
   * Replaces the format's path for calls of a model, such as `/openai/deployments/{model}{path}`. `{model}` stands for the
   * target's name of the model, `{path}` for the path it replaces, `{verb}` for what Gemini calls after the colon.
   */
  readonly path: string | null;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] };
  readonly body: {
    readonly set: Readonly<Record<string, unknown>>;
    readonly remove: readonly string[];
    readonly rename: Readonly<Record<string, string>>;
  };
  /** Tokens that fit into it; null: unknown, never skipped for it. */
  readonly maxContext: number | null;
  /** What it can do; null: everything. */
  readonly capabilities: readonly Capability[] | null;
  /** Whether it may be at a private, link-local or loopback address. */
  readonly allowPrivate: boolean;
  /** Whether it is told the trace. Default false. */
  readonly traceContext?: boolean;
  readonly timeouts: Partial<TimeLimits>;
  /** Connections to it at a time. */
  readonly maxConnections: number;
  readonly maxInFlight: number | null;
}

export type Capability = "streaming" | "tools" | "images" | "json-schema" | "audio" | "reasoning" | "embeddings";

export type TargetAuth =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "header"; readonly name: string; readonly value: string }
  | { readonly kind: "query"; readonly name: string; readonly value: string }
  /** The caller's own credential is passed on; only for a route whose targets are all of one provider. */
  | { readonly kind: "caller" }
  | { readonly kind: "none" };

export interface RouteConfig {
  readonly name: string;
  readonly format: WireFormat;
  /** Globs of the model's name; empty: every model. */
  readonly models: readonly string[];
  readonly targets: readonly { readonly target: string; readonly weight: number }[];
  /** In order: the first that can be asked. Weighted: spread by weight among those that can be asked. */
  readonly choice: "in-order" | "weighted";
  readonly stream: "passthrough" | "assured";
  readonly onAllOpen:
    | { readonly kind: "fail" }
    | { readonly kind: "last-resort" }
    | { readonly kind: "cache"; readonly ttlMs: number; readonly maxEntries: number; readonly maxEntryBytes: number }
    | { readonly kind: "queue"; readonly maxWaitMs: number; readonly size: number };
}
