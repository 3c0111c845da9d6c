/** Why the guard lets a statement not through. */

export type RefusalReason =
  | "unreadable"
  | "too-long"
  | "not-one-statement"
  | "not-a-select"
  | "writes"
  | "locks"
  | "recursive"
  | "unknown-table"
  | "unknown-column"
  | "catalog"
  | "function"
  | "operator"
  | "type"
  | "construct"
  | "too-costly";

/** A refusal speaks of the statement, never of the provider that wrote it: it counts for no breaker. */
export class GuardRefusal extends Error {
  override readonly name = "GuardRefusal";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
