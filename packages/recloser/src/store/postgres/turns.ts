/** So many questions at once; the others wait for their turn, and fail with the first that is not answered. */

interface Waiting {
  readonly go: () => void;
  readonly fail: (error: Error) => void;
}

export class Turns {
  readonly #most: number;
  #taken = 0;
  #waiting: Waiting[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Resolves to what ends the turn. @throws what `failAll` was given meanwhile */
  async take(): Promise<() => void> {
    if (this.#taken < this.#most) this.#taken++;
    else await new Promise<void>((go, fail) => this.#waiting.push({ go, fail }));
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken--;
      else next.go();
    };
  }

  /** Those that wait fail. */
  failAll(error: Error): void {
    const failed = this.#waiting;
    this.#waiting = [];
    for (const { fail } of failed) fail(error);
  }
}
