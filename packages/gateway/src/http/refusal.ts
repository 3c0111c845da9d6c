/** An answer that the gateway gives by itself instead of a provider's. Thrown by whatever finds the reason. */
import type { Problem } from "../formats/dialect.ts";

export class Refusal extends Error implements Problem {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string;
  readonly facts: Problem["facts"];
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param message for the caller: no secret, no part of a prompt */
  constructor(
    status: number,
    code: string,
    message: string,
    { facts = {}, headers = {} }: { facts?: Problem["facts"]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    // It is an answer, not a defect: where it was made tells nobody anything, and costs most of the time.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.status = status;
    this.code = code;
    this.facts = facts;
    this.headers = headers;
  }
}
