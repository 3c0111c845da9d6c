/** A gateway's configuration for tests: what is not said is as a user's file that does not say it. */
import type { GatewayConfig, RouteConfig, TargetConfig } from "../../packages/gateway/src/config/config.ts";

export function target(name: string, baseUrl: string, other: Partial<TargetConfig> = {}): TargetConfig {
  return {
    name,
    format: "openai",
    baseUrl: new URL(baseUrl),
    provider: name,
    region: null,
    auth: { kind: "bearer", token: `secret-of-${name}` },
    credential: "main",
    models: {},
    path: null,
    query: {},
    headers: { set: {}, remove: [] },
    body: { set: {}, remove: [], rename: {} },
    maxContext: null,
    capabilities: null,
    allowPrivate: true,
    timeouts: {},
    maxConnections: 128,
    maxInFlight: null,
    ...other,
  };
}

export function route(name: string, targets: readonly string[], other: Partial<RouteConfig> = {}): RouteConfig {
  return {
    name,
    format: "openai",
    models: [],
    targets: targets.map((one) => ({ target: one, weight: 1 })),
    choice: "in-order",
    stream: "passthrough",
    onAllOpen: { kind: "fail" },
    ...other,
  };
}

export type Given = Omit<Partial<GatewayConfig>, "targets" | "timeouts" | "limits" | "retry"> & {
  readonly targets: readonly TargetConfig[];
  readonly timeouts?: Partial<GatewayConfig["timeouts"]>;
  readonly limits?: Partial<GatewayConfig["limits"]>;
  readonly retry?: Partial<GatewayConfig["retry"]>;
};

/** Without routes: one with all targets in order, named `main`. */
export function gatewayConfig({ targets, timeouts, limits, retry, ...other }: Given): GatewayConfig {
  return {
    listen: { host: "127.0.0.1", port: 0 },
    admin: false,
    clients: [],
    store: { url: "memory:", namespace: "recloser" },
    breaker: {},
    policies: {},
    targets: Object.fromEntries(targets.map((one) => [one.name, one])),
    routes: [
      route(
        "main",
        targets.map(({ name }) => name),
      ),
    ],
    log: { level: "silent", pretty: false },
    otlp: null,
    alerts: { intervalMs: 300_000, webhooks: [] },
    drainMs: 5_000,
    timeouts: {
      connectMs: 5_000,
      headersMs: 30_000,
      firstTokenMs: 30_000,
      idleMs: 20_000,
      totalMs: 600_000,
      ...timeouts,
    },
    limits: {
      headerBytes: 32_768,
      bodyBytes: 33_554_432,
      connections: 10_000,
      jsonDepth: 64,
      bufferedBytes: 1_048_576,
      ...limits,
    },
    retry: { perTarget: 1, maxAttempts: 3, budget: { ratio: 0.2, minPerSecond: 1 }, ...retry },
    ...other,
  };
}
