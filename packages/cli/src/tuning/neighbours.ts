/** Policies one step away from another: one number halved or doubled, one rule stricter or laxer. */
import { createBreaker, type PolicyOptions } from "recloser";
import { assignedPolicy, merged } from "./policy-choice.ts";
import type { Variant } from "./variants.ts";

/** What the library says of a policy, with every default filled in. */
function inForce(policy: PolicyOptions): ReturnType<ReturnType<typeof createBreaker>["snapshot"]>["policy"] {
  return createBreaker(policy).snapshot().policy;
}

/** @param over the part of it that is varied; default: all of it */
export function neighboursOf(base: PolicyOptions, over: PolicyOptions = base): readonly Variant[] {
  const assignments = candidates(base);
  return assignments.flatMap((assignment) => {
    const change = assignedPolicy([assignment], "--set");
    try {
      createBreaker(merged(base, change));
      return [{ name: assignment, policy: merged(over, change) }];
    } catch {
      return []; // beside the others it would be refused, such as a first cooldown above the longest
    }
  });
}

function candidates(base: PolicyOptions): readonly string[] {
  const { failureRate, minimumCalls, consecutiveFailures, silenceMs, cooldown, windowMs } = inForce(base);
  const found: string[] = [];
  const both = (name: string, value: number, least: number, unit: "ms" | ""): void => {
    for (const factor of [0.5, 2]) {
      const changed = Math.max(least, Math.round(value * factor));
      if (changed !== value) found.push(`${name}=${unit === "ms" ? durationText(changed) : changed}`);
    }
  };
  both("cooldown.max", cooldown.maxMs, 1_000, "ms");
  both("cooldown.initial", cooldown.initialMs, 500, "ms");
  both("minimumCalls", minimumCalls, 2, "");
  if (windowMs !== null) both("window", windowMs, 1_000, "ms");
  if (consecutiveFailures === false) found.push("consecutiveFailures=18");
  else both("consecutiveFailures", consecutiveFailures, 2, "");
  if (silenceMs === false) found.push("silence=20s");
  else both("silence", silenceMs, 1_000, "ms");
  if (failureRate === false) found.push("failureRate=0.9");
  else
    for (const other of [0.5, 0.7, 0.9])
      if (Math.abs(other - failureRate) > 0.05) found.push(`failureRate=${String(other)}`);
  return found;
}

/** As an option takes it: `30s`, `2500ms`. */
export function durationText(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
