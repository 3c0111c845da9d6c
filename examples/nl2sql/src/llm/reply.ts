/** What a model may answer, and what is made of an answer that is not that. */
import { z } from "zod";

const sqlReply = z.strictObject({
  sql: z.string().min(1),
  tables: z.array(z.string()).default([]),
  assumptions: z.array(z.string()).default([]),
});
const unclearReply = z.strictObject({ ambiguous: z.string().min(1), readings: z.array(z.string()).min(2).max(5) });
const unknownReply = z.strictObject({ unknown: z.string().min(1) });
const reply = z.union([sqlReply, unclearReply, unknownReply]);

/** A statement, a question back, or that the tables do not say. */
export type Reply = z.infer<typeof reply>;
export type SqlReply = z.infer<typeof sqlReply>;

/**
 * The provider has answered, and what came is no answer. It counts as the provider's failure: a model that is overloaded or
 * changed under its name often shows it first by this. What came is not kept here; an error must not carry an answer.
 */
export class InvalidReplyError extends Error {
  override readonly name = "InvalidReplyError";
}

/** @throws InvalidReplyError */
export function readReply(text: string): Reply {
  // Some models put a fence around JSON whatever they are told.
  const bare = text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, "$1");
  let json: unknown;
  try {
    json = JSON.parse(bare);
  } catch {
    throw new InvalidReplyError("the reply is no JSON");
  }
  const read = reply.safeParse(json);
  if (read.success) return read.data;
  throw new InvalidReplyError("the reply is JSON of another form");
}
