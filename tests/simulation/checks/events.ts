/** I12: every change is told, once, with its cause and its maker. */
import type { History } from "../history.ts";
import type { Finding } from "./violation.ts";

/**
 * I12: events are a log. For every plan: each transition names a reason, who made it and a generation.
 */
export function everyTransitionIsTold(history: History): readonly Finding[] {
  const found: Finding[] = [];
  const last = new Map<string, string>();
  for (const record of history.events) {
    if (record.name !== "transition") continue;
    const { event, at: atMs, replica, life } = record;
    const place = `${replica} ${life} ${event.key}`;
    const before = last.get(place) ?? "closed";
    if (before !== event.from)
      found.push({ atMs, what: `r${replica} told ${event.from} → ${event.to} (${event.reason}, ${event.origin}) of ${event.key}, which it had told was ${before}` });
    last.set(place, event.to);
    if (event.by === "" || !(event.generation > 0)) found.push({ atMs, what: `r${replica} told ${event.to} by "${event.by}" in generation ${event.generation}` });
  }
  return found;
}
