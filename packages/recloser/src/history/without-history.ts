/** A store for whoever only looks: its records, without being written down as one of the fleet. */
import type { SharedStore } from "../store/store.ts";

export function withoutHistory(store: SharedStore): SharedStore {
  return {
    kind: store.kind,
    apply: (...asked) => store.apply(...asked),
    read: (...asked) => store.read(...asked),
    changes: (...asked) => store.changes(...asked),
    subscribe: (...asked) => store.subscribe(...asked),
    ping: (...asked) => store.ping(...asked),
    ...(store.policies !== undefined && { policies: store.policies }),
    onConnected: (listener) => store.onConnected?.(listener) ?? (() => {}),
    close: () => store.close(),
  };
}
