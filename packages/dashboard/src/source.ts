/** Where a dashboard looks: at a recloser of this process, or at a fleet's store through one of its own that makes no calls. */
import { hostname } from "node:os";
import { createRecloser, type Recloser } from "recloser";
import { historyOf, withoutHistory } from "recloser/history";
import { Fleet } from "./live/fleet.ts";
import type { Settings } from "./options.ts";

export interface Source {
  readonly recloser: Recloser;
  /** Null: nobody keeps a history for it. */
  readonly fleet: Fleet | null;
  /** What this process is called in its own events. */
  readonly ownId: string;
  /** Whether its breakers are only those that the fleet names. */
  readonly isOutside: boolean;
  close(): Promise<void>;
}

export function sourceOf({ shows, clock }: Settings): Source {
  const nowMs = (): number => clock.now();
  const ownId = `${hostname()}-${process.pid}`;
  if ("recloser" in shows) {
    const { recloser } = shows;
    const known = historyOf(recloser);
    const fleet = known === null ? null : new Fleet(known.store, known.history, known.namespace, nowMs);
    return { recloser, fleet, ownId: known?.replicaId ?? ownId, isOutside: false, close: () => Promise.resolve() };
  }
  const { store, namespace } = shows;
  const recloser = createRecloser({ store: withoutHistory(store), namespace, replicaId: `dashboard-${ownId}` });
  if (store.history === undefined) throw new TypeError("a store without a history was let through");
  const fleet = new Fleet(store, store.history, namespace, nowMs);
  return { recloser, fleet, ownId: `dashboard-${ownId}`, isOutside: true, close: () => recloser.close() };
}
