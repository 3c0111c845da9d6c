/**
 * The models of a target that have circuits of their own. Their names come from whoever asks, and each new one would be a
 * record here and in the store: so there are no more than so many. A model that has answered is there, and takes the place of
 * one that never has; what has no place is asked for by the circuit of the target itself.
 */

/** Of one target. The providers with the most models have some hundreds. */
export const MOST_MODELS = 1_000;

export class OwnModels {
  readonly #most: number;
  // In the order of their coming: of those that never answered, the oldest goes first.
  readonly #unproven = new Set<string>();
  readonly #proven = new Set<string>();

  /** @param named those that the configuration names */
  constructor(named: Iterable<string>, most: number = MOST_MODELS) {
    this.#most = most;
    for (const model of named) this.#proven.add(model);
  }

  /** Whether a model has a circuit of its own; a new one does as long as there is a place. */
  has(model: string): boolean {
    if (this.#proven.has(model) || this.#unproven.has(model)) return true;
    if (this.#size >= this.#most) return false;
    this.#unproven.add(model);
    return true;
  }

  /** It has answered. */
  prove(model: string): void {
    if (this.#proven.has(model)) return;
    this.#unproven.delete(model);
    const [oldest] = this.#unproven;
    if (this.#size >= this.#most && oldest !== undefined) this.#unproven.delete(oldest);
    if (this.#size < this.#most) this.#proven.add(model);
  }

  get #size(): number {
    return this.#proven.size + this.#unproven.size;
  }
}
