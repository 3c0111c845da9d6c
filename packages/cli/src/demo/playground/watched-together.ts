/** Several reclosers of one process and one store, as one for whoever watches: calls of any of them, circuits once. */
import type { EventName, Recloser } from "recloser";

// What happens to a caller happens in one of them; what happens to a circuit is told by all.
const OF_CALLERS: ReadonlySet<EventName> = new Set(["rejected", "would-reject", "call", "fallback", "retry", "wait"]);

/** @param first whose breakers are shown */
export function watchedTogether(first: Recloser, others: readonly Recloser[]): Recloser {
  const on: Recloser["on"] = (name, listener, options) => {
    const watched = OF_CALLERS.has(name) ? [first, ...others] : [first];
    const listening = watched.map((recloser) => recloser.on(name, listener, options));
    return {
      [Symbol.dispose]() {
        for (const one of listening) one[Symbol.dispose]();
      },
    };
  };
  return new Proxy(first, {
    get(target, name) {
      if (name === "on") return on;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
