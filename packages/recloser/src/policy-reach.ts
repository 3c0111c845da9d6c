/** Which of the fleet's policies reach a breaker. */
import { matches, specificity } from "./key.ts";
import type { FleetOption } from "./store/fleet-policy.ts";

interface Patterned {
  readonly pattern: string;
}

/** Those whose pattern names it, the most specific last: of each option that one counts. */
export function reaching<T extends Patterned>(name: string, all: readonly T[]): readonly T[] {
  return all
    .filter(({ pattern }) => matches(pattern, name))
    .toSorted(({ pattern: a }, { pattern: b }) => specificity(a) - specificity(b) || (a < b ? 1 : -1));
}

/** Of what was set for the fleet, what counts for one name, by option. */
export function fleetOptionsFor(name: string, options: readonly FleetOption[]): Readonly<Record<string, FleetOption>> {
  return Object.fromEntries(reaching(name, options).map((one) => [one.option, one]));
}
