/** Has the library check each policy, since it knows the ranges; every fault at once, not the first. */
import { createRecloser, InvalidOptionError, type PolicyOptions } from "recloser";
import type { Path } from "./path.ts";

export interface PolicyFault {
  readonly path: Path;
  readonly expected: string;
}

// What an option lies in, as the library names it.
const PREFIX = /\bdefaults\.|\bpolicies\["[^]*"\]\./g;

/** @param breaker options of every breaker @param policies and by key or glob, as they stand in the file */
export function policyFaults(breaker: unknown, policies: unknown): PolicyFault[] {
  const faults = faultsOf(breaker, ["breaker"], (options) => createRecloser({ defaults: options }));
  if (!isPlain(policies)) return faults;
  for (const [glob, own] of Object.entries(policies))
    faults.push(...faultsOf(own, ["policies", glob], (options) => createRecloser({ policies: { [glob]: options } })));
  if (faults.length > 0) return faults;
  // Each is right by itself; together an entry may still contradict what it is merged with.
  for (const [glob, own] of Object.entries(policies))
    faults.push(
      ...faultsOf(own, ["policies", glob], (options) =>
        createRecloser({ defaults: breaker as PolicyOptions, policies: { [glob]: options } }),
      ),
    );
  return faults;
}

/** Takes out what is refused and asks again, until the rest is right. */
function faultsOf(options: unknown, base: Path, check: (options: PolicyOptions) => unknown): PolicyFault[] {
  // Of the wrong type altogether: the schema says so.
  if (!isPlain(options)) return [];
  const faults: PolicyFault[] = [];
  const rest = structuredClone(options);
  for (;;) {
    try {
      check(rest);
      return faults;
    } catch (error) {
      if (!InvalidOptionError.is(error)) throw error;
      // The option is named with what it lies in: `defaults.`, or `policies["openai:*"].` and then nothing where it was merged.
      const inside = error.option.replace(PREFIX, "").split(".");
      const path = inside[0] === "" || error.option === "defaults" ? [] : inside;
      faults.push({ path: [...base, ...path], expected: error.expected.replaceAll(PREFIX, "") });
      if (!takeOut(rest, path)) return faults;
    }
  }
}

// The deepest part that is there: a required one that is missing leaves with what it is missing in.
function takeOut(from: Record<string, unknown>, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined || !Object.hasOwn(from, first)) return false;
  const inner = from[first];
  if (rest.length > 0 && isPlain(inner) && takeOut(inner, rest)) return true;
  return delete from[first];
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
