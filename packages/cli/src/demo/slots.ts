/** The application's own limit on calls at the same time: who finds no slot waits in line. */
export class Slots {
  busy = 0;
  readonly #limit: number;
  #line: (() => void)[] = [];
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#line.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy >= this.#limit || this.#closed) await new Promise<void>((resolve) => this.#line.push(resolve));
    else this.busy++;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Whoever waits now waits for ever. */
  close(): void {
    this.#closed = true;
    this.#line = [];
  }

  // The slot goes to the next in line without becoming free in between: nobody overtakes.
  #leave(): void {
    const next = this.#line.shift();
    if (next === undefined) this.busy--;
    else next();
  }
}
