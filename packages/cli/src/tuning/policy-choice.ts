/** The policy that is tried: of a gateway's configuration or the library's defaults, with options of the command line over it. */
import { createBreaker, InvalidOptionError, type PolicyOptions } from "recloser";
import { EXIT } from "../exit-code.ts";
import { CommandFailure } from "../command-failure.ts";
import { loadOrTell } from "../gateway/loading.ts";
import { BY_FIELD, optionsIn } from "../policy/assignments.ts";
import type { Shell } from "../shell.ts";

export interface ChosenPolicies {
  /** In words: where it is from. */
  readonly from: string;
  readonly defaults: PolicyOptions;
  /** By key or glob. */
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  /** Over all others: what `--set` says. */
  readonly over: PolicyOptions;
}

/** @returns null: the configuration is wrong, which was told, and the exit code is set */
export async function policiesOf(
  shell: Shell,
  given: { readonly config?: string; readonly set?: readonly string[] },
): Promise<ChosenPolicies | null> {
  const assignments = given.set ?? [];
  const over = assignedPolicy(assignments, "--set");
  const words = assignments.length === 0 ? "" : ` with ${assignments.join(" ")}`;
  if (given.config === undefined)
    return { from: `the defaults${words}`, defaults: {}, policies: {}, over: checked(over) };
  const loaded = await loadOrTell(shell, { file: given.config, flags: [] });
  if (loaded === null) return null;
  const { breaker, policies } = loaded.config;
  checked(merged(breaker, over));
  return { from: `${given.config}${words}`, defaults: breaker, policies, over };
}

/** Options as `name=value`, put into the shape that the library takes. */
export function assignedPolicy(assignments: readonly string[], option: string): PolicyOptions {
  const shaped: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(optionsIn(assignments, option))) {
    const [name = "", field] = path.split(".");
    const before = shaped[name] as Record<string, unknown> | undefined;
    shaped[name] = field === undefined ? value : { ...before, [field]: value };
  }
  return shaped;
}

/** One over the other, field by field where the library does so. */
export function merged(under: PolicyOptions, over: PolicyOptions): PolicyOptions {
  const all: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const before = all[name];
    all[name] = BY_FIELD.has(name) && isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  return all;
}

/** @throws CommandFailure with the exit code of a wrong option, in the library's words */
export function checked(policy: PolicyOptions): PolicyOptions {
  try {
    createBreaker(policy);
    return policy;
  } catch (error) {
    if (error instanceof InvalidOptionError) throw new CommandFailure(EXIT.usage, error.message);
    throw error;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
