/** What a played policy comes to, in numbers that two policies can be compared by. */
import type { SimulationResult } from "recloser/testing";
import { isFaulty, type Scenario } from "./scenario.ts";

/** Means over the seeds; null: in one of them it did not come to it. */
export interface Figures {
  readonly calls: number;
  /** Callers with a good answer. */
  readonly good: number;
  /** Calls that the provider got during an outage and did not answer well. */
  readonly wasted: number;
  /** From the beginning of an outage to the first caller that is turned away; of several the longest. */
  readonly tripMs: number | null;
  /** From the end of an outage until 95 % of the callers of five seconds get an answer; of several the longest. */
  readonly recoveryMs: number | null;
  /** Callers turned away while nothing was wrong with the provider. */
  readonly wrong: number;
  /** What callers without a good answer waited for it, together. */
  readonly waitedMs: number;
}

const RECOVERED = 0.95;
const RECOVERED_FOR_MS = 5_000;
const STEP_MS = 100;

type Call = SimulationResult["calls"][number];

export function figuresOf(scenario: Scenario, { calls, log }: SimulationResult): Figures {
  const bad = calls.filter(({ end }) => end !== "ok");
  const turnedAway = bad.filter(({ end }) => end === "rejected");
  const byTime = calls.toSorted((a, b) => a.atMs - b.atMs);
  return {
    calls: calls.length,
    good: calls.length - bad.length,
    wasted: log.filter(({ atMs, end }) => end !== "ok" && isFaulty(scenario, atMs)).length,
    tripMs: longest(scenario.outages.map(({ fromMs, toMs }) => tripOf(turnedAway, fromMs, toMs))),
    recoveryMs: longest(scenario.outages.map(({ toMs }) => recoveryOf(byTime, toMs))),
    wrong: turnedAway.filter(({ endMs }) => !isFaulty(scenario, endMs)).length,
    waitedMs: bad.reduce((sum, { atMs, endMs }) => sum + endMs - atMs, 0),
  };
}

/** One that was given up in flight is turned away when the circuit trips, not when it began. */
function tripOf(turnedAway: readonly Call[], fromMs: number, toMs: number): number | null {
  const first = turnedAway.reduce(
    (least, { endMs }) => (endMs >= fromMs && endMs < toMs ? Math.min(least, endMs) : least),
    Infinity,
  );
  return first === Infinity ? null : first - fromMs;
}

function recoveryOf(byTime: readonly Call[], fromMs: number): number | null {
  const after = byTime.filter(({ atMs }) => atMs >= fromMs);
  const lastMs = after.at(-1)?.atMs ?? 0;
  let [first, next, good] = [0, 0, 0];
  for (let startMs = fromMs; startMs + RECOVERED_FOR_MS <= lastMs; startMs += STEP_MS) {
    while (next < after.length && (after[next] as Call).atMs < startMs + RECOVERED_FOR_MS)
      if ((after[next++] as Call).end === "ok") good++;
    while (first < next && (after[first] as Call).atMs < startMs) if ((after[first++] as Call).end === "ok") good--;
    if (next > first && good >= RECOVERED * (next - first)) return startMs - fromMs;
  }
  return null;
}

function longest(times: readonly (number | null)[]): number | null {
  return times.length === 0 || times.includes(null) ? null : Math.max(...(times as number[]));
}

export function meanOf(all: readonly Figures[]): Figures {
  const mean = (name: "calls" | "good" | "wasted" | "wrong" | "waitedMs"): number =>
    all.reduce((sum, figures) => sum + figures[name], 0) / all.length;
  const meanTime = (name: "tripMs" | "recoveryMs"): number | null =>
    all.some((figures) => figures[name] === null)
      ? null
      : all.reduce((sum, figures) => sum + (figures[name] ?? 0), 0) / all.length;
  return {
    calls: mean("calls"),
    good: mean("good"),
    wasted: mean("wasted"),
    tripMs: meanTime("tripMs"),
    recoveryMs: meanTime("recoveryMs"),
    wrong: mean("wrong"),
    waitedMs: mean("waitedMs"),
  };
}
