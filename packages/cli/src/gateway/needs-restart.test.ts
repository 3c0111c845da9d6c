import type { GatewayConfig } from "@recloser/gateway/config";
import { loadConfig } from "@recloser/gateway/config";
import { expect, test } from "vitest";
import { needsRestart } from "./needs-restart.ts";

function running(text: string): { config: GatewayConfig; workers: number } {
  return loadConfig({ file: { name: "a.yaml", bytes: Buffer.from(text) }, env: {} });
}

const BEFORE = running(
  "breaker: { cooldown: { initial: 5s }, minimumCalls: 5 }\npolicies: { 'openai:*': { silence: 30s } }",
);

test.each([
  [
    "nothing that differs",
    "breaker: { cooldown: { initial: 5s }, minimumCalls: 5 }\npolicies: { 'openai:*': { silence: 30s } }",
    [],
  ],
  [
    "targets, routes, clients, time limits, retries and other policies",
    `breaker: { cooldown: { initial: 9s, max: 90s }, minimumCalls: 6 }
policies: { 'openai:*': { silence: 40s }, 'groq:*': { silence: 9s } }
targets: { openai: { key: x } }
clients: [{ id: a, keySha256: ${"a".repeat(64)} }]
timeouts: { total: 5m }
retry: { maxAttempts: 2 }
drain: 5s`,
    [],
  ],
  [
    "a policy option that was taken out",
    "breaker: { cooldown: { max: 60s }, minimumCalls: 5 }",
    ["breaker.cooldown.initial (taken out)", "policies.openai:* (taken out)"],
  ],
  [
    "sockets, store and the rest that is made once",
    `listen: { port: 1 }
admin: false
store: { url: "redis://h" }
limits: { jsonDepth: 5 }
log: { level: debug }
otlp: { url: "http://h" }
workers: 2
breaker: { cooldown: { initial: 5s }, minimumCalls: 5 }
policies: { 'openai:*': { silence: 30s } }`,
    ["listen", "admin", "store", "limits", "log", "otlp", "workers"],
  ],
])("%s", (_, text, expected) => expect(needsRestart(BEFORE, running(text))).toEqual(expected));
