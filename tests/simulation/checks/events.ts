/** I12: every change is told, once, with its cause and its maker. */
import type { History } from "../history.ts";
import type { Finding } from "./violation.ts";

/**
 * I12: events are a log. For every plan: in each process the transitions of a record follow each other without a gap, those
 * of the shared circuit and those of its own apart; each names who made it and a generation that does not fall within a life
 * of the store. And each change of the shared circuit is told as made here by one replica at most.
 */
export function everyTransitionIsTold(history: History): readonly Finding[] {
  const found: Finding[] = [];
  const last = new Map<string, string>();
  for (const record of history.events) {
    const { at: atMs, replica, life } = record;
    if (record.name === "store") takenOver(last, `${replica} ${life}`, record.event.mode);
    if (record.name !== "transition") continue;
    const { event } = record;
    const place = `${replica} ${life} ${event.key} ${event.scope}`;
    const before = last.get(place) ?? "closed";
    if (before !== event.from)
      found.push({ atMs, what: `r${replica} told ${event.from} → ${event.to} (${event.reason}, ${event.origin}, ${event.scope}) of ${event.key}, which it had told was ${before}` });
    last.set(place, event.to);
    if (event.by === "" || !(event.generation > 0)) found.push({ atMs, what: `r${replica} told ${event.to} by "${event.by}" in generation ${event.generation}` });
  }
  return found;
}

/**
 * When the store goes away, a process takes the shared circuit over without a word: the `store` event says it. When it is
 * back, that one is put away.
 */
function takenOver(last: Map<string, string>, process: string, mode: "shared" | "local"): void {
  for (const [place, state] of last) {
    if (!place.startsWith(`${process} `) || !place.endsWith(" shared")) continue;
    const own = `${place.slice(0, -"shared".length)}local`;
    if (mode === "local" && state !== "closed" && (last.get(own) ?? "closed") === "closed") last.set(own, TAKEN_OVER);
    if (mode === "shared" && last.get(own) === TAKEN_OVER) last.set(own, "closed");
  }
}
