/** Who uses a shared store: it is closed with the last of them, since what opened its connections is the store itself. */
import type { SharedStore } from "./store.ts";

const users = new WeakMap<SharedStore, number>();

/** Counts one more user; gives what ends its use. */
export function useStore(store: SharedStore): () => Promise<void> {
  users.set(store, (users.get(store) ?? 0) + 1);
  let ended = false;
  return async () => {
    if (ended) return;
    ended = true;
    const left = (users.get(store) ?? 1) - 1;
    users.set(store, left);
    if (left > 0) return;
    try {
      await store.close();
    } catch {} // a store that cannot be closed is nobody's failure
  };
}
