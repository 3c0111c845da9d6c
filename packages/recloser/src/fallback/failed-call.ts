/** The end of a call that deserves a fallback, kept back until it is known whether there is something better. */
import { type Fallback, type FallbackInfo, withCause } from "../fallback.ts";

export class FailedCall {
  readonly error: unknown;
  readonly info: FallbackInfo;

  constructor(error: unknown, info: FallbackInfo) {
    this.error = error;
    this.info = info;
  }

  /** Takes the place of a breaker's fallback, and asks nobody yet. */
  static readonly kept: Fallback<FailedCall> = (error, info) => new FailedCall(error, info);

  /** What the breaker would have made of it: the fallback's answer, or the error where there is none. */
  async orElse<F>(fallback: Fallback<F> | undefined): Promise<F> {
    if (fallback === undefined) throw this.error;
    try {
      return await fallback(this.error, this.info);
    } catch (second) {
      throw withCause(second, this.error);
    }
  }
}
