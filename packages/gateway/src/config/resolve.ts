/** From a checked and completed file to what a gateway runs by: durations in milliseconds, nothing left out, frozen. */
import type { CheckedFile, CheckedOnAllOpen, CheckedOtlp, CheckedRoute, CheckedTimeouts } from "./checked-file.ts";
import { type CompletedTarget, completed } from "./completed-target.ts";
import type {
  ClientConfig,
  GatewayConfig,
  OtlpConfig,
  RouteConfig,
  TargetConfig,
  TimeLimits,
  WireFormat,
} from "./config.ts";
import { bytes, milliseconds } from "./values.ts";

export function resolve(file: CheckedFile): GatewayConfig {
  const targets = Object.entries(file.targets ?? {}).map(([name, target]) => completed(name, target));
  return deepFreeze({
    listen: file.listen,
    admin: file.admin,
    clients: file.clients.map(clientOf),
    store: file.store,
    breaker: file.breaker,
    policies: file.policies,
    timeouts: limitsOf(file.timeouts) as TimeLimits,
    retry: file.retry,
    limits: {
      ...file.limits,
      headerBytes: bytes(file.limits.headerBytes),
      bodyBytes: bytes(file.limits.bodyBytes),
      bufferedBytes: bytes(file.limits.bufferedBytes),
    },
    targets: Object.fromEntries(targets.map((target) => [target.name, targetOf(target)])),
    routes: (file.routes ?? []).map((route) => routeOf(route, targets)),
    log: file.log,
    otlp: otlpOf(file.otlp ?? false),
    alerts: {
      intervalMs: milliseconds(file.alerts.interval),
      webhooks: file.alerts.webhooks.map((one) => ({ ...one, secret: one.secret ?? null })),
    },
    drainMs: milliseconds(file.drain),
  });
}

function otlpOf(otlp: CheckedOtlp | false): OtlpConfig | null {
  if (otlp === false || !(otlp.traces || otlp.metrics)) return null;
  return { ...otlp, url: otlp.url ?? null, sampleRatio: otlp.sampleRatio ?? null };
}

function clientOf({
  id,
  keySha256,
  routes,
  maxInFlight,
  mayBypass,
  priority,
}: CheckedFile["clients"][number]): ClientConfig {
  return {
    id,
    keySha256: keySha256.toLowerCase(),
    routes: routes ?? null,
    maxInFlight: maxInFlight ?? null,
    mayBypass,
    priority,
  };
}

const LIMITS = {
  connect: "connectMs",
  headers: "headersMs",
  answer: "answerMs",
  firstToken: "firstTokenMs",
  idle: "idleMs",
  total: "totalMs",
} as const;

function limitsOf(timeouts: {
  readonly [limit in keyof CheckedTimeouts]?: string | number | undefined;
}): Partial<TimeLimits> {
  return Object.fromEntries(
    Object.entries(timeouts).flatMap(([limit, value]) =>
      value === undefined ? [] : [[LIMITS[limit as keyof CheckedTimeouts], milliseconds(value)]],
    ),
  );
}

function targetOf({ name, provider, format, baseUrl, auth, allowPrivate, checked }: CompletedTarget): TargetConfig {
  if (format === null || baseUrl === null || auth === null) throw new Error(`target ${name} was not checked`);
  const hasKey = auth.kind !== "none" && auth.kind !== "caller";
  return {
    name,
    format,
    baseUrl: new URL(baseUrl),
    provider,
    region: checked.region ?? null,
    auth,
    credential: checked.credential ?? (hasKey ? name : null),
    models: checked.models,
    path: checked.path ?? null,
    query: checked.query,
    headers: checked.headers,
    body: checked.body,
    maxContext: checked.maxContext ?? null,
    capabilities: checked.capabilities ?? null,
    allowPrivate,
    traceContext: checked.traceContext,
    timeouts: limitsOf(checked.timeouts),
    maxConnections: checked.maxConnections,
    maxInFlight: checked.maxInFlight ?? null,
  };
}

function routeOf(route: CheckedRoute, targets: readonly CompletedTarget[]): RouteConfig {
  const entries = route.targets.map((entry) =>
    typeof entry === "string" ? { target: entry, weight: 1 } : { target: entry.target, weight: entry.weight ?? 1 },
  );
  return {
    name: route.name,
    format: route.format ?? (targets.find(({ name }) => name === entries[0]?.target)?.format as WireFormat),
    models: route.models,
    targets: entries,
    choice: route.choice,
    stream: route.stream,
    onAllOpen: onAllOpenOf(route.onAllOpen),
  };
}

const CACHE = { kind: "cache", ttlMs: 3_600_000, maxEntries: 1_000, maxEntryBytes: 262_144 } as const;

function onAllOpenOf(choice: CheckedOnAllOpen): RouteConfig["onAllOpen"] {
  if (choice === "cache") return CACHE;
  if (typeof choice === "string") return { kind: choice };
  if ("cache" in choice) {
    const { ttl, maxEntries, maxEntryBytes } = choice.cache;
    return { kind: "cache", ttlMs: milliseconds(ttl), maxEntries, maxEntryBytes: bytes(maxEntryBytes) };
  }
  const { queue } = choice;
  if (typeof queue !== "object") return { kind: "queue", maxWaitMs: milliseconds(queue), size: 100 };
  return { kind: "queue", maxWaitMs: milliseconds(queue.maxWait), size: queue.size };
}

// A URL has no fields of its own to freeze.
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || value instanceof URL) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
