/**
 * The adaptive shed: while a provider fails many calls but not nearly all, a share of them is not made. Client-side
 * throttling in the manner of the SRE book ("Handling Overload"), with what LLM calls need of it (docs/decisions/0012).
 *
 * Pure and without a memory of its own: the record's window is the memory, so a record without failures pays nothing.
 */
import type { Counts } from "./trip.ts";

/** What is never shed: one call in ten goes through, or nobody would learn that the provider is well again. */
export const SHED_MOST = 0.9;
/** Completed calls below which a share of failures says nothing, whatever `minimumCalls` is. */
export const SHED_LEAST_CALLS = 20;

export interface ShedPolicy {
  readonly minimumCalls: number;
  readonly consecutiveFailures: number | false;
  readonly adaptiveShed: { readonly k: number } | false;
}

/**
 * The probability with which the next call is shed, 0 to `SHED_MOST`.
 *
 * Calls in flight and still young count as accepted until they show otherwise: a failure comes in 50 ms and an answer in
 * 8–60 s, so over completed calls alone a healthy provider has nothing but failures after every start. What was shed
 * itself does not count as asked, or above a failure rate of `1 − 1/k` the shed would feed on itself until nothing is
 * let through. The square root is what chance alone does to the counts: at half failures half of the windows have more.
 * Failures in a row are no partial failure but the beginning of a trip, which sheds would only put off.
 *
 * @param young calls in flight that have shown nothing yet and have not been silent for long
 * @param streak failures since the last success
 */
export function shedRate(counts: Counts, young: number, streak: number, policy: ShedPolicy): number {
  const { successes, failures } = counts;
  if (policy.adaptiveShed === false || failures === 0) return 0;
  if (policy.consecutiveFailures !== false && 2 * streak >= policy.consecutiveFailures) return 0;
  if (successes + failures <= Math.max(SHED_LEAST_CALLS, policy.minimumCalls)) return 0;
  const accepted = successes + young;
  const asked = accepted + failures;
  const excess = asked - policy.adaptiveShed.k * accepted - Math.sqrt(asked);
  return excess <= 0 ? 0 : Math.min(SHED_MOST, excess / (asked + 1));
}
