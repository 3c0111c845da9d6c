/** Names as label values, of which there may be only so many: each costs the server that scrapes them a series for good. */
export class KnownNames {
  readonly #names = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** The name; `other` for one that is new when there are as many as may be. */
  label(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#most) return "other";
    this.#names.add(name);
    return name;
  }
}
