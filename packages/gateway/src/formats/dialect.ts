/** What the gateway must know of a wire format: where its calls go, and what an error looks like in it. */
import type { WireFormat } from "../config/config.ts";

/** A call that a path stands for, in one format. */
export interface Operation {
  /**
   * `generate` and the others of a model may go to any target that has the model; `list` reads what there is; `other` is
   * whatever else the provider offers, which only the provider that holds it can answer.
   */
  readonly kind: "generate" | "embed" | "count" | "list" | "other";
  /** The model that the path names, null where the body does. */
  readonly model: string | null;
  /** Whether the path asks for a stream, null where the body does. */
  readonly streams: boolean | null;
  /** What Gemini's path calls after the colon, such as `generateContent`; null elsewhere. */
  readonly verb: string | null;
  /** The path below a target's base URL, for the name that the target gives the model. */
  ownPath(model: string): string;
}

/** What went wrong, in words that every format can carry. */
export interface Problem {
  readonly status: number;
  /** For programs, such as `circuit_open`. */
  readonly code: string;
  readonly message: string;
  /** More for programs, beside the code. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}

export interface Dialect {
  readonly name: WireFormat;
  /** The official client's base URL below the gateway: what it appends is a path of {@link Dialect.operation}. */
  readonly prefixes: readonly string[];
  /** What a request to `path` (without the prefix) asks for; null: no path of this format. */
  operation(method: string, path: string): Operation | null;
  /** The body of an answer that says no. */
  errorBody(problem: Problem, requestId: string): object;
  /** The same inside a stream that has begun. `operationPath` tells apart the streams of one format. */
  errorEvent(problem: Problem, operationPath: string): string;
}
