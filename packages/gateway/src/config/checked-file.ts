/** A configuration file whose shape is right, with defaults filled in and still in the words of the file. */
import type { PolicyOptions } from "recloser";
import type { Capability, ClientConfig, GatewayConfig, RouteConfig, WebhookConfig, WireFormat } from "./config.ts";

/** `"20s"`, or milliseconds. */
export type DurationText = string | number;
/** `"32MiB"`, or bytes. */
export type SizeText = string | number;

export interface CheckedFile {
  readonly $schema?: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly admin: CheckedAdmin | false;
  readonly workers: number;
  readonly clients: readonly CheckedClient[];
  readonly store: { readonly url: string; readonly namespace: string };
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

export type CheckedAuth =
  | "none"
  | "caller"
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "header" | "query"; readonly name: string; readonly value: string };

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
  readonly headers: { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] };
  readonly body: {
    readonly set: Readonly<Record<string, unknown>>;
    readonly remove: readonly string[];
    readonly rename: Readonly<Record<string, string>>;
  };
  readonly maxContext?: number | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly traceContext: boolean;
  readonly timeouts: { readonly [limit in keyof CheckedTimeouts]?: DurationText | undefined };
  readonly maxConnections: number;
  readonly maxInFlight?: number | undefined;
}

export interface CheckedRoute {
  readonly name: string;
  readonly format?: WireFormat | undefined;
  readonly models: readonly string[];
  readonly targets: readonly (string | { readonly target: string; readonly weight?: number | undefined })[];
  readonly choice: RouteConfig["choice"];
  readonly stream: RouteConfig["stream"];
  readonly onAllOpen: CheckedOnAllOpen;
}

export type CheckedOnAllOpen =
  | "fail"
  | "last-resort"
  | "cache"
  | { readonly cache: { readonly ttl: DurationText; readonly maxEntries: number; readonly maxEntryBytes: SizeText } }
  | { readonly queue: DurationText | { readonly maxWait: DurationText; readonly size: number } };
