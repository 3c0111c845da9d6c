/** A target as a file has it: where a provider is, and how it is asked. */
import * as z from "zod";
import type { CheckedTarget } from "./checked-file.ts";
import type { WireFormat } from "./config.ts";
import { baseUrl, count, duration, glob, headerName, headerValue, name, text, truth } from "./values.ts";

export const format: z.ZodType<WireFormat> = z.enum(["openai", "anthropic", "gemini"]);

// What belongs to a connection or to the message itself (RFC 9110, section 7.6.1), or says whose request it is.
const OURS = new Set(
  "connection content-length content-encoding expect host http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
);
const settableHeader = headerName.refine((header) => !OURS.has(header.toLowerCase()), {
  error: "a header that the gateway does not set itself",
});

const auth = z.union([
  z.enum(["none", "caller"]),
  z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("bearer").describe("Where the provider wants it."),
      token: headerValue("a token", 1).describe("Sent as Authorization: Bearer."),
    }),
    z.strictObject({
      kind: z.literal("header").describe("Where the provider wants it."),
      name: settableHeader.describe("The name of the header."),
      value: headerValue("a value", 1).describe("Its value."),
    }),
    z.strictObject({
      kind: z.literal("query").describe("Where the provider wants it."),
      name: text.describe("The name of the query parameter."),
      value: text.describe("Its value."),
    }),
  ]),
]);

const path = z
  .string({ error: "a path that begins with /" })
  .regex(/^\/(?!\/)[!$&'()*+,;=:@%\w.~/{}-]*$/, { error: "a path that begins with one /, without a query" })
  .refine((value) => !/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|\/\/|%2f|%5c/i.test(value), {
    error: "a path without .., // and encoded slashes",
  })
  .refine((value) => !/[{}]/.test(value.replaceAll(/\{(?:model|path|verb)\}/g, "")), {
    error: "no placeholders but {model}, {path} and {verb}",
  });

const memberName = z.string().regex(/^(?!__proto__$|constructor$|prototype$)[^\p{Cc}]{1,128}$/u, {
  error: "the name of a member of the request's body",
});

/** Time limits without defaults: as they are written. */
export const timeouts: z.ZodType<CheckedTarget["timeouts"]> = z
  .strictObject({
    connect: duration.describe("To a connection, TLS included."),
    headers: duration.describe("To the head of the answer."),
    answer: duration.describe("The same for an answer in one piece, whose head comes with its end."),
    firstToken: duration.describe("To the first content of a stream."),
    idle: duration.describe("Between two events of a stream."),
    total: duration.describe("To the end of the answer."),
  })
  .partial();

export const target: z.ZodType<CheckedTarget> = z.strictObject({
  provider: name
    .optional()
    .describe(
      "Its name in breaker keys. Known: openai, anthropic, gemini, groq, mistral, openrouter and ollama, which bring format and baseUrl. Default: the target's name.",
    ),
  format: format.optional().describe("The wire format it speaks. Needed unless the provider is known."),
  baseUrl: baseUrl
    .optional()
    .describe(
      "What its SDK takes as base URL, such as https://api.openai.com/v1. Needed unless the provider is known.",
    ),
  key: headerValue("a key", 1)
    .optional()
    .describe("Its API key, sent as its format has it. Better ${A_VARIABLE} than the key itself."),
  auth: auth
    .optional()
    .describe(
      'Instead of key: { kind: bearer | header | query, … }, "caller" (the caller\'s own credential is passed on) or "none".',
    ),
  credential: name
    .optional()
    .describe("The label of its credential in breaker keys. Default: the target's name where it has a key."),
  region: name.optional().describe("Where it is, in breaker keys."),
  models: z
    .record(glob, text)
    .default({})
    .describe(
      "Model names it is asked by, for those that callers use: { gpt-5: my-deployment }. A glob may stand on the left.",
    ),
  path: path
    .optional()
    .describe(
      "Instead of the format's path for calls of a model, after baseUrl. {model} stands for the model, {path} for the path it replaces, {verb} for what Gemini calls after the colon.",
    ),
  query: z
    .record(text, z.string({ error: "a text" }))
    .default({})
    .describe("Added to the query of each request."),
  headers: z
    .strictObject({
      set: z.record(settableHeader, headerValue("the value of a header")).default({}).describe("Set on each request."),
      remove: z.array(headerName).default([]).describe("Taken from each request."),
    })
    .prefault({})
    .describe("Headers that differ."),
  body: z
    .strictObject({
      set: z.record(memberName, z.unknown()).default({}).describe("Members of the body that are set."),
      remove: z.array(memberName).default([]).describe("Members that are taken out."),
      rename: z.record(memberName, memberName).default({}).describe("Members that have another name here."),
    })
    .prefault({})
    .describe("How the request's body differs. Without any it is forwarded byte for byte."),
  maxContext: count(1, 100_000_000)
    .optional()
    .describe("Tokens that fit; a longer request skips it. Default: unknown, never skipped for it."),
  capabilities: z
    .array(z.enum(["streaming", "tools", "images", "json-schema", "audio", "reasoning", "embeddings"]))
    .optional()
    .describe("What it can do; a request that needs something else skips it. Default: everything."),
  allowPrivate: truth
    .optional()
    .describe("Whether it may be at a private, link-local or loopback address. Default false (true for ollama)."),
  traceContext: truth
    .default(false)
    .describe("Whether it is told the trace (traceparent), where otlp sends traces. For servers of your own."),
  timeouts: timeouts.default({}).describe("Where they differ from the gateway's."),
  maxConnections: count(1, 65_535).default(256).describe("Connections to it at a time from each worker."),
  maxInFlight: count(1, 1_000_000)
    .optional()
    .describe("Requests to it at a time from each worker; more go to the next target. Default: no limit."),
});
