/**
 * What a reader holds of a stream. It lets go of what lies behind as soon as its reader leaves: also while a chunk is awaited,
 * where the `return` of a generator would wait for that chunk first, and when it is dropped unread.
 */

export interface Letting {
  /** The reader has left before the end. */
  readonly go: () => void;
  /** The end came, or an error. */
  readonly over?: () => void;
}

const dropped = new FinalizationRegistry<() => void>((go) => go());

export class Reading<T> implements AsyncIterableIterator<T> {
  readonly #source: AsyncIterator<T>;
  readonly #letting: Letting;
  #ended = false;

  /** @param letting must not hold the reading, or it could not be collected */
  constructor(source: AsyncIterator<T>, letting: Letting) {
    this.#source = source;
    this.#letting = letting;
    dropped.register(this, letting.go, this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T>> {
    try {
      const result = await this.#source.next();
      if (result.done === true) this.#end("over");
      return result;
    } catch (error) {
      this.#end("over");
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#end("go");
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<T>> {
    await this.return();
    throw error;
  }

  #end(how: "go" | "over"): void {
    if (this.#ended) return;
    this.#ended = true;
    dropped.unregister(this);
    this.#letting[how]?.();
  }
}
