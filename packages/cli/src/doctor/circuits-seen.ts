/** What is looked at where circuits are, in a store or in a server that runs. */
import type { Inspection } from "recloser/inspect";
import { overridesCheck, trafficCheck } from "./circuit-checks.ts";
import type { Finding } from "./finding.ts";

/** @param busiest the most calls that a window held in the last day, by breaker, where that is known */
export function circuitsOf({ records, nowMs }: Inspection, busiest: ReadonlyMap<string, number>): readonly Finding[] {
  return [trafficCheck(records, busiest), overridesCheck(records, nowMs)];
}
