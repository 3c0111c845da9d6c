/**
 * Chunks that are read a little ahead of their reader: a short answer that nobody reads ends by itself, what had arrived before
 * an error is delivered before the error, and deadlines measure the provider's pace.
 */

// A long answer that is dropped unread must not hold its call for ever: it ends when its reader is collected.
const dropped = new FinalizationRegistry<{ stop(): void }>((ahead) => ahead.stop());

export interface AheadLimits<T> {
  /** What one chunk weighs; by default each weighs 1. */
  readonly weigh?: (chunk: T) => number;
  /** How much may wait to be taken. */
  readonly most: number;
  /** Called once, when nothing more will come. */
  readonly over?: (() => void) | undefined;
  /** Called once, when the reader has got all, or is gone. */
  readonly gone?: (() => void) | undefined;
  /** Aborts when the reader wants no more and does not say so: the rest ends with its reason. */
  readonly left?: AbortSignal | undefined;
}

export class Ahead<T> {
  readonly #source: AsyncIterator<T>;
  readonly #limits: AheadLimits<T>;
  readonly #chunks: T[] = [];
  #weight = 0;
  #filling = false;
  #end: { readonly error: unknown } | "whole" | null = null;
  // For all who wait, for each of whom it may be the end.
  #arrival: { readonly promise: Promise<void>; readonly tell: () => void } | null = null;
  #isGone = false;

  constructor(source: AsyncIterator<T>, limits: AheadLimits<T>) {
    this.#source = source;
    this.#limits = limits;
    const { left } = limits;
    left?.addEventListener("abort", () => this.stop({ error: left.reason }), { once: true });
    void this.#fill();
  }

  /** The next chunk, or the end; rejects with the source's error once all that had come was taken. */
  async take(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#chunks.length > 0) {
        const value = this.#chunks.shift() as T;
        this.#weight -= this.#weigh(value);
        void this.#fill();
        return { done: false, value };
      }
      if (this.#end !== null) this.#leave();
      if (this.#end === "whole") return { done: true, value: undefined };
      if (this.#end !== null) throw this.#end.error;
      await this.#more();
    }
  }

  /** Resolves when something has come, or the end; rejects with an error that came before anything. */
  async begun(): Promise<void> {
    while (this.#chunks.length === 0 && this.#end === null) await this.#more();
    if (this.#chunks.length === 0 && this.#end !== "whole") throw this.#end?.error;
  }

  /** Ends it from the reader's side. */
  stop(end: "whole" | { readonly error: unknown } = "whole"): void {
    if (this.#end === null) void this.#source.return?.();
    this.#finish(end);
    this.#chunks.length = 0;
    this.#leave();
    this.#tellArrival();
  }

  #more(): Promise<void> {
    if (this.#arrival === null) {
      let tell = (): void => {};
      const promise = new Promise<void>((resolve) => (tell = resolve));
      this.#arrival = { promise, tell };
    }
    const { promise } = this.#arrival;
    void this.#fill();
    return promise;
  }

  #tellArrival(): void {
    this.#arrival?.tell();
    this.#arrival = null;
  }

  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    while (this.#end === null && (this.#weight < this.#limits.most || this.#arrival !== null)) {
      try {
        const { done, value } = await this.#source.next();
        if (done === true) this.#finish("whole");
        else if (this.#end === null) {
          this.#chunks.push(value);
          this.#weight += this.#weigh(value);
        }
      } catch (error) {
        this.#finish({ error });
      }
      this.#tellArrival();
    }
    this.#filling = false;
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#limits.gone?.();
  }

  #weigh(chunk: T): number {
    return this.#limits.weigh?.(chunk) ?? 1;
  }

  #finish(end: "whole" | { readonly error: unknown }): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#limits.over?.();
  }
}

/** The chunks as a web stream. */
export function streamOf<T>(ahead: Ahead<T>): ReadableStream<T> {
  const stream = new ReadableStream<T>(
    {
      async pull(controller) {
        const { done, value } = await ahead.take();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => ahead.stop(),
    },
    { highWaterMark: 0 },
  );
  // The reader's side holds `ahead`, never the other way round, or the stream could not be collected.
  dropped.register(stream, ahead);
  return stream;
}

/** What `from` makes of each chunk, as an async generator; unlike a real one's, its `return` works before the first `next`, too. */
export function generatorOf<T, R>(ahead: Ahead<T>, from: (chunk: T) => R): AsyncGenerator<R, undefined, undefined> {
  const generator: AsyncGenerator<R, undefined, undefined> = {
    async next() {
      const { done, value } = await ahead.take();
      return done === true ? { done, value: undefined } : { done: false, value: from(value) };
    },
    async return() {
      ahead.stop();
      return { done: true, value: undefined };
    },
    async throw(error) {
      ahead.stop();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    async [Symbol.asyncDispose]() {
      ahead.stop();
    },
  };
  dropped.register(generator, ahead);
  return generator;
}
