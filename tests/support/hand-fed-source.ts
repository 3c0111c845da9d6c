/** A stream that a test feeds by hand. */
export class HandFedSource implements AsyncIterableIterator<string> {
  pulls = 0;
  returns = 0;
  returnHangs = false;
  #pending: { resolve: (result: IteratorResult<string>) => void; reject: (error: unknown) => void } | null = null;

  [Symbol.asyncIterator](): this {
    return this;
  }
  next(): Promise<IteratorResult<string>> {
    this.pulls++;
    return new Promise((resolve, reject) => (this.#pending = { resolve, reject }));
  }
  return(): Promise<IteratorResult<string>> {
    this.returns++;
    return this.returnHangs ? new Promise(() => {}) : Promise.resolve({ done: true, value: undefined });
  }
  gives(value: string): void {
    this.#pending?.resolve({ done: false, value });
  }
  ends(): void {
    this.#pending?.resolve({ done: true, value: undefined });
  }
  fails(error: unknown): void {
    this.#pending?.reject(error);
  }
}
