/** All scenarios in all arms, and the growth with the number of replicas: what is kept as raw results. */
import type { Arm } from "./fleet.ts";
import { type Gauges, type Load, play, type Series } from "./gauges.ts";
import { ARMS, SCENARIOS, type Scenario } from "./scenarios.ts";

export interface Effort {
  readonly seeds: readonly number[];
  readonly load: Load;
  readonly replicas: readonly number[];
}

export interface ScenarioResult {
  readonly scenario: string;
  /** By arm, one for each seed. */
  readonly runs: Readonly<Record<Arm, readonly Gauges[]>>;
}

export interface GrowthResult {
  readonly replicas: number;
  readonly runs: Readonly<Record<"per-process" | "shared", readonly Gauges[]>>;
}

export interface ReplayResult {
  readonly seeds: readonly number[];
  readonly load: Load;
  readonly scenarios: readonly ScenarioResult[];
  readonly growth: readonly GrowthResult[];
  /** Of the first scenario and the first seed, for the chart. */
  readonly series: Readonly<Record<Arm, Series>>;
}

const [OUTAGE] = SCENARIOS as readonly [Scenario, ...Scenario[]];

/** Plays everything. The same effort gives the same result. */
export async function replay(effort: Effort, progress: (text: string) => void): Promise<ReplayResult> {
  const scenarios: ScenarioResult[] = [];
  const series: Partial<Record<Arm, Series>> = {};
  for (const scenario of SCENARIOS) {
    const runs: Partial<Record<Arm, Gauges[]>> = {};
    for (const arm of ARMS) {
      progress(`${scenario.title}: ${arm}`);
      const played = await playAll(scenario, arm, effort.seeds, effort.load);
      runs[arm] = played.map(({ gauges }) => gauges);
      if (scenario === OUTAGE) series[arm] = played[0]?.series as Series;
    }
    scenarios.push({ scenario: scenario.name, runs: runs as Record<Arm, Gauges[]> });
  }
  const growth: GrowthResult[] = [];
  for (const replicas of effort.replicas) {
    progress(`${OUTAGE.title}: ${replicas} replicas`);
    const load = { ...effort.load, replicas };
    const [alone, shared] = [
      await playAll(OUTAGE, "per-process", effort.seeds, load),
      await playAll(OUTAGE, "shared", effort.seeds, load),
    ].map((all) => all.map(({ gauges }) => gauges)) as [Gauges[], Gauges[]];
    growth.push({ replicas, runs: { "per-process": alone, shared } });
  }
  return { seeds: effort.seeds, load: effort.load, scenarios, growth, series: series as Record<Arm, Series> };
}

async function playAll(scenario: Scenario, arm: Arm, seeds: readonly number[], load: Load) {
  const played = [];
  for (const seed of seeds) played.push(await play(scenario, arm, seed, load));
  return played;
}
