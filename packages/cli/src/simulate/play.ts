/** One policy in one scenario: the library's simulation, played once for each seed. */
import type { PolicyOptions } from "recloser";
import { type ProviderSegment, simulate, type SimulationResult } from "recloser/testing";
import { type Figures, figuresOf, meanOf } from "./figures.ts";
import type { Scenario } from "./scenario.ts";

export interface Arm {
  readonly name: string;
  /** `false`: no breaker. */
  readonly policy: PolicyOptions | false;
  /** Whether replicas share their circuit. */
  readonly shared: boolean;
}

export interface Played {
  readonly arm: Arm;
  readonly figures: Figures;
  /** Of the first seed: what is drawn. */
  readonly first: SimulationResult;
}

/** What a run leaves of the calls that came in its time: it goes on a little, so that they end. */
export async function playOnce(scenario: Scenario, { policy, shared }: Arm, seed: number): Promise<SimulationResult> {
  const { forMs, replicas, perSecond, latency, timeoutMs } = scenario;
  const result = await simulate({
    ...{ seed, replicas, shared, timeoutMs, policy },
    forMs: forMs + timeoutMs,
    arrivals: { kind: "poisson", perSecond: perSecond / replicas },
    provider: { latency: { answer: latency }, schedule: scheduleOf(scenario), log: true },
    keepCalls: true,
  });
  const inTime = <T extends { readonly atMs: number }>(all: readonly T[]): T[] =>
    all.filter(({ atMs }) => atMs < forMs);
  const { calls, log, transitions } = result;
  return { ...result, calls: inTime(calls), log: inTime(log), transitions: inTime(transitions) };
}

function scheduleOf({ outages, errors }: Scenario): readonly ProviderSegment[] {
  const always: ProviderSegment = { does: { kind: "status", status: 500, probability: errors } };
  return [...outages.map(({ segment }) => segment), ...(errors > 0 ? [always] : [])];
}

/** @param seeds how many, from the scenario's on; its figures are their means */
export async function play(scenario: Scenario, arm: Arm, seeds: number): Promise<Played> {
  const first = await playOnce(scenario, arm, scenario.seed);
  const all = [figuresOf(scenario, first)];
  for (let more = 1; more < seeds; more++) {
    const later = endingLater(scenario, (more / seeds) * SPREAD_MS);
    all.push(figuresOf(later, await playOnce(later, arm, scenario.seed + more)));
  }
  return { arm, figures: meanOf(all), first };
}

// A third of the longest cooldown and more: else whose probe happens to come just after the outage's end would seem the best.
export const SPREAD_MS = 30_000;

function endingLater(scenario: Scenario, byMs: number): Scenario {
  const outages = scenario.outages.map((outage, at, all) => {
    if (at < all.length - 1) return outage;
    const toMs = Math.max(outage.toMs, Math.min(outage.toMs + byMs, scenario.forMs));
    return { ...outage, toMs, segment: { ...outage.segment, toMs } };
  });
  return { ...scenario, outages };
}
