/** Which policy holds for which breaker: defaults, then the most specific entry by name or glob, then its own options. */
import { InvalidOptionError } from "./errors.ts";
import { matches, specificity } from "./key.ts";
import { createPolicy, mergeOptions, type Policy, type PolicyOptions } from "./policy.ts";
import { fields } from "./validate.ts";

export class PolicyTable {
  readonly #defaults: PolicyOptions | undefined;
  readonly #policies: Readonly<Record<string, PolicyOptions>>;
  // Sorted, the most specific first.
  readonly #globs: readonly string[];
  // Breakers without options of their own share the frozen policy of their glob.
  readonly #shared = new Map<string, Policy>();

  /** @throws InvalidOptionError for any bad entry, also one that no breaker uses yet */
  constructor(defaults?: PolicyOptions, policies: Readonly<Record<string, PolicyOptions>> = {}) {
    this.#defaults = defaults;
    this.#policies = fields("policies", policies, Object.keys(policies)) as Readonly<Record<string, PolicyOptions>>;
    this.#globs = Object.keys(policies).toSorted((a, b) => specificity(b) - specificity(a) || (a < b ? -1 : 1));
    createPolicy(defaults, "defaults.");
    for (const glob of this.#globs) {
      createPolicy(policies[glob], `policies["${glob}"].`);
      this.#sharedPolicy(glob);
    }
  }

  /** The policy of a name, with options of its own over what the table says. @throws InvalidOptionError */
  policyOf(name: string, own?: PolicyOptions): Policy {
    const glob = this.#globs.find((entry) => matches(entry, name));
    if (own === undefined) return this.#sharedPolicy(glob);
    createPolicy(own);
    return createPolicy(mergeOptions(this.#defaults, glob === undefined ? undefined : this.#policies[glob], own));
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
    return new PolicyTable(mergeOptions(this.#defaults, defaults), merged);
  }

  #sharedPolicy(glob: string | undefined): Policy {
    const id = glob ?? "";
    let policy = this.#shared.get(id);
    if (policy === undefined) {
      policy = createPolicy(mergeOptions(this.#defaults, glob === undefined ? undefined : this.#policies[glob]));
      this.#shared.set(id, policy);
    }
    return policy;
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
