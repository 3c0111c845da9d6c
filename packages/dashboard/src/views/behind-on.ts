/** On which breakers a replica is behind the store. Pure. */
import type { BreakerView, ReplicaView } from "./wire.ts";

// A replica tells of itself each five seconds, and learns of a change within about one.
const LEARNS_WITHIN_MS = 7_000;

/** @param has the breakers it has at all @param views as the store has them */
export function behindOn(
  { notClosed, seenMs }: ReplicaView,
  has: ReadonlySet<string>,
  views: readonly BreakerView[],
): readonly string[] {
  const shared = new Map(notClosed.filter(({ scope }) => scope === "shared").map((one) => [one.key, one.state]));
  return views
    .filter(({ key, state, sinceMs, scope }) => {
      if (!has.has(key) || scope === "local" || sinceMs === null || sinceMs > seenMs - LEARNS_WITHIN_MS) return false;
      // Whether it is open or half-open is a matter of the moment; whether it is closed is not.
      return (state === "closed") === shared.has(key);
    })
    .map(({ key }) => key);
}
