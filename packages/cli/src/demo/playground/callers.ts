/** Callers without end, at a rate that can be changed while they come. */
import { wallClock } from "../clock.ts";
import { gapsMs } from "../traffic.ts";

export class Callers {
  readonly #ask: () => void;
  readonly #gaps: Generator<number, never>;
  readonly #end = new AbortController();
  #perSecond: number;
  #changed = new AbortController();

  constructor(perSecond: number, seed: number, ask: () => void) {
    this.#perSecond = perSecond;
    this.#gaps = gapsMs(1, seed);
    this.#ask = ask;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  set perSecond(value: number) {
    this.#perSecond = value;
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** They come until `close()`. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      // Nobody comes at 0: whoever changes that wakes this up.
      const waitMs = this.#perSecond === 0 ? 3_600_000 : this.#gaps.next().value / this.#perSecond;
      if (await this.#slept(waitMs)) this.#ask();
    }
  }

  close(): void {
    this.#end.abort();
  }

  /** @returns whether nothing came between */
  async #slept(ms: number): Promise<boolean> {
    const signal = AbortSignal.any([this.#end.signal, this.#changed.signal]);
    try {
      await wallClock.sleep(ms, { signal });
      return this.#perSecond > 0;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
}
