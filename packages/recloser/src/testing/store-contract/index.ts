/** What every shared store must hold, for any test runner. */
import type { SharedStore } from "../../store/store.ts";
import { compareWithRules, type StoreClock } from "./equality.ts";
import { comparePolicies, POLICY_PROMISES } from "./policies.ts";
import { PROMISES } from "./promises.ts";

export type { StoreClock } from "./equality.ts";

export interface StoreContractOptions {
  /** The store under test; asked once for each check. It is closed afterwards. */
  readonly store: () => SharedStore | Promise<SharedStore>;
  /** Random operations that are compared with the rules; default 2 000. */
  readonly operations?: number | undefined;
  /** Where they begin; default 1. The same seed plays the same commands. */
  readonly seed?: number | undefined;
  /** The store's clock, where a test can set it: then time jumps, to deadlines and back, too. */
  readonly clock?: StoreClock | undefined;
}

export interface ContractCheck {
  readonly name: string;
  /** Rejects with a `ContractError` that says what was promised and what was seen. */
  readonly run: () => Promise<void>;
}

let runs = 0;

/**
 * The checks of the store contract, to be handed to a test runner. Each runs in a namespace of its own.
 *
 * @example
 * for (const { name, run } of storeContract({ store: () => redisStore({ url }) })) test(name, run);
 */
export function storeContract(options: StoreContractOptions): readonly ContractCheck[] {
  const { operations = 2_000, seed = 1, clock } = options;
  const check = (name: string, run: (store: SharedStore, namespace: string) => Promise<void>): ContractCheck => ({
    name,
    async run() {
      const store = await options.store();
      try {
        await run(store, `contract ${seed} ${++runs}`);
      } finally {
        await store.close();
      }
    },
  });
  const compared = `answers ${operations} random operations as the rules do`;
  return [
    // Their time must run by itself.
    ...(clock === undefined ? [...PROMISES, ...POLICY_PROMISES].map(({ name, run }) => check(name, run)) : []),
    check(compared, (store, namespace) => compareWithRules(store, namespace, operations, seed, clock)),
    check("changes the fleet's policies as the rules do", (store, namespace) =>
      comparePolicies(store, namespace, Math.ceil(operations / 20), seed, clock),
    ),
  ];
}
