/** One sentence for the moment: what the reader is looking at. */
import type { Scene } from "./scene.ts";

export function narrate({ breaker, isWell, arms }: Scene): string {
  switch (breaker.shows) {
    case "open":
      return isWell
        ? "The provider is well again; the breaker finds out at its next probe."
        : "Open: callers are answered at once, and the provider is left alone.";
    case "half-open":
      return breaker.probing
        ? "One call is out as the probe; the others are answered at once meanwhile."
        : "The cooldown is over: the next call will be the probe.";
    case "held":
      return "The provider said when to come back; callers are answered at once meanwhile.";
    case "closed":
      if (breaker.rampLimit !== null)
        return `Closed again: ${breaker.rampLimit} calls at a time, twice as many with each good answer.`;
      if (isWell && arms.without.waiting > 0)
        return `All is well here. Without the breaker ${arms.without.waiting} callers still wait behind dead calls.`;
      if (isWell) return arms.with.good === 0 || breaker.evidence === null ? "All is well." : "All is well again.";
      return breaker.failuresInARow > 0 || breaker.failures > 0
        ? "Calls fail. The breaker counts them: is it a few, or nearly all?"
        : "Nothing has failed yet, but nothing is answered either: callers wait.";
  }
}
