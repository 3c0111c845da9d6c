/** Tells of what became of calls and of the fallbacks that stood in for them. */
import type { EndedCall } from "./announcer.ts";
import type { Clock } from "./clock.ts";
import type { EventName, RecloserEvents } from "./events.ts";
import type { Fallback } from "./fallback.ts";
import type { OutcomeKind } from "./outcome.ts";

/** A breaker, to those who tell on its behalf. */
export interface Teller {
  readonly name: string;
  readonly clock: Clock;
  hears(name: EventName): boolean;
  tell<K extends EventName>(name: K, event: RecloserEvents[K]): void;
}

export function tellCall(teller: Teller, call: EndedCall, outcome: OutcomeKind | null): void {
  if (!teller.hears("call")) return;
  const { isProbe: probe, attempt, startedAtMs, shownAtMs } = call;
  const atMs = teller.clock.now();
  teller.tell("call", {
    key: teller.name,
    outcome,
    probe,
    attempt,
    startedAtMs,
    durationMs: Math.max(0, atMs - startedAtMs),
    firstContentMs: shownAtMs === null ? null : Math.max(0, shownAtMs - startedAtMs),
    atMs,
  });
}

/** The fallback, told of when it has run. */
export function toldFallback<F>(teller: Teller, fallback: Fallback<F>): Fallback<F> {
  return async (error, info) => {
    const sinceMs = teller.clock.now();
    const told = (result: "answered" | "failed"): void => {
      if (!teller.hears("fallback")) return;
      const atMs = teller.clock.now();
      const outcome = info.outcome?.kind ?? null;
      teller.tell("fallback", { key: teller.name, outcome, result, durationMs: atMs - sinceMs, atMs });
    };
    try {
      const answer = await fallback(error, info);
      told("answered");
      return answer;
    } catch (second) {
      told("failed");
      throw second;
    }
  };
}
