/** A route as a file has it: which requests go where. */
import * as z from "zod";
import type { CheckedRoute } from "./checked-file.ts";
import { format } from "./target-schema.ts";
import { count, duration, glob, name, size } from "./values.ts";

const onAllOpen = z.union([
  z.enum(["fail", "last-resort", "cache"]),
  z.strictObject({
    cache: z
      .strictObject({
        ttl: duration.default("1h").describe("How old an answer may be."),
        maxEntries: count(1, 1_000_000).default(1_000).describe("Answers that are kept."),
        maxEntryBytes: size(1, 67_108_864).default("256KiB").describe("The largest that is."),
      })
      .describe("The last good answer to the same request, marked as stale."),
  }),
  z.strictObject({
    queue: z
      .union([
        duration,
        z.strictObject({
          maxWait: duration.default("10s").describe("How long a request waits."),
          size: count(1, 100_000).default(100).describe("Requests that wait."),
        }),
      ])
      .describe("Waits for a target, so long at most."),
  }),
]);

export const route: z.ZodType<CheckedRoute> = z.strictObject({
  name: name.describe("Its name in logs, and in /r/{name}/… which forces it."),
  format: format.optional().describe("The wire format of its requests. Default: that of its targets."),
  models: z.array(glob).default([]).describe("Globs of the model's name. Default: every model."),
  targets: z
    .array(
      z.union([
        name,
        z.strictObject({
          target: name.describe("The name of a target."),
          weight: z
            .number({ error: "a number above 0" })
            .gt(0, { error: "a number above 0" })
            .max(1_000_000, { error: "a number up to 1000000" })
            .optional()
            .describe("Its share, with choice: weighted. Default 1."),
        }),
      ]),
      { error: "a list of targets" },
    )
    .min(1, { error: "at least one target" })
    .describe("Names of targets."),
  choice: z
    .enum(["in-order", "weighted"])
    .default("in-order")
    .describe("in-order: the first that can be asked. weighted: spread by weight among those."),
  stream: z
    .enum(["passthrough", "assured"])
    .default("passthrough")
    .describe(
      "passthrough: events as they come. assured: the whole answer is held, and begun anew elsewhere if it breaks.",
    ),
  onAllOpen: onAllOpen.default("fail").describe("What callers get while no target can be asked."),
});
