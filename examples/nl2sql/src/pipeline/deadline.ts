/** The time that one question has, for all that is done for it. */

export class Deadline {
  readonly #beganMs = performance.now();
  readonly #waitMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(waitMs: number, signal: AbortSignal | undefined) {
    this.#waitMs = waitMs;
    this.#signal = signal;
  }

  spentMs(): number {
    return Math.round(performance.now() - this.#beganMs);
  }

  /** What is left for the next call; never nothing, so that the call itself says that its time is over. */
  rest(): { readonly timeoutMs: number; readonly signal: AbortSignal | undefined } {
    return { timeoutMs: Math.max(1, this.#waitMs - this.spentMs()), signal: this.#signal };
  }
}
