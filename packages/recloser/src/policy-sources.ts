/** Where each value of a breaker's policy comes from. */
import type { Breaker, Recloser } from "./api.ts";
import { matches, recordNames, specificity } from "./key.ts";
import type { PolicyOptions } from "./policy.ts";
import { pathsOf } from "./policy-paths.ts";
import type { FleetPolicies } from "./store/fleet-policies.ts";
import type { FleetOption } from "./store/fleet-policy.ts";

export interface PolicyLayers {
  /** By `defaults` and `policies`. */
  readonly code: PolicyOptions;
  /** What the breaker was made with. */
  readonly own: PolicyOptions | undefined;
}

/** Options by path, each where it is given, whether or not a later one is over it. In the order in which they count, least first. */
export interface PolicySources {
  readonly code: Readonly<Record<string, unknown>>;
  readonly fleet: Readonly<Record<string, FleetOption>>;
  readonly own: Readonly<Record<string, unknown>>;
}

interface Insides {
  readonly fleet: FleetPolicies;
  layersOf(breaker: Breaker): PolicyLayers;
}

/** The fleet's policies that a recloser goes by; null: it is none of ours, or its store keeps none. */
export function fleetOf(recloser: Recloser): FleetPolicies | null {
  return (recloser as unknown as Partial<Insides>).fleet ?? null;
}

export function policySources(recloser: Recloser, breaker: Breaker): PolicySources | null {
  const { fleet, layersOf } = recloser as unknown as Partial<Insides>;
  if (fleet === undefined || layersOf === undefined) return null;
  const { code, own } = layersOf.call(recloser, breaker);
  const name = recordNames((breaker as unknown as { readonly key: Parameters<typeof recordNames>[0] }).key).policy;
  return { code: pathsOf(code), fleet: fleetOptionsFor(name, fleet.options), own: pathsOf(own) };
}

/** Of what was set for the fleet, what counts for one name: of each option, the most specific pattern's. */
export function fleetOptionsFor(name: string, options: readonly FleetOption[]): Readonly<Record<string, FleetOption>> {
  const meant = options
    .filter(({ pattern }) => matches(pattern, name))
    .toSorted(({ pattern: a }, { pattern: b }) => specificity(a) - specificity(b) || (a < b ? 1 : -1));
  return Object.fromEntries(meant.map((one) => [one.option, one]));
}
