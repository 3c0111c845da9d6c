/** I12: every change is told, once, with its cause and its maker. */
import type { CircuitState } from "../../../packages/recloser/src/state.ts";
import type { History } from "../history.ts";
import { has, LOSSES } from "../plan.ts";
import type { Finding } from "./violation.ts";

/** What a process has told of one circuit. */
interface Told {
  state: CircuitState;
  /** It is the shared circuit's, taken over when the store went away. */
  takenOver: boolean;
}

/**
 * I12: events are a log. For every plan: in each process the transitions of a record follow each other without a gap, those
 * of the shared circuit and those of its own apart; each names who made it. And each change of the shared circuit is told as
 * made here by one process at most, and an override that runs out once by each (once more for each step of the store's clock).
 */
export function everyTransitionIsTold(history: History): readonly Finding[] {
  return [...gaps(history), ...toldTwice(history), ...expiredTooOften(history)];
}

function gaps({ events }: History): readonly Finding[] {
  const found: Finding[] = [];
  const last = new Map<string, Told>();
  for (const record of events) {
    const { at: atMs, replica, life } = record;
    if (record.name === "mode") takeOver(last, `${replica} ${life}`, record.event.mode);
    if (record.name !== "transition") continue;
    const { event } = record;
    const { from, to, reason, origin, scope, key, by } = event;
    const place = `${replica} ${life} ${key} ${scope}`;
    const told = last.get(place) ?? { state: "closed", takenOver: false };
    const what = `r${replica} told ${from} → ${to} (${reason}, ${origin}, ${scope}) of ${key}`;
    if (told.state !== from) found.push({ atMs, what: `${what}, which it had told was ${told.state}` });
    if (by === "") found.push({ atMs, what: `${what} without a name` });
    last.set(place, { state: to, takenOver: told.takenOver && from !== "closed" });
  }
  return found;
}

/**
 * When the store goes away, a process takes the shared circuit over, and when it is back puts that one away: by the `store`
 * events both are known, if it does not come and go too often for each to be told.
 */
function takeOver(last: Map<string, Told>, process: string, mode: "shared" | "local"): void {
  for (const [place, { state }] of last) {
    if (!place.startsWith(`${process} `) || !place.endsWith(" shared")) continue;
    const own = `${place.slice(0, -"shared".length)}local`;
    const told = last.get(own);
    if (mode === "shared" && told?.takenOver === true) last.delete(own);
    if (mode === "local" && state !== "closed" && (told?.state ?? "closed") === "closed")
      last.set(own, { state: "open", takenOver: true });
  }
}

function toldTwice({ plan, events }: History): readonly Finding[] {
  if (has(plan, ...LOSSES)) return [];
  const found: Finding[] = [];
  const made = new Map<string, number>();
  for (const record of events) {
    if (record.name !== "transition" || record.event.origin !== "local" || record.event.scope !== "shared") continue;
    const { key, from, to, reason, generation } = record.event;
    if (reason === "probe-void") continue; // as often as it happens in one round
    // A claim that nobody carried out and a close of the next round are other generations; a void probe claims again.
    const change = `${plan.store === "memory" ? `${record.replica}.${record.life}` : ""} ${key} ${generation} ${from} ${to}`;
    const before = made.get(change);
    made.set(change, record.replica);
    if (before === undefined || to === "half-open") continue;
    const what = `r${record.replica} told ${from} → ${to} of ${key} in generation ${generation} as its own, as r${before} did`;
    found.push({ atMs: record.at, what });
  }
  return found;
}

// An override may be told here alone, while the store is away, and to all. It ends by the store's clock: where that was
// stepped, a replica that has not heard of it yet may end it too early, be told that it is in force, and end it again.
function expiredTooOften({ plan, events }: History): readonly Finding[] {
  const words = plan.faults.filter(
    ({ kind, ...fault }) => kind === "operator" && "word" in fault && fault.word !== "clear",
  );
  const steps = plan.faults.filter(({ kind }) => kind === "clock step");
  const most = (2 + steps.length) * words.length;
  const found: Finding[] = [];
  const expired = new Map<string, number>();
  for (const record of events) {
    if (record.name !== "override" || record.event.by !== "expiry") continue;
    const place = `${record.replica} ${record.life} ${record.event.key}`;
    const times = (expired.get(place) ?? 0) + 1;
    expired.set(place, times);
    if (times === most + 1)
      found.push({
        atMs: record.at,
        what: `r${record.replica} told ${times} times that an override of ${record.event.key} had run out`,
      });
  }
  return found;
}
