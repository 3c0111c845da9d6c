/** The configuration as users write it. Each field says what it is and what it defaults to: from here come the published JSON
 * Schema, the table of the reference and the list of settings that have a variable and a flag. */
import * as z from "zod";
import type { CheckedClient, CheckedFile } from "./checked-file.ts";
import { alerts } from "./alerts-schema.ts";
import { otlp } from "./otlp-schema.ts";
import { policy } from "./policy-schema.ts";
import { route } from "./route-schema.ts";
import { target } from "./target-schema.ts";
import { count, duration, glob, name, number, port, sha256, size, text, truth } from "./values.ts";

const host = text.regex(/^[\w.:%-]{1,255}$/, { error: "a host name or an address, without a port" });

const listen = z.strictObject({
  host: host.default("127.0.0.1").describe("The address of the data port. Off loopback, clients are needed."),
  port: port.default(8787).describe("0 takes a free one."),
});

const admin = z.union([
  z.strictObject({
    host: host.default("127.0.0.1").describe("The address of the admin port. Off loopback, tokens are needed."),
    port: port.default(8788).describe("0 takes a free one."),
    readOnlyTokens: z.array(sha256).default([]).describe("SHA-256 of each token that may look."),
    operatorTokens: z.array(sha256).default([]).describe("SHA-256 of each token that may act."),
    allowedHosts: z.array(text).default([]).describe("Further values of the Host header that it answers to."),
  }),
  z.literal(false),
]);

const client = z.strictObject({
  id: name.describe("Its name in logs and metrics."),
  keySha256: sha256.describe('SHA-256 of the key it sends as its API key: printf %s "$KEY" | sha256sum'),
  routes: z.array(name).optional().describe("Routes it may use. Default: all."),
  maxInFlight: count(1, 1_000_000).optional().describe("Its requests at a time, over all workers. Default: no limit."),
  mayBypass: truth.default(false).describe("Whether it may send x-recloser-bypass."),
  priority: z.enum(["interactive", "batch"]).default("interactive").describe("Whose calls are shed last, and first."),
});

const timeouts = z.strictObject({
  connect: duration.default("5s").describe("To a connection, TLS included."),
  headers: duration.default("30s").describe("To the head of the answer."),
  answer: duration
    .optional()
    .describe("The same for an answer in one piece, whose head comes with its end. Default: as headers."),
  firstToken: duration.default("30s").describe("To the first content of a stream."),
  idle: duration.default("20s").describe("Between two events of a stream."),
  total: duration.default("10m").describe("To the end of the answer, further tries included."),
});

const retry = z.strictObject({
  perTarget: count(0, 10).default(1).describe("Further tries on the same target."),
  maxAttempts: count(1, 20).default(3).describe("Tries of one request over all targets."),
  budget: z
    .strictObject({
      ratio: number(0, 1).default(0.2).describe("Share of recent requests that retries may add."),
      minPerSecond: number(0, 10_000).default(1).describe("Retries per second that are always allowed."),
    })
    .prefault({})
    .describe("What retries may add to a provider's load."),
});

const limits = z.strictObject({
  headerBytes: size(1_024, 1_048_576).default("32KiB").describe("The largest head of a request."),
  bodyBytes: size(1, 536_870_912).default("32MiB").describe("The largest body of a request."),
  connections: count(1, 1_000_000).default(10_000).describe("Connections of callers at a time."),
  jsonDepth: count(1, 1_000).default(64).describe("How deep a request's JSON may be."),
  bufferedBytes: size(65_536, 67_108_864)
    .default("1MiB")
    .describe("Bytes of an answer that are held for a client who reads slowly."),
});

const workers = count(1, 64);
const store = z.strictObject({
  url: text.default("memory:").describe("memory:, redis://…, rediss://… (TLS) or postgres://…."),
  namespace: name.default("recloser").describe("Keeps two applications in one store apart."),
});

export const file: z.ZodType<CheckedFile> = z.strictObject({
  $schema: z.string().optional().describe("Where an editor finds this schema. The gateway does not read it."),
  listen: listen.prefault({}).describe("The data port, which callers are pointed at."),
  admin: admin.prefault({}).describe("Health, metrics, dashboard and admin API; false: none."),
  workers: workers.default(1).describe("Processes that share the port. More than one need a shared store."),
  clients: z
    .array(client)
    .default([])
    .describe("Who may ask. Without any: everyone who reaches the port, which must then be on loopback."),
  store: store.prefault({}).describe("Where the circuits of all replicas meet."),
  breaker: policy.default({}).describe("The policy of every breaker."),
  policies: z.record(glob, policy).default({}).describe('What differs, by breaker key or glob, such as "openai:*".'),
  timeouts: timeouts.prefault({}).describe("Time limits of each request."),
  retry: retry.prefault({}).describe("Further tries, before anything of an answer was passed on."),
  limits: limits.prefault({}).describe("What one caller can take."),
  targets: z
    .record(name, target)
    .optional()
    .describe("Providers by name. Default: those whose API key is in the environment."),
  routes: z
    .array(route)
    .optional()
    .describe(
      "Tried in order, the first that matches is taken. Default: one for each format, over its targets in order.",
    ),
  log: z
    .strictObject({
      level: z
        .enum(["trace", "debug", "info", "warn", "error", "silent"])
        .default("info")
        .describe("The least that is logged."),
      pretty: truth.default(false).describe("Lines for people instead of JSON."),
    })
    .prefault({})
    .describe("What is logged, on stdout."),
  otlp: otlp
    .optional()
    .describe(
      "Traces and metrics by OTLP over HTTP; false: none, whatever OTEL_… variables say. Default: where those say, or none.",
    ),
  alerts: alerts.prefault({}).describe("Messages about circuits that trip and close, to people who are not looking."),
  drain: duration.default("30s").describe("How long a stopping gateway waits for answers under way."),
});

/** Parts of it with a shape of their own. Each is as the file has it, missing or not. */
export const parts: {
  readonly listen: z.ZodType<CheckedFile["listen"]>;
  readonly admin: z.ZodType<CheckedFile["admin"]>;
  readonly workers: z.ZodType<number>;
  readonly store: z.ZodType<CheckedFile["store"]>;
  readonly client: z.ZodType<CheckedClient>;
} = {
  listen: listen.prefault({}),
  admin: admin.prefault({}),
  workers: workers.default(1),
  store: store.prefault({}),
  client,
};
