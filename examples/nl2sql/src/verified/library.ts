/** The pairs as one process knows them: exact hits, similar ones, and what to try next. */
import MiniSearch from "minisearch";
import type { Breaker } from "recloser";
import { normalised } from "../retrieval/normalise.ts";
import type { Pair, PairStore } from "./pair.ts";

// Unconfirmed pairs are what outages are bridged with, and every stranger makes them.
const MOST_UNVERIFIED = 1_000;

export class Library {
  readonly #store: PairStore;
  readonly #breaker: Breaker;
  readonly #pairs = new Map<string, Pair>();
  readonly #index = new MiniSearch<Pair>({ fields: ["question"], searchOptions: { prefix: true, fuzzy: 0.2 } });

  /** @param breaker of the store: without it an answer is only less well remembered, so nobody waits for it or fails by it */
  constructor(store: PairStore, breaker: Breaker) {
    this.#store = store;
    this.#breaker = breaker;
  }

  /** Takes over what the store has. */
  async load(): Promise<void> {
    for (const pair of await this.#unless(() => this.#store.all(), [])) this.#take(pair);
  }

  /** Also what another replica has kept meanwhile. */
  async exact(question: string): Promise<Pair | null> {
    const id = normalised(question);
    const known = this.#pairs.get(id) ?? null;
    if (known !== null || id === "") return known;
    const found = await this.#unless(() => this.#store.find(id), null);
    if (found !== null) this.#take(found);
    return found;
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
    await this.#unless(() => this.#store.put(pair), undefined);
    if (!verified) await this.#dropOldest();
  }

  /** @returns false for a question that nothing is kept for */
  async confirm(question: string): Promise<boolean> {
    const pair = await this.exact(question);
    if (pair === null) return false;
    await this.remember(pair.question, pair.sql, pair.schemaVersion, true);
    return true;
  }

  async forget(id: string): Promise<void> {
    this.#drop(id);
    await this.#unless(() => this.#store.remove(id), undefined);
  }

  #unless<T>(call: () => Promise<T>, otherwise: T): Promise<T> {
    return this.#breaker.execute(call, { fallback: () => otherwise });
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
