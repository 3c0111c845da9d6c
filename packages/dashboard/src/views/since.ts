/** Since when a breaker is as it is. Pure. */
import type { BreakerSnapshot } from "recloser";

/** Since when it is what callers find; null: always, as far as is known. */
export function sinceMs({ override, state, openedAtMs, openUntilMs, closedAtMs }: BreakerSnapshot): number | null {
  if (override !== null) return override.sinceMs;
  if (state === "closed") return closedAtMs;
  return state === "open" ? openedAtMs : openUntilMs;
}
