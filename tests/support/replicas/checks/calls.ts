/** What callers see of the store: nothing. */
import type { Entry } from "../entries.ts";
import { type Finding, only, wasAway } from "./finding.ts";

/** A claim's deadline, and what a busy machine adds. */
const WAITS_AT_MOST_MS = 50 + 100;

/** A call ends with the provider's answer or failure, or is rejected; nothing else comes out, here or anywhere in the process. */
export function noCallFailsForTheStore(entries: readonly Entry[]): readonly Finding[] {
  const strange = only(entries, "ended").flatMap(({ at, call, how }) =>
    how.end === "strange" ? [{ at, what: `${call} ended with ${how.message}` }] : [],
  );
  const unhandled = only(entries, "unhandled").map(({ at, replica, message }) => ({
    at,
    what: `${replica}: ${message}`,
  }));
  return [...strange, ...unhandled];
}

/** Each call is admitted or rejected within the deadline of a claim, in a replica that runs. */
export function noCallWaitsForTheStore(entries: readonly Entry[]): readonly Finding[] {
  const decided = new Map<string, number>();
  for (const entry of [...only(entries, "admitted"), ...only(entries, "ended")])
    decided.set(entry.call, Math.min(entry.at, decided.get(entry.call) ?? Infinity));
  const lastAt = entries.at(-1)?.at ?? 0;
  return only(entries, "began").flatMap(({ at, call, replica }) => {
    const decidedAt = decided.get(call) ?? lastAt;
    const waitedMs = decidedAt - at;
    if (waitedMs <= WAITS_AT_MOST_MS || wasAway(entries, replica, at, decidedAt)) return [];
    return [{ at, what: `${call} waited ${Math.round(waitedMs)} ms to be let through or not` }];
  });
}

/** What a replica knows to be open it holds to: no call passes, and when the cooldown is over only a probe does. */
export function anOpenViewAdmitsNothing(entries: readonly Entry[]): readonly Finding[] {
  return only(entries, "admitted").flatMap(({ at, call, probe, view }) => {
    if (view.overridden) return [];
    if (view.shared === "open" || view.local === "open")
      return [{ at, what: `${call} was admitted while ${view.shared} (shared) and ${view.local} (here)` }];
    const mustProbe = view.shared === "half-open" && view.isConnected;
    return mustProbe && !probe ? [{ at, what: `${call} was admitted to a half-open circuit as no probe` }] : [];
  });
}
