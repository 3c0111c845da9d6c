/** What a replica says of itself. Pure but for the snapshots it takes. */
import type { Breaker, Recloser } from "../api.ts";
import { policySources } from "../policy-sources.ts";
import { VERSION } from "../version.ts";
import { describe } from "../warn.ts";
import type { ReplicaReport, ReportedRules } from "./history.ts";

// A replica may have thousands; whoever looks at a fleet does not look at all of them.
const BREAKERS_MOST = 1_000;
const NOT_CLOSED_MOST = 300;

interface RuleGroup {
  readonly rules: Omit<ReportedRules, "keys">;
  readonly keys: string[];
}

/** @param rejected calls that were not made in about the last minute, by breaker */
export function reportOf(recloser: Recloser, rejected: Readonly<Record<string, number>>, nowMs: number): ReplicaReport {
  const health = recloser.storeHealth();
  const byRules = new Map<string, RuleGroup>();
  const notClosed: ReplicaReport["notClosed"][number][] = [];
  const policies: string[] = [];
  let breakers = 0;
  for (const breaker of recloser.breakers()) {
    if (++breakers > BREAKERS_MOST) continue;
    const { name: key, state, scope, generation, policy, mode } = breaker.snapshot();
    const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures } = policy;
    const trips = { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures };
    const rules = { ...trips, mode, given: givenTo(recloser, breaker) };
    const text = JSON.stringify(rules);
    const same: RuleGroup = byRules.get(text) ?? { rules, keys: [] };
    same.keys.push(key);
    byRules.set(text, same);
    policies.push(`${key} ${JSON.stringify({ ...policy, mode })}`);
    if (state !== "closed" && notClosed.length < NOT_CLOSED_MOST) notClosed.push({ key, state, scope, generation });
  }
  return {
    version: VERSION,
    store: {
      mode: health.mode,
      forMs: Math.max(0, nowMs - health.sinceMs),
      error: health.mode === "local" && health.lastError !== null ? describe(health.lastError) : null,
      roundTripMs: health.roundTripMs,
    },
    breakers,
    policyHash: hashOf(policies),
    notClosed,
    rules: [...byRules.values()].map((one) => ({ ...one.rules, keys: one.keys })),
    rejected,
  };
}

// What is a function in the code is told as that.
function givenTo(recloser: Recloser, breaker: Breaker): NonNullable<ReportedRules["given"]> {
  const { code = {}, fleet = {}, own = {} } = policySources(recloser, breaker) ?? {};
  const told = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(values).map(([path, value]) => [path, typeof value === "function" ? "(a function)" : value]),
    );
  const set = Object.entries(fleet).map(([path, { value }]) => [path, value] as const);
  return { code: told(code), fleet: Object.fromEntries(set), own: told(own) };
}

/** Of each breaker's policy, whatever order they were made in: two replicas with another set of breakers still agree on shared ones. */
function hashOf(policies: readonly string[]): string {
  // The keys are left out where all policies are alike: a replica that has seen fewer breakers has the same policies.
  const texts = [...new Set(policies.map((text) => text.slice(text.indexOf(" ") + 1)))].toSorted();
  let hash = 0x811c9dc5;
  for (const character of texts.join("\n")) {
    hash ^= character.charCodeAt(0);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}
