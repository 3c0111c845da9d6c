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
  // What breakers were given at their creation; kept when policies change.
  readonly #own: Map<string, PolicyOptions>;
  // Breakers without options of their own share the frozen policy of their glob.
  readonly #byGlob = new Map<string, Policy>();
  readonly #byName = new Map<string, Policy>();

  /** @throws InvalidOptionError for any bad entry, also one that no breaker uses yet */
  constructor(
    defaults?: PolicyOptions,
    policies: Readonly<Record<string, PolicyOptions>> = {},
    own: Map<string, PolicyOptions> = new Map(),
  ) {
    this.#defaults = defaults;
    this.#policies = fields("policies", policies, Object.keys(policies)) as Readonly<Record<string, PolicyOptions>>;
    this.#globs = Object.keys(policies).toSorted((a, b) => specificity(b) - specificity(a) || (a < b ? -1 : 1));
    this.#own = own;
    createPolicy(defaults, "defaults.");
    for (const glob of this.#globs) {
      createPolicy(policies[glob], `policies["${glob}"].`);
      this.#shared(glob);
    }
    for (const [name, options] of own) this.#define(name, options);
  }

  /** The policy of a new breaker. @throws InvalidOptionError */
  define(name: string, options: PolicyOptions | undefined): Policy {
    if (options === undefined) return this.policyOf(name);
    const policy = this.#define(name, options);
    this.#own.set(name, options);
    return policy;
  }

  policyOf(name: string): Policy {
    return this.#byName.get(name) ?? this.#shared(this.#globFor(name));
  }

  /** @throws InvalidOptionError when `options` would make another policy than the breaker has */
  assertSame(name: string, options: PolicyOptions): void {
    const wanted = createPolicy(mergeOptions(this.#defaults, this.#policies[this.#globFor(name) ?? ""], options));
    const present = this.policyOf(name);
    const different = (Object.keys(wanted) as (keyof Policy)[]).find((field) => !equal(wanted[field], present[field]));
    if (different === undefined) return;
    throw new InvalidOptionError(
      "options",
      `the options that "${name}" was made with (they differ in ${different}); use recloser.configure() to change a policy`,
      options,
    );
  }

  /** A table with some options changed, field by field; what breakers were made with stays. @throws InvalidOptionError */
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
    return new PolicyTable(mergeOptions(this.#defaults, defaults), merged, this.#own);
  }

  #define(name: string, options: PolicyOptions): Policy {
    createPolicy(options);
    const glob = this.#globFor(name);
    const policy = createPolicy(
      mergeOptions(this.#defaults, glob === undefined ? undefined : this.#policies[glob], options),
    );
    this.#byName.set(name, policy);
    return policy;
  }

  #shared(glob: string | undefined): Policy {
    const id = glob ?? "";
    let policy = this.#byGlob.get(id);
    if (policy === undefined) {
      policy = createPolicy(mergeOptions(this.#defaults, glob === undefined ? undefined : this.#policies[glob]));
      this.#byGlob.set(id, policy);
    }
    return policy;
  }

  #globFor(name: string): string | undefined {
    return this.#globs.find((glob) => matches(glob, name));
  }
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
