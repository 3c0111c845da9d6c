/** Policies as single options by their path, `"cooldown.initial"`: how they are set from outside, and told where they come from. */
import { InvalidOptionError } from "./errors.ts";
import { createPolicy, MERGED_BY_FIELD, type PolicyOptions } from "./policy.ts";

/** Each option that is given, by its path. What is merged field by field has a path for each field. */
export function pathsOf(options: PolicyOptions | undefined): Readonly<Record<string, unknown>> {
  const paths: [string, unknown][] = [];
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value === undefined) continue;
    if (!MERGED_BY_FIELD.has(name) || typeof value !== "object" || value === null) paths.push([name, value]);
    else
      for (const [field, inner] of Object.entries(value))
        if (inner !== undefined) paths.push([`${name}.${field}`, inner]);
  }
  return Object.fromEntries(paths);
}

/**
 * The options of a policy that came from outside of the code, checked as a whole.
 *
 * @param path prefix of the option names in errors
 * @throws InvalidOptionError for an unknown option, a bad value, and what only code can say
 */
export function optionsFrom(paths: Readonly<Record<string, unknown>>, path = ""): PolicyOptions {
  const options = new Map<string, unknown>();
  for (const [name, value] of Object.entries(paths)) {
    const dot = name.indexOf(".");
    const [outer, field] = dot < 0 ? [name, null] : [name.slice(0, dot), name.slice(dot + 1)];
    if (field === null) options.set(outer, value);
    else if (MERGED_BY_FIELD.has(outer)) options.set(outer, { ...(options.get(outer) as object), [field]: value });
    else throw new InvalidOptionError(`${path}${name}`, `${outer} as a whole`, value);
  }
  const made = Object.fromEntries(options) as PolicyOptions;
  const { windowCalls } = createPolicy(made, path);
  if (windowCalls !== null) {
    const expected = "a duration: a window of calls is one process's own, and cannot be shared";
    throw new InvalidOptionError(`${path}window`, expected, made.window);
  }
  return made;
}
