/** What the simulated provider can be made to do by a click: the scenarios' own faults, until another switch is turned. */
import type { Fault } from "recloser/testing";
import { SCENARIO_NAMES, type ScenarioName, SCENARIOS } from "../scenarios.ts";

export type SwitchId = "healthy" | ScenarioName;

export interface Switch {
  readonly id: SwitchId;
  readonly label: string;
  readonly says: string;
  /** One after the other and again from the first; null: it is well meanwhile. */
  readonly faults: readonly (Fault | null)[];
  /** How long each of several lasts. */
  readonly eachMs: number;
  /** Whether callers ask for streams while it is on. */
  readonly streams: boolean;
}

const FLAP_MS = 5_000;

const LABELS: Readonly<Record<SwitchId, { readonly label: string; readonly says: string }>> = {
  healthy: { label: "Healthy", says: "answers every call, in 0.6 s mostly" },
  "503": { label: "503", says: "answers every call with 503" },
  hang: { label: "Hang", says: "takes every call and never answers; 20 s of silence trip the breaker" },
  "429": { label: "429", says: "answers 429, Retry-After: 5: a hold, and the circuit stays closed" },
  brownout: { label: "Brownout", says: "fails every second call: opening would throw the good half away" },
  flap: { label: "Flap", says: "is down for 5 s, up for 5 s, and so on" },
  "cut-stream": { label: "Cut stream", says: "breaks every stream off after three words" },
};

const HEALTHY: Switch = { id: "healthy", ...LABELS.healthy, faults: [null], eachMs: 0, streams: false };

export const SWITCHES: readonly Switch[] = [
  HEALTHY,
  ...SCENARIO_NAMES.map((id): Switch => {
    const { steps, streams } = SCENARIOS[id];
    const fault = steps[0]?.fault ?? null;
    const faults = id === "flap" ? [fault, null] : [fault];
    return { id, ...LABELS[id], faults, eachMs: FLAP_MS, streams };
  }),
];

export function switchOf(id: string): Switch {
  return SWITCHES.find((one) => one.id === id) ?? HEALTHY;
}

/** The switch that is the same as a fault that was set in another way. */
export function switchFor(fault: Fault | null): Switch {
  const text = JSON.stringify(fault);
  return SWITCHES.find(({ faults }) => faults.length === 1 && JSON.stringify(faults[0]) === text) ?? HEALTHY;
}
