/** The slots of all clients, lent to workers: together they never have more than a client may. */
import type { ClientConfig } from "../config/config.ts";

export interface Borrower {
  /** Resolves with how many slots it gave back: those that nobody has taken. However late, what it says is so. */
  recall(client: string): Promise<number>;
}

interface Account {
  free: number;
  readonly lent: Map<Borrower, number>;
  // Whoever comes while workers are asked waits for the same answers.
  recalling: Promise<void> | null;
  /** Who has not answered yet. */
  readonly asked: Set<Borrower>;
}

// A worker that hangs keeps what it has until it answers; nobody waits for it longer.
const ANSWERS_WITHIN_MS = 2_000;

export class SlotLender {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #workers: number;
  readonly #gone = new WeakSet<Borrower>();
  readonly #withinMs: number;

  /**
   * @param workers how many borrow
   * @param withinMs how long a worker is waited for that is asked for what it does not need
   */
  constructor(clients: readonly ClientConfig[], workers: number, withinMs: number = ANSWERS_WITHIN_MS) {
    this.#workers = workers;
    this.#withinMs = withinMs;
    this.#accounts = new Map(
      clients.flatMap(({ id, maxInFlight }) =>
        maxInFlight === null
          ? []
          : [[id, { free: maxInFlight, lent: new Map(), recalling: null, asked: new Set() }] as const],
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
    const others = [...account.lent.keys()].filter((one) => one !== by && !account.asked.has(one));
    let late: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (late = setTimeout(resolve, this.#withinMs)));
    await Promise.race([Promise.all(others.map((one) => this.#recallFrom(one, client, account))), limit]);
    clearTimeout(late);
    account.recalling = null;
  }

  async #recallFrom(worker: Borrower, client: string, account: Account): Promise<void> {
    account.asked.add(worker);
    const count = await worker.recall(client);
    account.asked.delete(worker);
    this.#back(account, worker, count);
  }

  // What ended meanwhile has given back everything.
  #back(account: Account, by: Borrower, count: number): void {
    const lent = account.lent.get(by);
    if (lent === undefined) return;
    account.lent.set(by, lent - count);
    account.free += count;
  }
}
