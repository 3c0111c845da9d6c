/** `failureRate=0.6 cooldown.initial=10s slowCall.after=5s`: options of a policy as a command line has them. */
import { UsageError } from "../usage-error.ts";

// What the library merges field by field: each field is an option by itself. Of any other a field is a part.
export const BY_FIELD: ReadonlySet<string> = new Set(["cooldown", "probe", "hold", "timeouts", "shed"]);

/**
 * Options by path, as the library takes them. Whether they are well is the library's to say.
 *
 * @param option what to name in an error
 * @throws UsageError for what is no assignment, or the same twice
 */
export function optionsIn(assignments: readonly string[], option = "policy set"): Readonly<Record<string, unknown>> {
  const options = new Map<string, unknown>();
  for (const assignment of assignments) {
    const [, path, text] = /^([A-Za-z]+(?:\.[A-Za-z]+){0,2})=(.*)$/s.exec(assignment) ?? [];
    if (path === undefined || text === undefined)
      throw new UsageError(option, "options as name=value, such as failureRate=0.6 or cooldown.max=2m", assignment);
    const parts = path.split(".");
    const own = BY_FIELD.has(parts[0] as string) ? 2 : 1;
    const name = parts.slice(0, own).join(".");
    const field = parts.slice(own).join(".");
    const before = options.get(name);
    const isNew = field === "" ? !options.has(name) : isPart(before) && !Object.hasOwn(before, field);
    if (!isNew && options.has(name)) throw new UsageError(path, "one value", assignment);
    options.set(name, field === "" ? valueOf(text) : { ...(before as object | undefined), [field]: valueOf(text) });
  }
  return Object.fromEntries(options);
}

function isPart(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// A number, a switch, or a word such as "30s": what it may be is the option's.
function valueOf(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** The same way back: a value that has fields takes one assignment for each. */
export function assignmentsOf(option: string, value: unknown): readonly string[] {
  if (!isPart(value)) return [`${option}=${typeof value === "string" ? value : JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([field, inner]) => assignmentsOf(`${option}.${field}`, inner));
}
