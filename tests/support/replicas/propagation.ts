/** Trips a circuit after another, and tells how long the others went on before they rejected. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PolicyOptions } from "recloser";
import type { Replica, ReplicaFleet } from "./fleet.ts";
import { wallAheadMs } from "./machine-time.ts";

export interface Propagation {
  /** From the moment in which the one that failed rejects, to the other's first rejection. */
  readonly sinceRejectedMs: readonly number[];
  /** From the moment in which the store's record tripped, likewise. */
  readonly sinceTrippedMs: readonly number[];
  /** Keys whose report came too late for the store to count, as on a machine that stood still: nobody heard of those. */
  readonly lost: number;
  /** Calls of the others that reached the provider: they must have seen no failure. */
  readonly admittedElsewhere: number;
}

const FAILURES = 3;
const TRIPS_WITHIN_MS = 500;
/** Trips by the few failures of one replica, and stays open. */
const POLICY: PolicyOptions = {
  failureThreshold: FAILURES,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "5m", max: "5m" },
};

/**
 * One trip for each key, by the calls of one replica to a provider that is down. Each other one makes a call in the moment
 * it hears of it.
 *
 * @param everyMs between two trips; null: the next one when all have heard of the last
 */
export async function propagation(
  fleet: ReplicaFleet,
  keys: readonly string[],
  dead: string,
  withinMs: number,
  everyMs: number | null = null,
): Promise<Propagation> {
  const [first, ...others] = fleet.replicas as [Replica, ...Replica[]];
  for (const key of keys) {
    await first.use(key, POLICY);
    await Promise.all(others.map((replica) => replica.use(key, POLICY, { key, provider: dead })));
  }
  const aheadMs = wallAheadMs();
  const rejected = (key: string) =>
    fleet.history.of(key, "ended").filter(({ replica, how }) => replica !== first.name && how.end === "rejected");
  const heard = (key: string) =>
    fleet.history.until(
      `all others reject ${key}`,
      withinMs,
      () => new Set(rejected(key).map(({ replica }) => replica)).size === others.length,
    );
  const tripped = (key: string) => fleet.history.of(key, "told").find(({ code }) => code === "tripped");
  const heardOf: string[] = [];
  for (const key of keys) {
    await first.burst({ key, provider: dead }, FAILURES);
    await fleet.history.until("the store has tripped", TRIPS_WITHIN_MS, () => tripped(key)).catch(() => {});
    if (tripped(key) === undefined) continue;
    heardOf.push(key);
    if (everyMs === null) await heard(key);
    else await sleep(everyMs);
  }
  for (const key of heardOf) await heard(key);
  const samples = heardOf.flatMap((key) => {
    const opened = fleet.history
      .of(key, "transition")
      .find(({ replica, event }) => replica === first.name && event.to === "open");
    const trippedMs = tripped(key)?.storeMs;
    if (opened === undefined || trippedMs === undefined) throw new Error(`${key} was tripped by nobody`);
    return rejected(key).map(({ at }) => ({
      sinceRejectedMs: at - opened.at,
      sinceTrippedMs: at - (trippedMs - aheadMs),
    }));
  });
  const elsewhere = keys
    .flatMap((key) => fleet.history.of(key, "admitted"))
    .filter(({ replica }) => replica !== first.name);
  return {
    sinceRejectedMs: samples.map((sample) => sample.sinceRejectedMs),
    sinceTrippedMs: samples.map((sample) => sample.sinceTrippedMs),
    lost: keys.length - heardOf.length,
    admittedElsewhere: elsewhere.length,
  };
}
