/** The text of a new configuration: what is set, and beside it, commented out, what is often set next. */
import { KEY_VARIABLES, type Wishes } from "./wishes.ts";

/** @param withExamples whether what is commented out is in force: for a test that it would be right */
export function template(wishes: Wishes, file: string, withExamples = false): string {
  const example = (text: string): string => (withExamples ? text : text.replaceAll(/^(?=.)/gm, "# "));
  const { providers, storeUrl, namespace, port, adminPort } = wishes;
  return `${head(file)}
listen:
  # The data port. ${pointer(providers, port)}
  # Off loopback (0.0.0.0) clients are needed, below.
  host: 127.0.0.1
  port: ${port}

admin:
  # Dashboard, metrics, health, and recloser status --server http://127.0.0.1:${adminPort}
  # Off loopback tokens are needed: printf %s "$TOKEN" | sha256sum
  host: 127.0.0.1
  port: ${adminPort}
${example(TOKENS)}
store:
  # memory: is each process by itself. All replicas share what they find by redis://host:6379, rediss://… or postgres://host/db.
  url: ${quoted(storeUrl)}
  # Keeps two applications in one store apart.
  namespace: ${quoted(namespace)}

targets:
  # Providers by name. Known are ${[...KEY_VARIABLES.keys()].join(", ")};
  # others need provider, format and baseUrl.
${providers.map(target).join("")}
# Which models go where, and what comes next when a circuit is open. Without routes: all targets of a format, in their order.
${example(routes(providers[0] ?? "openai"))}
# When a circuit opens, for all breakers; by key or glob under policies.
${example(BREAKER)}
# Time limits of each request.
${example(TIMEOUTS)}
# Who may ask. Without any: everyone who reaches the port.
${example(CLIENTS)}`;
}

function head(file: string): string {
  return `# The gateway's configuration, made by recloser init.
#   recloser config validate ${file}    every fault, with its line
#   recloser serve --config ${file}     starts it; SIGHUP reads the file again
#   recloser config schema > recloser.schema.json    for editors, which complete by it
# \${NAME} is an environment variable: no secret stands here, and the file can be committed.
# Every field: docs/reference/gateway-config.md
`;
}

const TOKENS = `  operatorTokens: ["\${RECLOSER_OPERATOR_TOKEN_SHA256}"]
  readOnlyTokens: ["\${RECLOSER_READ_TOKEN_SHA256}"]
`;

function routes(provider: string): string {
  return `routes:
  - name: chat
    models: ["*"]
    targets: [${targetName(provider)}]
    # Held back whole, and begun anew elsewhere if it breaks; passthrough: as it comes.
    stream: assured
    # While no target can be asked: fail, last-resort, cache, or wait so long.
    onAllOpen: { queue: 5s }
`;
}

const BREAKER = `breaker:
  # Among so many calls in this window …
  minimumCalls: 20
  window: 30s
  # … this share fails; or so many in a row, over any time.
  failureRate: 0.9
  consecutiveFailures: 18
  # Then no call for this long, longer after each probe that fails.
  cooldown: { initial: 5s, max: 60s }
policies:
  "openai:*": { failureRate: 0.5 }
`;

const TIMEOUTS = `timeouts:
  headers: 30s
  firstToken: 30s
  idle: 20s
  total: 10m
`;

const CLIENTS = `clients:
  - id: app
    # printf %s "$KEY" | sha256sum
    keySha256: \${RECLOSER_APP_KEY_SHA256}
`;

/** Variables that a configuration names, and that must be set before it is used. */
export function variablesIn(text: string): readonly string[] {
  const uncommented = text.replaceAll(/^\s*#.*$/gm, "");
  return [...new Set([...uncommented.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].map(([, name]) => name as string))];
}

// The simulated one has a path of its own, by this name.
function targetName(provider: string): string {
  return provider === "simulated" ? "sim" : provider;
}

function target(provider: string): string {
  const key = KEY_VARIABLES.get(provider) ?? null;
  if (provider === "simulated")
    return "  # Played by the gateway itself, with faults to be switched on: /sim of the admin port.\n  sim: { provider: simulated }\n";
  return key === null ? `  ${provider}: {}\n` : `  ${provider}:\n    key: \${${key}}\n`;
}

const POINTERS: readonly (readonly [provider: string, variable: string, path: string])[] = [
  ["anthropic", "ANTHROPIC_BASE_URL", "/anthropic"],
  ["gemini", "GOOGLE_GEMINI_BASE_URL", "/gemini"],
];

function pointer(providers: readonly string[], port: number): string {
  const url = `http://127.0.0.1:${port}`;
  const found = POINTERS.filter(([provider]) => providers.includes(provider));
  const others = providers.some((name) => !found.some(([provider]) => provider === name));
  const all = [
    ...(others ? [`OPENAI_BASE_URL=${url}/v1`] : []),
    ...found.map(([, name, path]) => `${name}=${url}${path}`),
  ];
  return `Point programs at it: ${all.join(" ")}`;
}

// As YAML takes any text.
function quoted(text: string): string {
  return JSON.stringify(text);
}
