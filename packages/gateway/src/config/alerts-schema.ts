/** Where alerts go, as a file has it. */
import * as z from "zod";
import type { CheckedAlerts, CheckedWebhook } from "./checked-file.ts";
import { duration, glob, name, text, truth } from "./values.ts";

const webhookUrl = z
  .string({ error: "a URL that begins with https://" })
  .refine((value) => URL.canParse(value) && /^https?:\/\/[^/?#]/i.test(value) && !/[\s\\#]/.test(value), {
    error: "a URL that begins with https://, without spaces and without a fragment",
    abort: true,
  })
  .refine((value) => !/^https?:\/\/[^/?]*@/i.test(value), { error: "a URL without user and password" });

export const webhook: z.ZodType<CheckedWebhook> = z.strictObject({
  name: name.describe("Its name in logs."),
  url: webhookUrl.describe("Where alerts are posted to. It opens the channel to whoever knows it: ${A_VARIABLE}."),
  format: z
    .enum(["slack", "json"])
    .default("slack")
    .describe("slack: { text, blocks }, as Slack and Mattermost take it; json: every field, for programs."),
  secret: text
    .min(16, { error: "a secret of at least 16 characters" })
    .optional()
    .describe("Signs each message by HMAC-SHA-256 in recloser-signature: ${A_VARIABLE}. Default: not signed."),
  keys: z.array(glob).default(["*"]).describe('Of which records, such as "openai:*".'),
  allowPrivate: truth
    .default(false)
    .describe("Whether it may be at a private, link-local or loopback address, and on http://."),
});

export const alerts: z.ZodType<CheckedAlerts> = z.strictObject({
  interval: duration
    .default("5m")
    .describe("A circuit that trips again within it is told once in each, with the count."),
  webhooks: z.array(webhook).default([]).describe("Who is told that a circuit tripped or closed."),
});
