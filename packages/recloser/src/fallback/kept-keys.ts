/** Which entries this process has put into a store, the oldest first: a store may not be able to say, or to stop at a number. */

export class KeptKeys {
  readonly #most: number;
  // In the order in which they were last written, and so, with one time to live for all, in the order of their ends.
  readonly #endsMs = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#endsMs.size;
  }

  /**
   * Takes note of an entry that is about to be written.
   *
   * @param canDelete whether the oldest may make room; else there is none until one has run out
   * @returns what must be deleted now (it has run out, or is one too many); null: this one may not be written
   */
  add(key: string, nowMs: number, ttlMs: number, canDelete: boolean): readonly string[] | null {
    const gone: string[] = [];
    const known = this.#endsMs.delete(key);
    for (const [old, endsMs] of this.#endsMs) {
      const isOver = endsMs <= nowMs;
      if (!isOver && (this.#endsMs.size < this.#most || !canDelete)) break;
      this.#endsMs.delete(old);
      gone.push(old);
    }
    if (!known && this.#endsMs.size >= this.#most) return null;
    this.#endsMs.set(key, nowMs + ttlMs);
    return canDelete ? gone : [];
  }
}
