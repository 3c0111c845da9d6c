/** `--sweep cooldown.max=5s,10s,30s --sweep failureRate=0.5,0.9`: every combination is a policy to try. */
import type { PolicyOptions } from "recloser";
import { UsageError } from "../usage-error.ts";
import { assignedPolicy, checked, merged } from "./policy-choice.ts";

export interface Variant {
  /** `cooldown.max=5s failureRate=0.5` */
  readonly name: string;
  readonly policy: PolicyOptions;
}

const MOST = 500;

/** @throws UsageError for a sweep that is none, or for too many policies */
export function variantsOf(sweeps: readonly string[], base: PolicyOptions): readonly Variant[] {
  if (sweeps.length === 0) return [];
  const lists = sweeps.map((sweep) => {
    const [, name, values] = /^([A-Za-z]+(?:\.[A-Za-z]+){0,2})=(.+)$/.exec(sweep) ?? [];
    if (name === undefined || values === undefined)
      throw new UsageError("--sweep", "name=value,value,…, such as cooldown.max=5s,10s,30s", sweep);
    return values.split(",").map((value) => `${name}=${value.trim()}`);
  });
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count > MOST) throw new UsageError("--sweep", `at most ${MOST} policies`, `${count} policies`);
  return combinations(lists).map((assignments) => ({
    name: assignments.join(" "),
    policy: checked(merged(base, assignedPolicy(assignments, "--sweep"))),
  }));
}

function combinations(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (before, list) => before.flatMap((some) => list.map((one) => [...some, one])),
    [[]],
  );
}
