/** I9: the windows count what happened. */
import { BUCKETS } from "../../../packages/recloser/src/window.ts";
import type { CountSample, History } from "../history.ts";
import { has } from "../plan.ts";
import { type Counted, countedOf, healthOf } from "./outcomes.ts";
import { travelMs } from "../bounds.ts";
import { EPSILON_MS, type Finding } from "./violation.ts";

/** A success is counted at the latest instant that anybody read, at most a sweep ago. */
const RECENT_MS = 1_050;

/**
 * I9: counters are right. In plans of single processes without pauses or operators: at every tenth of a second the window of
 * each machine is between what an oracle counts that walks all calls and allows for the steps in which time is read. In
 * shared plans with no fault but the provider's: the same of the store's record, when all is quiet.
 */
export function countersAreRight(history: History): readonly Finding[] {
  if (history.plan.store === "shared") return recordIsRight(history);
  return has(history.plan, "replica paused", "operator") ? [] : machinesAreRight(history);
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function machinesAreRight(history: History): readonly Finding[] {
  const counted = countedOf(history, healthOf(history), true);
  const rounds = new Map<string, number[]>();
  for (const record of history.events) {
    if (record.name !== "transition" || record.event.key !== healthOf(history)) continue;
    const place = `${record.replica} ${record.life}`;
    rounds.set(place, [...(rounds.get(place) ?? []), record.at]);
  }
  const found: Finding[] = [];
  const places = new Map<string, readonly Counted[]>();
  for (const sample of history.counts) {
    const place = `${sample.replica} ${sample.life}`;
    let own = places.get(place);
    if (own === undefined) {
      own = counted.filter(({ call }) => call.replica === sample.replica && call.life === sample.life);
      places.set(place, own);
    }
    const beganMs = rounds.get(place)?.findLast((atMs) => atMs <= sample.atMs) ?? -Infinity;
    const what = off(sample, own, beganMs, history);
    if (what !== null) found.push({ atMs: sample.atMs, what: `r${sample.replica} ${what}` });
  }
  return found;
}

function off(sample: CountSample, own: readonly Counted[], beganMs: number, history: History): string | null {
  for (const what of ["success", "failure"] as const) {
    const { least, most } = within(own, what, sample, beganMs, history);
    const counts = what === "success" ? sample.successes : sample.failures;
    if (counts < least || counts > most) return `counts ${counts} of ${what}, where calls had ${least} to ${most}`;
  }
  return null;
}

function within(
  own: readonly Counted[],
  what: Counted["what"],
  { atMs }: CountSample,
  beganMs: number,
  { policy }: History,
): Bounds {
  const windowMs = policy.windowMs ?? Infinity;
  const widthMs = windowMs / BUCKETS;
  let least = 0;
  let most = 0;
  for (const counted of own) {
    const { call } = counted;
    if (counted.what !== what || (call.admittedMs ?? 0) < beganMs - EPSILON_MS) continue;
    if (counted.atMs > atMs + EPSILON_MS || counted.untilMs < atMs - EPSILON_MS) continue;
    const ageMs = atMs - counted.latestMs;
    if (ageMs <= windowMs) most++;
    // Read a moment late, or in a bucket that is left half.
    const surely = counted.isSure && counted.latestMs <= atMs - EPSILON_MS && counted.untilMs > atMs + EPSILON_MS;
    if (surely && atMs - counted.atMs < windowMs - widthMs - RECENT_MS && (call.admittedMs ?? 0) > beganMs) least++;
  }
  return { least, most };
}

// Outcomes of the last seven buckets: older ones are dropped only by the next report.
function recordIsRight(history: History): readonly Finding[] {
  const { plan, policy, record, storeMsAtQuiet, quietMs } = history;
  if (plan.faults.length > 0 || history.recoveredMs === null) return [];
  const facts = record.get(healthOf(history));
  // One that tripped once more, on what was left in its window, has emptied it.
  if (facts === undefined || facts.circuit.is === "tripped" || policy.windowMs === null) return [];
  const widthMs = policy.windowMs / BUCKETS;
  const sinceStoreMs = (Math.floor(storeMsAtQuiet / widthMs) - 7) * widthMs;
  const buckets = facts.buckets.filter(({ startMs }) => startMs >= sinceStoreMs);
  const successes = buckets.reduce((sum, bucket) => sum + bucket.successes, 0);
  const failures = buckets.reduce(
    (sum, { failures: kinds }) => sum + Object.values(kinds).reduce((a, b) => a + b, 0),
    0,
  );
  const sinceMs = quietMs - (storeMsAtQuiet - sinceStoreMs);
  const closedMs = facts.closedAtMs === null ? -Infinity : quietMs - (storeMsAtQuiet - facts.closedAtMs);
  const ownRound = history.events.some(({ name, event }) => name === "transition" && event.scope === "local");
  const travelled = travelMs(policy);
  const found: Finding[] = [];
  for (const [what, counts] of [
    ["success", successes],
    ["failure", failures],
  ] as const) {
    const all = countedOf(history, healthOf(history), true).filter(
      (counted) => counted.what === what && counted.untilMs === Infinity && (counted.call.admittedMs ?? 0) >= closedMs,
    );
    // What began before a replica tripped for itself counts nowhere.
    const least = ownRound ? 0 : all.filter(({ atMs, isSure }) => isSure && atMs > sinceMs + travelled).length;
    const most = all.filter(({ latestMs }) => latestMs > sinceMs - travelled - RECENT_MS).length;
    if (counts < least || counts > most)
      found.push({ atMs: quietMs, what: `the store counts ${counts} of ${what}, where calls had ${least} to ${most}` });
  }
  return found;
}
