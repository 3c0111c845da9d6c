/** A run in slices of time: what is drawn, on a terminal as in a picture. */
import type { CircuitState } from "recloser";
import type { SimulationResult } from "recloser/testing";
import { isFaulty, type Scenario } from "./scenario.ts";

export interface Slice {
  readonly fromMs: number;
  readonly faulty: boolean;
  /** The worst state that any replica was in; null: there is no breaker. */
  readonly state: CircuitState | null;
  /** Callers who came here and got a good answer, per second. */
  readonly goodPerSecond: number;
  /** Calls that the provider got here and did not answer well, per second. */
  readonly wastedPerSecond: number;
}

const WORST: readonly CircuitState[] = ["closed", "half-open", "open"];

export function seriesOf(
  scenario: Scenario,
  { calls, log, transitions }: SimulationResult,
  hasBreaker: boolean,
  slices: number,
): readonly Slice[] {
  const widthMs = scenario.forMs / slices;
  const perSecond = (times: Iterable<{ readonly atMs: number }>): readonly number[] => {
    const counts = new Array<number>(slices).fill(0);
    for (const { atMs } of times) {
      const at = Math.min(slices - 1, Math.floor(atMs / widthMs));
      counts[at] = (counts[at] ?? 0) + 1;
    }
    return counts.map((count) => count / (widthMs / 1_000));
  };
  const good = perSecond(calls.filter(({ end }) => end === "ok"));
  const wasted = perSecond(log.filter(({ end }) => end !== "ok"));
  const states = hasBreaker ? worstStates(transitions, slices, widthMs) : null;
  return Array.from({ length: slices }, (_, at) => ({
    fromMs: at * widthMs,
    faulty: isFaulty(scenario, (at + 0.5) * widthMs),
    state: states === null ? null : (states[at] as CircuitState),
    goodPerSecond: good[at] as number,
    wastedPerSecond: wasted[at] as number,
  }));
}

// By circuit: the shared one is everybody's, a local one its replica's.
function worstStates(
  transitions: SimulationResult["transitions"],
  slices: number,
  widthMs: number,
): readonly CircuitState[] {
  const states = new Map<string, CircuitState>();
  let next = 0;
  return Array.from({ length: slices }, (_, at) => {
    let worst = worstOf(states.values());
    for (; next < transitions.length; next++) {
      const change = transitions[next] as (typeof transitions)[number];
      if (change.atMs >= (at + 1) * widthMs) break;
      states.set(`${change.replica} ${change.scope}`, change.to);
      worst = worstOf([worst, change.to]);
    }
    return worst;
  });
}

function worstOf(states: Iterable<CircuitState>): CircuitState {
  return [...states].reduce<CircuitState>(
    (worst, state) => (WORST.indexOf(state) > WORST.indexOf(worst) ? state : worst),
    "closed",
  );
}
