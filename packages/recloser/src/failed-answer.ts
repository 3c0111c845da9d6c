/**
 * An answer that came and is none: an error inside a 200, a page where JSON was due. Thrown within a call it counts, and is
 * tried again, as what it is; whoever threw it takes it out again, and the caller gets the answer as it came.
 */
import { read } from "./error-trace.ts";
import type { Outcome } from "./outcome.ts";

export class FailedAnswer<T> extends Error {
  override readonly name = "FailedAnswer";
  readonly outcome: Outcome;
  // Private, so that nobody who prints the error prints the answer.
  readonly #answer: T;

  constructor(outcome: Outcome, answer: T) {
    super(`the answer counts as ${outcome.kind}`);
    this.outcome = outcome;
    this.#answer = answer;
  }

  get answer(): T {
    return this.#answer;
  }

  /** The brand, which survives two copies of the package: on the prototype, so that nobody prints it. @internal */
  get __recloserFailedAnswer(): true {
    return true;
  }

  /** By its brand. Whatever a call throws is asked, and a Proxy's traps may throw. */
  static is(error: unknown): error is FailedAnswer<unknown> {
    return typeof error === "object" && error !== null && read(error, "__recloserFailedAnswer") === true;
  }
}
