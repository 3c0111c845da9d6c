/** What a gateway says once it listens: where, for whom it asks, and how a program is pointed at it. */
import type { GatewayConfig, LoadedConfig, TargetConfig } from "@recloser/gateway/config";

export interface Listening {
  readonly url: string;
  /** Null: there is no admin listener. */
  readonly adminUrl: string | null;
}

/** Lines for people. */
export function announcementOf(
  loaded: LoadedConfig,
  keySources: ReadonlyMap<string, string>,
  { url, adminUrl }: Listening,
): string {
  const { config } = loaded;
  const real = Object.values(config.targets).filter(({ name }) => name !== SIMULATED);
  const lines = [
    `listening on ${url}${config.clients.length > 0 ? ` for ${config.clients.length} clients` : ""}, circuits in ${storeText(config)}`,
    ...(adminUrl === null ? [] : [`dashboard on ${adminUrl}/ and beside it /healthz /readyz /metrics /sim /api/v1`]),
    ...section(
      "targets",
      real.map((target) => targetText(target, keySources.get(target.name))),
    ),
    ...section("point a program at it", pointers(config, url)),
    ...section("have an outage, and see the circuit", switches(config, adminUrl)),
    ...section("missing", missing(real)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for programs, on one line. */
export function announcementJson(
  { config }: LoadedConfig,
  keySources: ReadonlyMap<string, string>,
  { url, adminUrl }: Listening,
): string {
  const targets = Object.values(config.targets).map(({ name, provider, format, baseUrl }) => ({
    name,
    provider,
    format,
    baseUrl: baseUrl.href,
    keyFrom: keySources.get(name) ?? null,
  }));
  return JSON.stringify({ type: "listening", url, adminUrl, targets, routes: config.routes.map(({ name }) => name) });
}

const SIMULATED = "sim";

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function targetText({ name, provider, format, baseUrl, auth }: TargetConfig, keySource: string | undefined): string {
  const key =
    auth.kind === "none"
      ? "no key"
      : auth.kind === "caller"
        ? "the caller's own key"
        : `key from ${keySource ?? "the configuration"}`;
  const by = provider === name ? "" : ` (${provider})`;
  // The simulated one is nowhere but in the gateway.
  const where = baseUrl.host === "" ? "in this process" : baseUrl.host;
  return `${name}${by}  ${format} format, ${where}, ${key}`;
}

function storeText({ store }: GatewayConfig): string {
  if (store.url === "memory:") return "this process's memory";
  const { protocol, host } = new URL(store.url);
  return `${protocol}//${host}`;
}

const POINTERS = {
  openai: (url: string) => `export OPENAI_BASE_URL=${url}/v1`,
  anthropic: (url: string) => `export ANTHROPIC_BASE_URL=${url}/anthropic`,
  gemini: (url: string) => `export GOOGLE_GEMINI_BASE_URL=${url}/gemini`,
} as const;

function pointers({ routes, targets }: GatewayConfig, url: string): string[] {
  const formats = new Set(routes.filter(({ name }) => name !== SIMULATED).map(({ format }) => format));
  const lines = [...formats].map((format) => POINTERS[format](url));
  const simulated = `export OPENAI_BASE_URL=${url}/sim/v1`;
  return SIMULATED in targets ? [...lines, `${simulated}  # a simulated provider, no key needed`] : lines;
}

// Whoever has tokens knows what they are for.
function switches({ targets, admin }: GatewayConfig, adminUrl: string | null): string[] {
  if (!(SIMULATED in targets) || adminUrl === null || admin === false || admin.operatorTokens.length > 0) return [];
  const fault = `${adminUrl}/sim/${SIMULATED}/fault`;
  return [
    `curl -X PUT -H 'recloser-csrf: 1' -d '{"kind":"status","status":503}' ${fault}  # null ends it`,
    `curl ${adminUrl}/api/v1/breakers    # or look at ${adminUrl}/`,
  ];
}

function missing(real: readonly TargetConfig[]): string[] {
  return real.length > 0
    ? []
    : ["a provider: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or name targets in a file (--config)"];
}
