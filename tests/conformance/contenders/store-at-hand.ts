import type { ManualClock } from "recloser/testing";
import { StoreServer } from "../../../packages/recloser/src/testing/simulation/store-server.ts";
import type { SharedStore } from "../../../packages/recloser/src/store/store.ts";

/** One store for several replicas, in this process, which can stop answering. */
export class StoreAtHand {
  readonly #server = new StoreServer();
  readonly #clock: ManualClock;
  isLost = false;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  connection(): SharedStore {
    const now = (): number => this.#clock.now();
    return {
      kind: "at hand",
      apply: ({ name }, command, policy, by) =>
        this.#answer(() => this.#server.apply(name, command, policy, by, now()).answer),
      read: (_namespace, names) => this.#answer(() => ({ nowMs: now(), records: this.#server.read(names) })),
      changes: (_namespace, cursor) => this.#answer(() => this.#server.changes(cursor)),
      subscribe: () => this.#answer(() => () => {}),
      ping: () => this.#answer(() => true),
      onConnected: () => () => {},
      close: () => Promise.resolve(),
    };
  }

  // A store that hangs is worse than one that refuses.
  #answer(run: () => unknown): Promise<never> {
    return this.isLost ? new Promise(() => {}) : (Promise.resolve(run()) as Promise<never>);
  }
}
