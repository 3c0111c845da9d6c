/** The policies that plans run under: the defaults, and ones whose deadlines are short, so that much happens in little time. */
import { createPolicy, mergeOptions, type Policy, type PolicyOptions } from "../../packages/recloser/src/policy.ts";

const FAST: PolicyOptions = {
  window: "10s",
  minimumCalls: 5,
  consecutiveFailures: 5,
  silence: "3s",
  cooldown: { initial: "500ms", max: "2s" },
  probe: { lease: "1s", timeout: "4s" },
  hold: { initial: "500ms", max: "4s" },
};

const OPTIONS = {
  fast: FAST,
  "two probes": mergeOptions(FAST, { consecutiveFailures: 4, probe: { successes: 2 }, ramp: { from: 1 } }),
  "by rate": mergeOptions(FAST, { consecutiveFailures: false, failureRate: 0.5 }),
  "by count": mergeOptions(FAST, {
    consecutiveFailures: false,
    failureRate: false,
    failureThreshold: 6,
    shed: { maxInFlight: 6 },
  }),
  "by slowness": mergeOptions(FAST, { consecutiveFailures: 8, slowCall: { after: "1200ms", rate: 0.5 } }),
  "let run": mergeOptions(FAST, { onTrip: "let-run", ramp: false, pace: false, probe: { settleOn: "complete" } }),
  "long probe": mergeOptions(FAST, {
    consecutiveFailures: 6,
    cooldown: { initial: "300ms", max: "900ms" },
    probe: { lease: "700ms", timeout: "9s" },
    silence: false,
  }),
  defaults: {},
} as const satisfies Record<string, PolicyOptions>;

export type PolicyName = keyof typeof OPTIONS;

export const POLICY_NAMES: readonly PolicyName[] = Object.keys(OPTIONS) as PolicyName[];

export function optionsOf(name: PolicyName): PolicyOptions {
  return OPTIONS[name];
}

export function policyOf(name: PolicyName): Policy {
  return createPolicy(OPTIONS[name]);
}

/** How long callers wait before they give up: longer than any deadline of the library, or those would never be met. */
export function patienceMs({ probe, silenceMs }: Policy): number {
  return Math.max(probe.timeoutMs, silenceMs === false ? 0 : silenceMs) + 3_000;
}
