/** The stream of a model of the AI SDK on its way through a breaker. */
import type { Outcome } from "../outcome.ts";
import { AiSdkParts, isMadeUp } from "../streams/ai-sdk.ts";
import type { Sight, StreamInspector } from "../streams/inspector.ts";

/** What `doStream` gives, as far as it is looked at here. */
export interface Streamed<P> {
  readonly stream: ReadableStream<P>;
}

/**
 * What the model gave for the stream, then the stream's parts. No generator: one that waits for a part could not be left before
 * that part has come, and a model may not know of signals.
 */
export class HeadFirst implements AsyncIterableIterator<unknown> {
  readonly #opening: PromiseLike<Streamed<unknown>>;
  readonly #needsReason: boolean;
  #parts: ReadableStreamDefaultReader | null = null;
  #isLeft = false;

  constructor(opening: PromiseLike<Streamed<unknown>>, needsReason: boolean) {
    this.#opening = opening;
    // Whoever left at once never asks for it; its failure is nobody's then, and must not end the process.
    opening.then(null, () => {});
    this.#needsReason = needsReason;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#parts === null) {
      const head = await this.#opening;
      this.#parts = head.stream.getReader();
      if (this.#isLeft) await this.#parts.cancel();
      return { done: false, value: head };
    }
    for (;;) {
      const { done, value } = await this.#parts.read();
      if (done) return { done, value: undefined };
      if (!this.#needsReason || !isMadeUp(value)) return { done, value };
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#isLeft = true;
    await this.#parts?.cancel();
    return { done: true, value: undefined };
  }
}

/** Watches what `HeadFirst` gives. */
export class BehindHead implements StreamInspector {
  readonly #parts: AiSdkParts;
  #headCame = false;

  constructor(provider: string) {
    this.#parts = new AiSdkParts(provider);
  }

  see(part: unknown): Sight {
    if (this.#headCame) return this.#parts.see(part);
    this.#headCame = true;
    return "opening";
  }

  end(): "whole" | "cut" | Outcome {
    return this.#parts.end();
  }
}
