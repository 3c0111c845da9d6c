/** The windows of all replicas together, as a store's records have them. */
import type { FailureKind } from "../outcome.ts";
import type { SharedStore } from "../store/store.ts";

/** What a record counts. Only a record that was ever told of a failure is kept, and none of before that. */
export interface FleetWindow {
  readonly calls: number;
  readonly successes: number;
  readonly failures: number;
  readonly slow: number;
  readonly young: number;
  readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
}

/**
 * One read of the store for some hundreds of records.
 *
 * @param windowsMs how long a window is, by the record's name
 * @returns those there are, by name
 */
export async function fleetWindows(
  store: SharedStore,
  namespace: string,
  windowsMs: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, FleetWindow>> {
  const { nowMs, records } = await store.read(namespace, [...windowsMs.keys()]);
  const windows = new Map<string, FleetWindow>();
  for (const [name, { buckets }] of records) {
    const fromMs = nowMs - (windowsMs.get(name) ?? 0);
    const byKind: Partial<Record<FailureKind, number>> = {};
    let [successes, failures, slow, young] = [0, 0, 0, 0];
    for (const bucket of buckets) {
      if (bucket.startMs < fromMs) continue;
      successes += bucket.successes;
      slow += bucket.slow;
      young += bucket.young;
      for (const [kind, count] of Object.entries(bucket.failures) as [FailureKind, number][]) {
        byKind[kind] = (byKind[kind] ?? 0) + count;
        failures += count;
      }
    }
    windows.set(name, { calls: successes + failures + young, successes, failures, slow, young, byKind });
  }
  return windows;
}
