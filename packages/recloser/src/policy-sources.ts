/** Where each value of a breaker's policy comes from. */
import type { Breaker, Recloser } from "./api.ts";
import type { FleetPolicies } from "./store/fleet-policies.ts";
import type { FleetOption } from "./store/fleet-policy.ts";

/**
 * Options by path, each where it is given, whether or not a later one is over it. In the order in which they count, least
 * first; what none of them gives has its default.
 */
export interface PolicySources {
  /** `defaults` and `policies`. */
  readonly code: Readonly<Record<string, unknown>>;
  readonly fleet: Readonly<Record<string, FleetOption>>;
  /** What the breaker was made with. */
  readonly own: Readonly<Record<string, unknown>>;
}

interface Insides {
  readonly fleet: FleetPolicies;
  policySources(breaker: Breaker): PolicySources;
}

/** The fleet's policies that a recloser goes by; null: it is none of ours. */
export function fleetOf(recloser: Recloser): FleetPolicies | null {
  return (recloser as unknown as Partial<Insides>).fleet ?? null;
}

/** @param breaker one of the recloser's @returns null: it is none of ours */
export function policySources(recloser: Recloser, breaker: Breaker): PolicySources | null {
  return (recloser as unknown as Partial<Insides>).policySources?.(breaker) ?? null;
}
