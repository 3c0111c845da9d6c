/**
 * Which policy holds for which breaker: defaults, then the most specific entry by name or glob, then what operators have set
 * for the whole fleet, then its own options.
 */
import { InvalidOptionError, StoreError } from "./errors.ts";
import { matches, specificity } from "./key.ts";
import { createPolicy, mergeOptions, type Policy, type PolicyOptions } from "./policy.ts";
import { reaching } from "./policy-reach.ts";
import type { FleetLayer } from "./store/fleet-policies.ts";
import { fields } from "./validate.ts";

export class PolicyTable {
  readonly #defaults: PolicyOptions | undefined;
  readonly #policies: Readonly<Record<string, PolicyOptions>>;
  // Sorted, the most specific first.
  readonly #globs: readonly string[];
  // Breakers without options of their own share the frozen policy of their glob.
  readonly #shared = new Map<string, Policy>();
  readonly #fleet: readonly FleetLayer[];
  readonly #refuse: (error: Error) => void;

  /**
   * @param fleet each of its layers makes a policy by itself; what does not go with the code's is left out for that breaker
   * @param refuse told of that
   * @throws InvalidOptionError for any bad entry of the code's, also one that no breaker uses yet
   */
  constructor(
    defaults?: PolicyOptions,
    policies: Readonly<Record<string, PolicyOptions>> = {},
    fleet: readonly FleetLayer[] = [],
    refuse: (error: Error) => void = () => {},
  ) {
    this.#defaults = defaults;
    this.#refuse = refuse;
    this.#fleet = fleet;
    this.#policies = fields("policies", policies, Object.keys(policies)) as Readonly<Record<string, PolicyOptions>>;
    this.#globs = Object.keys(policies).toSorted((a, b) => specificity(b) - specificity(a) || (a < b ? -1 : 1));
    createPolicy(defaults, "defaults.");
    for (const glob of this.#globs) {
      createPolicy(policies[glob], `policies["${glob}"].`);
      createPolicy(mergeOptions(defaults, policies[glob]));
    }
  }

  /** The policy of a name, with options of its own over what the table says. @throws InvalidOptionError */
  policyOf(name: string, own?: PolicyOptions): Policy {
    const glob = this.#globs.find((entry) => matches(entry, name));
    const fleet = this.#fleet.length === 0 ? this.#fleet : reaching(name, this.#fleet);
    if (own !== undefined) {
      createPolicy(own);
      return this.#made(name, glob, fleet, own);
    }
    const id = JSON.stringify([glob, ...fleet.map(({ pattern }) => pattern)]);
    const policy = this.#shared.get(id) ?? this.#made(name, glob, fleet, undefined);
    this.#shared.set(id, policy);
    return policy;
  }

  /** What the code says of a name, without a breaker's own options. */
  codeOf(name: string): PolicyOptions {
    const glob = this.#globs.find((entry) => matches(entry, name));
    return mergeOptions(this.#defaults, glob === undefined ? undefined : this.#policies[glob]);
  }

  #made(name: string, glob: string | undefined, fleet: readonly FleetLayer[], own: PolicyOptions | undefined): Policy {
    const code = [this.#defaults, glob === undefined ? undefined : this.#policies[glob]];
    if (fleet.length === 0) return createPolicy(mergeOptions(...code, own));
    try {
      return createPolicy(mergeOptions(...code, ...fleet.map(({ options }) => options), own));
    } catch (error) {
      const why = `the fleet's policy for "${name}" does not go with its code's, and is left out: ${(error as Error).message}`;
      this.#refuse(new StoreError(why, { cause: error }));
      return createPolicy(mergeOptions(...code, own));
    }
  }

  /** A table with some options changed, field by field. @throws InvalidOptionError */
  with(
    defaults: PolicyOptions | undefined,
    policies: Readonly<Record<string, PolicyOptions>> | undefined,
  ): PolicyTable {
    createPolicy(defaults, "defaults.");
    const merged: Record<string, PolicyOptions> = { ...this.#policies };
    for (const [glob, options] of Object.entries(policies ?? {})) {
      createPolicy(options, `policies["${glob}"].`);
      merged[glob] = mergeOptions(merged[glob], options);
    }
    return new PolicyTable(mergeOptions(this.#defaults, defaults), merged, this.#fleet, this.#refuse);
  }

  /** The same with other policies of the fleet. */
  withFleet(fleet: readonly FleetLayer[]): PolicyTable {
    return new PolicyTable(this.#defaults, this.#policies, fleet, this.#refuse);
  }
}

/** @throws InvalidOptionError when `options` make another policy than the breaker of that name has */
export function assertSamePolicy(name: string, present: Policy, wanted: Policy, options: PolicyOptions): void {
  const different = (Object.keys(wanted) as (keyof Policy)[]).find((field) => !equal(wanted[field], present[field]));
  if (different === undefined) return;
  throw new InvalidOptionError(
    "options",
    `the options that "${name}" was made with (they differ in ${different}); use recloser.configure() to change a policy`,
    options,
  );
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
