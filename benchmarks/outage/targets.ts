/** What the replay is to show, and whether it does. */
import { type Spread, spread } from "../figures.ts";
import type { Arm } from "./fleet.ts";
import type { Gauges } from "./gauges.ts";
import type { ReplayResult } from "./replay.ts";

export interface Verdict {
  readonly text: string;
  readonly figure: Spread;
  readonly limit: number;
  readonly met: boolean;
}

/** @param policy the defaults in force */
export function verdicts(
  result: ReplayResult,
  policy: { readonly silenceMs: number; readonly cooldownMaxMs: number },
): Verdict[] {
  const runs = (scenario: string, arm: Arm): readonly Gauges[] =>
    result.scenarios.find((one) => one.scenario === scenario)?.runs[arm] ?? [];
  const each = (scenario: string, value: (gauges: Gauges) => number | null): number[] =>
    runs(scenario, "shared").map((gauges) => value(gauges) ?? Infinity);
  const ratio = (scenario: string, value: (gauges: Gauges) => number, to: Arm): number[] =>
    runs(scenario, "shared").map((gauges, seed) => value(gauges) / value(runs(scenario, to)[seed] as Gauges));
  const reached = ({ reached: calls }: Gauges): number => calls;
  const { silenceMs, cooldownMaxMs } = policy;
  const recoverIn = (cooldownMaxMs + LONGEST_ANSWER_MS + 5_000) / 1_000;
  const recoveries = result.scenarios
    .filter(({ scenario }) => scenario !== "store-hung")
    .map(({ runs: { shared } }) => spread(shared.map(({ recoveryMs }) => (recoveryMs ?? Infinity) / 1_000)).median);
  const storeFailures = result.scenarios.flatMap(({ runs: { shared } }) =>
    shared.map((gauges) => gauges.storeFailures),
  );
  return [
    most("503 outage: tries that reached the provider, shared to control", ratio("503", reached, "retries"), 1 / 1_000),
    most(
      "503 outage: tries that reached the provider, shared to per-process",
      ratio("503", reached, "per-process"),
      1 / 5,
    ),
    most(
      "503 outage: most to fewest tries that reached the provider, 1 to 64 replicas, shared",
      [growth(result)],
      1.25 / 0.75,
    ),
    most(
      "hang: seconds to the trip, shared",
      each("hang", (g) => g.tripMs).map((ms) => ms / 1_000),
      silenceMs / 1_000 + 1,
    ),
    least(
      "50 % brownout: good answers, shared to control",
      ratio("brownout-50", (g) => g.good, "retries"),
      0.95,
    ),
    most(
      "seconds from the provider's return to 95 % good answers, shared, in the slowest scenario with a store that works",
      [Math.max(...recoveries)],
      recoverIn,
    ),
    most("callers who failed for a reason of the store", storeFailures, 0),
  ];
}

// Of `latencies.chatAnswer`: a probe may take that long.
const LONGEST_ANSWER_MS = 10_000;

function growth({ growth: rows }: ReplayResult): number {
  const medians = rows.map(({ runs: { shared } }) => spread(shared.map(({ reached }) => reached)).median);
  return Math.max(...medians) / Math.min(...medians);
}

function most(text: string, values: readonly number[], limit: number): Verdict {
  const figure = spread(values);
  return { text, figure, limit, met: figure.median <= limit };
}

function least(text: string, values: readonly number[], limit: number): Verdict {
  const figure = spread(values);
  return { text, figure, limit, met: figure.median >= limit };
}
