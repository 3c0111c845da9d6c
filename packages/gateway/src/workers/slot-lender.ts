/** The slots of all clients, lent to workers: together they never have more than a client may. */
import type { ClientConfig } from "../config/config.ts";

export interface Borrower {
  /** Resolves with how many slots it gave back: those that nobody has taken. */
  recall(client: string): Promise<number>;
}

interface Account {
  free: number;
  readonly lent: Map<Borrower, number>;
  // Whoever comes while workers are asked waits for the same answers.
  recalling: Promise<void> | null;
}

export class SlotLender {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #workers: number;
  readonly #gone = new WeakSet<Borrower>();

  /** @param workers how many borrow */
  constructor(clients: readonly ClientConfig[], workers: number) {
    this.#workers = workers;
    this.#accounts = new Map(
      clients.flatMap(({ id, maxInFlight }) =>
        maxInFlight === null ? [] : [[id, { free: maxInFlight, lent: new Map(), recalling: null }] as const],
      ),
    );
  }

  /** Resolves with how many are lent; 0: all are taken. */
  async borrow(client: string, by: Borrower): Promise<number> {
    const account = this.#accounts.get(client);
    if (account === undefined) return 0;
    if (account.free === 0) await (account.recalling ??= this.#recall(client, account, by));
    if (account.free === 0 || this.#gone.has(by)) return 0;
    // Some at once, where there are many; the last ones singly.
    const count = Math.max(1, Math.floor(account.free / (2 * this.#workers)));
    account.free -= count;
    account.lent.set(by, (account.lent.get(by) ?? 0) + count);
    return count;
  }

  /** A worker has ended, and with it all that it had taken. */
  ended(worker: Borrower): void {
    this.#gone.add(worker);
    for (const account of this.#accounts.values()) {
      account.free += account.lent.get(worker) ?? 0;
      account.lent.delete(worker);
    }
  }

  async #recall(client: string, account: Account, by: Borrower): Promise<void> {
    const others = [...account.lent.keys()].filter((one) => one !== by);
    await Promise.all(others.map(async (one) => this.#back(account, one, await one.recall(client))));
    account.recalling = null;
  }

  // What ended meanwhile has given back everything.
  #back(account: Account, by: Borrower, count: number): void {
    const lent = account.lent.get(by);
    if (lent === undefined) return;
    account.lent.set(by, lent - count);
    account.free += count;
  }
}
