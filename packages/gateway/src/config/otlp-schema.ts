/** Where traces and metrics go, as a file has it. */
import * as z from "zod";
import type { CheckedOtlp } from "./checked-file.ts";
import { baseUrl, headerName, headerValue, number, truth } from "./values.ts";

export const otlp: z.ZodType<CheckedOtlp | false> = z.union([
  z.strictObject({
    url: baseUrl
      .optional()
      .describe("The collector, to which /v1/traces and /v1/metrics are added. Default: as OTEL_… variables say."),
    headers: z
      .record(headerName, headerValue("the value of a header", 1))
      .default({})
      .describe("Sent to the collector, such as a key it wants. Better ${A_VARIABLE} than the key itself."),
    traces: truth.default(true).describe("Whether traces are sent."),
    metrics: truth.default(true).describe("Whether metrics are sent."),
    sampleRatio: number(0, 1)
      .optional()
      .describe("The share of requests that are traced. Default: as OTEL_TRACES_SAMPLER says, or all."),
    continueTraces: truth
      .default(false)
      .describe(
        "Whether a caller's traceparent is taken over: then callers say which trace it is, and what is sampled.",
      ),
  }),
  z.literal(false),
]);
