/** What a fleet lends its workers: the slots of clients, of the configuration in force and of those before it. */
import type { ClientConfig } from "../config/config.ts";
import { type Borrower, SlotLender } from "./slot-lender.ts";
import type { Worker } from "./worker.ts";

// A worker that could not take a configuration over stays with an earlier one until the next.
const MOST_KEPT = 8;

interface Wish {
  readonly id: number;
  readonly generation: number;
  readonly client: string;
}

export class FleetSlots {
  readonly #workers: number;
  readonly #lenders = new Map<number, SlotLender>();
  // By generation, since what a worker gives back of one is no other's.
  readonly #borrowers = new Map<Worker, Map<number, Borrower>>();
  // What one has sent may be heard behind its end.
  readonly #gone = new WeakSet<Worker>();
  #generation = 0;

  /** @param workers how many borrow */
  constructor(workers: number) {
    this.#workers = workers;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Another configuration: workers come to it one after the other, and requests under way end by the one before. */
  begin(clients: readonly ClientConfig[]): void {
    this.#generation++;
    this.#lenders.set(this.#generation, new SlotLender(clients, this.#workers));
    for (const old of this.#lenders.keys()) if (old <= this.#generation - MOST_KEPT) this.#lenders.delete(old);
  }

  async lend(worker: Worker, { id, generation, client }: Wish): Promise<void> {
    if (this.#gone.has(worker)) return;
    const lender = this.#lenders.get(generation);
    worker.lend(id, lender === undefined ? 0 : await lender.borrow(client, this.#borrower(worker, generation)));
  }

  ended(worker: Worker): void {
    this.#gone.add(worker);
    for (const [generation, borrower] of this.#borrowers.get(worker) ?? [])
      this.#lenders.get(generation)?.ended(borrower);
    this.#borrowers.delete(worker);
  }

  #borrower(worker: Worker, generation: number): Borrower {
    const byGeneration = this.#borrowers.get(worker) ?? new Map<number, Borrower>();
    this.#borrowers.set(worker, byGeneration);
    const borrower = byGeneration.get(generation) ?? { recall: (client) => worker.recall(generation, client) };
    byGeneration.set(generation, borrower);
    return borrower;
  }
}
