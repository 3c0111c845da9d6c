/** A breaker's policy, option by option, each with where its value comes from. */
import { fleetOptionsFor } from "../policy-reach.ts";
import type { FleetOption } from "../store/fleet-policy.ts";

export type PolicyOrigin = "default" | "code" | "fleet" | "own";

export interface PolicyRow {
  /** By path: `"failureRate"`, `"cooldown.initial"`. */
  readonly option: string;
  /** What holds, as in `PolicyOptions`. */
  readonly value: unknown;
  /** `code`: `defaults` and `policies`; `own`: the options that the breaker was made with; `default`: nobody gave it. */
  readonly from: PolicyOrigin;
  /** What was set for the fleet, also where the breaker's own options are over it; null: nothing. */
  readonly fleet: FleetOption | null;
}

/** What replicas say they give a breaker (`ReportedRules.given` in `recloser/history`). */
export interface GivenPolicy {
  readonly code: Readonly<Record<string, unknown>>;
  readonly own: Readonly<Record<string, unknown>>;
}

/** What holds where nothing is given. An option without a value by default is not there. */
export const POLICY_DEFAULTS: Readonly<Record<string, unknown>> = {
  window: "30s",
  minimumCalls: 20,
  failureRate: 0.9,
  failureThreshold: false,
  consecutiveFailures: 18,
  slowCall: false,
  silence: "20s",
  "cooldown.initial": "5s",
  "cooldown.factor": 2,
  "cooldown.max": "60s",
  "cooldown.jitter": 0.2,
  "probe.successes": 1,
  "probe.lease": "10s",
  "probe.timeout": "30s",
  "probe.settleOn": "first-token",
  ramp: { from: 2 },
  "hold.initial": "1s",
  "hold.factor": 2,
  "hold.max": "60s",
  pace: true,
  "shed.batchShare": 0.8,
  "shed.queue": false,
  "shed.adaptive": { k: 2 },
  onTrip: "abort-silent",
  mode: "enforce",
};

/**
 * In the order of the documentation, then what has no default.
 *
 * @param given null: what the code says is not known, so only what was set for the fleet is shown
 */
export function policyRows(
  name: string,
  given: GivenPolicy | null,
  options: readonly FleetOption[],
): readonly PolicyRow[] {
  const fleet = fleetOptionsFor(name, options);
  if (given === null)
    return Object.entries(fleet).map(([option, one]) => ({ option, value: one.value, from: "fleet", fleet: one }));
  const { code, own } = given;
  const names = new Set([POLICY_DEFAULTS, code, fleet, own].flatMap((values) => Object.keys(values)));
  return [...names].map((option) => {
    const set = Object.hasOwn(fleet, option) ? (fleet[option] as FleetOption) : null;
    if (Object.hasOwn(own, option)) return { option, value: own[option], from: "own", fleet: set };
    if (set !== null) return { option, value: set.value, from: "fleet", fleet: set };
    if (Object.hasOwn(code, option)) return { option, value: code[option], from: "code", fleet: null };
    return { option, value: POLICY_DEFAULTS[option], from: "default", fleet: null };
  });
}
