/** Each change of the shared circuit is told once as made here, by one replica, and as learnt by the others. */
import type { Entry } from "../entries.ts";
import { type Finding, only, wasAlone, wasAway } from "./finding.ts";
import { operationsIn } from "./operations.ts";

export function oneMakerForEachTransition(entries: readonly Entry[]): readonly Finding[] {
  const made = new Map<string, { at: number; reached: string; makers: string[]; tellers: string[] }>();
  const reachedByMakers = new Set<string>();
  for (const { at, replica, event } of only(entries, "transition")) {
    const { scope, origin, from, to, generation, reason } = event;
    // A probe without a verdict opens the same round again.
    if (scope !== "shared" || reason === "probe-void") continue;
    const change = `${from} → ${to} in generation ${generation}`;
    const reached = `${to} in generation ${generation}`;
    const known = made.get(change) ?? { at, reached, makers: [], tellers: [] };
    made.set(change, known);
    known.tellers.push(replica);
    if (origin !== "local") continue;
    known.makers.push(replica);
    reachedByMakers.add(reached);
  }
  const { untold } = operationsIn(entries);
  return [...made].flatMap(([change, { at, reached, makers, tellers }]) => {
    const found: Finding[] = [];
    if (makers.length > 1) found.push({ at, what: `${change} was made by ${makers.join(" and by ")}` });
    // Its maker may never have had the answer. And who learnt of it late tells of all that it missed as of one change.
    if (!reachedByMakers.has(reached) && untold.length === 0) found.push({ at, what: `${change} was made by nobody` });
    const twice = tellers.find((teller, nth) => tellers.indexOf(teller) !== nth);
    if (twice !== undefined) found.push({ at, what: `${twice} told twice of ${change}` });
    return found;
  });
}

/** A replica that runs and has its store admits no call, but probes, when a trip is older than its news can be. */
export function aTripStopsTheFleet(entries: readonly Entry[], { staleMs }: { readonly staleMs: number }): Finding[] {
  const trips = operationsIn(entries).told.filter(
    ({ code, circuit }) => (code === "tripped" || code === "reopened") && circuit.openUntilMs !== null,
  );
  const admitted = only(entries, "admitted").filter(({ probe, view }) => !probe && !view.overridden);
  return trips.flatMap(({ at: trippedAt, storeMs, circuit }) => {
    const untilAt = trippedAt + ((circuit.openUntilMs ?? storeMs) - storeMs);
    const late = admitted.filter(({ at }) => at > trippedAt + staleMs && at < untilAt - 20);
    return late
      .filter(
        ({ at, replica }) => !wasAway(entries, replica, trippedAt, at) && !wasAlone(entries, replica, trippedAt, at),
      )
      .map(({ at, replica, call }) => ({
        at,
        what: `${replica} admitted ${call} ${Math.round(at - trippedAt)} ms after the trip`,
      }));
  });
}
