/** The pairs as one process knows them: exact hits, similar ones, and what to try next. */
import MiniSearch from "minisearch";
import { normalised } from "../retrieval/normalise.ts";
import type { Pair, PairStore } from "./pair.ts";

// Unconfirmed pairs are what outages are bridged with, and every stranger makes them.
const MOST_UNVERIFIED = 1_000;

export class Library {
  readonly #store: PairStore;
  readonly #pairs = new Map<string, Pair>();
  readonly #index = new MiniSearch<Pair>({ fields: ["question"], searchOptions: { prefix: true, fuzzy: 0.2 } });

  constructor(store: PairStore) {
    this.#store = store;
  }

  /** Takes over what the store has; again at any time, for what others have added. */
  async load(): Promise<void> {
    const pairs = await this.#store.all();
    const kept = new Set(pairs.map(({ id }) => id));
    for (const { id } of [...this.#pairs.values()]) if (!kept.has(id)) this.#drop(id);
    for (const pair of pairs) this.#take(pair);
  }

  exact(question: string): Pair | null {
    return this.#pairs.get(normalised(question)) ?? null;
  }

  /** Verified ones that are like it, the most alike first. */
  similar(question: string, most: number): readonly Pair[] {
    return this.#index
      .search(normalised(question))
      .map(({ id }) => this.#pairs.get(String(id)))
      .filter((pair) => pair?.verified === true)
      .slice(0, most) as Pair[];
  }

  get size(): number {
    return this.#pairs.size;
  }

  /** Keeps what has just answered; a verified pair is not replaced by one that is not. */
  async remember(question: string, sql: string, schemaVersion: string, verified = false): Promise<void> {
    const id = normalised(question);
    const known = this.#pairs.get(id);
    if (id === "" || (known?.verified === true && !verified && known.schemaVersion === schemaVersion)) return;
    const pair = { id, question: question.trim(), sql, verified, schemaVersion };
    this.#take(pair);
    await this.#store.put(pair);
    if (!verified) await this.#dropOldest();
  }

  /** @returns false for a question that nothing is kept for */
  async confirm(question: string): Promise<boolean> {
    const pair = this.exact(question);
    if (pair === null) return false;
    await this.remember(pair.question, pair.sql, pair.schemaVersion, true);
    return true;
  }

  async forget(id: string): Promise<void> {
    this.#drop(id);
    await this.#store.remove(id);
  }

  #take(pair: Pair): void {
    this.#drop(pair.id);
    this.#pairs.set(pair.id, pair);
    this.#index.add(pair);
  }

  #drop(id: string): void {
    if (!this.#pairs.delete(id)) return;
    this.#index.discard(id);
  }

  async #dropOldest(): Promise<void> {
    const unverified = [...this.#pairs.values()].filter(({ verified }) => !verified);
    const [oldest] = unverified;
    if (unverified.length > MOST_UNVERIFIED && oldest !== undefined) await this.forget(oldest.id);
  }
}
