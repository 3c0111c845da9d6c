/** The policy of a breaker as a file has it. Its ranges are the library's to check: here stand names, types and meanings. */
import type { PolicyOptions } from "recloser";
import * as z from "zod";

const duration = z.union([z.number(), z.templateLiteral([z.number(), z.enum(["ms", "s", "m", "h"])])]);
const off = z.literal(false);

/** Options of the library that a file cannot have, and what to do instead. */
export const NOT_IN_A_FILE: Readonly<Record<string, string>> = {
  timeouts: "no such field here: timeouts stand at the top, or in a target",
  probeWith: "no such field in a file: a function is given in code",
  classify: "no such field in a file: a function is given in code",
};

export const policy: z.ZodType<PolicyOptions, Record<string, unknown>> = z
  .strictObject({
    window: z
      .union([duration, z.strictObject({ calls: z.int().describe("The last so many calls. Required.") })])
      .describe('How far back outcomes count, or the last { calls } in this process. Default "30s".'),
    minimumCalls: z.int().describe("The rate rules look only at this many calls or more. Default 20."),
    failureRate: z.union([z.number(), off]).describe("Trips at failures / calls of this or more. Default 0.9."),
    failureThreshold: z
      .union([z.int(), off])
      .describe("Trips at this many failures in the window, whatever the rate. Default false."),
    consecutiveFailures: z.union([z.int(), off]).describe("Trips at this many failures in a row. Default 18."),
    slowCall: z
      .union([
        z.strictObject({
          after: duration.describe("From when on a call is slow. Required."),
          rate: z.number().describe("The share of slow calls. Required."),
        }),
        off,
      ])
      .describe("Trips when this share of calls took longer than that. Default false."),
    silence: z
      .union([duration, off])
      .describe(
        'A call that has shown nothing for this long is a failure. Default "20s", or twice the longest wait seen.',
      ),
    cooldown: z
      .strictObject({
        initial: duration.describe('The first one. Default "5s".'),
        factor: z.number().describe("Growth with each failed probe. Default 2."),
        max: duration.describe('The longest. Default "60s".'),
        jitter: z.number().describe("Lengthened by up to this share. Default 0.2."),
      })
      .partial()
      .describe("The open period."),
    probe: z
      .strictObject({
        successes: z.int().describe("Successes in a row that close the circuit. Default 1."),
        lease: duration.describe('How long a probe is one replica\'s. Default "10s".'),
        timeout: duration.describe('What it has until its first byte. Default "30s".'),
        settleOn: z
          .enum(["first-token", "complete"])
          .describe('When a stream has proved itself. Default "first-token".'),
      })
      .partial()
      .describe("The one call that finds out whether the provider is back."),
    ramp: z
      .union([z.strictObject({ from: z.int().describe("The first limit. Default 2.") }).partial(), off])
      .describe("After closing, calls in flight are limited to so many, doubled by each success."),
    hold: z
      .strictObject({
        initial: duration.describe('The first one. Default "1s".'),
        factor: z.number().describe("Growth with each in a row. Default 2."),
        max: duration.describe('The longest. Default "60s".'),
      })
      .partial()
      .describe("How long a rate limit, a quota or a refused key holds without a hint of the provider."),
    pace: z.boolean().describe("A 429 among successes lowers the rate instead of stopping everyone. Default true."),
    shed: z
      .strictObject({
        maxInFlight: z.int().describe("Calls in flight per process and breaker. Default: no limit."),
        batchShare: z
          .number()
          .describe("What of maxInFlight, and of a paced rate, calls of priority batch may take, 0 to 1. Default 0.8."),
        queue: z
          .union([
            z.literal(false),
            z.strictObject({
              size: z.int().describe("How many may wait."),
              maxWait: duration.describe("How long each waits at most."),
            }),
          ])
          .describe("Calls wait for a slot, a ramp or a rate instead of being refused. Default false."),
        adaptive: z
          .union([
            z.boolean(),
            z.strictObject({ k: z.number().describe("From 1 − 1/k of failures on. Default 2.") }).partial(),
          ])
          .describe("Refuses a share of the calls while most of them fail. Default true."),
      })
      .partial()
      .describe("What is refused while no circuit is open."),
    onTrip: z
      .enum(["abort-silent", "let-run"])
      .describe('Calls that have shown nothing on a trip. Default "abort-silent".'),
    mode: z.enum(["enforce", "observe", "off"]).describe('"observe" never rejects. Default "enforce".'),
  })
  .partial();
