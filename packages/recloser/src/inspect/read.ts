/** Reads what a store has, page by page: no keyspace is scanned, and no script runs long. */
import { fleetOptionsFor } from "../policy-reach.ts";
import type { FleetOption } from "../store/fleet-policy.ts";
import type { InspectableStore } from "../store/store.ts";
import { type StoredRecord, storedRecord } from "./stored-record.ts";

const PAGE = 256;

export interface Inspection {
  /** The store's clock, which all instants are of. */
  readonly nowMs: number;
  readonly records: readonly StoredRecord[];
}

/**
 * The records of a namespace, or those of the given names that exist. A circuit that never failed, and that nobody has
 * overridden, has no record. Whoever calls has a deadline of his own: a store may never answer.
 *
 * @throws StoreError, or what the client throws
 * @example
 * const { nowMs, records } = await readRecords(redisStore({ url }), "checkout");
 * for (const { name, effectiveState, retryAfterMs } of records) console.log(name, effectiveState, retryAfterMs);
 */
export async function readRecords(
  store: InspectableStore,
  namespace: string,
  names?: readonly string[],
): Promise<Inspection> {
  // Beside them, and no more than that: a store that answers for its records only is looked at all the same.
  const set = store.policies?.read(namespace).catch(() => null) ?? null;
  const { nowMs, records } = await store.inspect(namespace, names ?? (await everyName(store, namespace)));
  const modes = ((await set)?.options ?? []).filter(({ option }) => option === "mode");
  const shown = [...records].map(([name, judged]) => ({
    ...storedRecord(name, judged, nowMs),
    ...modeOf(name, modes),
  }));
  return { nowMs, records: shown };
}

function modeOf(name: string, modes: readonly FleetOption[]): Pick<StoredRecord, "mode"> {
  const value = fleetOptionsFor(name, modes)["mode"]?.value;
  return value === "observe" || value === "off" || value === "enforce" ? { mode: value } : {};
}

// While a page is read, records come and go: one may be met twice, or missed.
async function everyName(store: InspectableStore, namespace: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (let from = 0; ; from += PAGE) {
    const page = await store.names(namespace, { from, count: PAGE });
    for (const name of page) names.add(name);
    if (page.length < PAGE) return [...names];
  }
}
