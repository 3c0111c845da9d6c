/** From one run of a scenario in one arm to its gauges. */
import { type Arm, type FleetChange, playFleet, sharesRecords } from "./fleet.ts";
import { BASE_ERRORS, LATENCY, PATIENCE_MS, type Scenario } from "./scenarios.ts";
import type { CallerRecord } from "./simulation.ts";

export interface Gauges {
  /** Calls of all callers, of all tries. */
  readonly calls: number;
  /** Tries that reached the provider during the fault, how many of them were probes, and how many did not get an answer. */
  readonly reached: number;
  readonly probes: number;
  readonly failed: number;
  /** From the fault's beginning to the first open circuit or hold, and until every replica had one; null: never. */
  readonly tripMs: number | null;
  readonly allTrippedMs: number | null;
  /** Callers who came during the fault and got no answer: how long they waited for that. */
  readonly waitP50Ms: number;
  readonly waitP95Ms: number;
  readonly waitTotalMs: number;
  /** Calls in flight at once, at most, during the fault. */
  readonly slots: number;
  /** Good answers for callers who came from the fault's beginning on. */
  readonly good: number;
  /** Callers rejected while the provider was well. */
  readonly wrong: number;
  /** Circuits that opened, once per fleet, while the provider was well. */
  readonly falseOpens: number;
  /** From the fault's end until 95 % of the callers of the next five seconds get a good answer; null: never. */
  readonly recoveryMs: number | null;
  /** Commands that the store carried out, for each call; null without a store. */
  readonly storePerCall: number | null;
  /** Callers who failed with the store's error; must be 0. */
  readonly storeFailures: number;
}

/** Per second of the run. */
export interface Series {
  readonly asked: readonly number[];
  readonly good: readonly number[];
  readonly reached: readonly number[];
}

export interface Played {
  readonly gauges: Gauges;
  readonly series: Series;
}

export interface Load {
  readonly replicas: number;
  readonly perSecond: number;
}

export const RECOVERED = 0.95;
const RECOVERED_FOR_S = 5;

/** Plays one scenario in one arm. */
export async function play(scenario: Scenario, arm: Arm, seed: number, load: Load): Promise<Played> {
  const watch = new Watch(scenario);
  const fleet = await playFleet(
    {
      ...load,
      seed,
      arm,
      forMs: scenario.forMs + PATIENCE_MS,
      asks: "answer",
      latency: LATENCY,
      schedule: [...scenario.faults, BASE_ERRORS],
      patienceMs: PATIENCE_MS,
      ...(scenario.storeHangs === undefined ? {} : { storeHangs: scenario.storeHangs }),
    },
    watch,
  );
  const commands = Object.values(fleet.storeCounts).reduce((sum, count) => sum + count, 0);
  return watch.result(sharesRecords(arm) ? commands : null, load.replicas);
}

class Watch {
  readonly #scenario: Scenario;
  readonly #records: CallerRecord[] = [];
  readonly #changes: FleetChange[] = [];
  readonly #reached: number[] = [];
  #tries = 0;
  #reachedInFault = 0;
  #probes = 0;
  #failed = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  onEnd(record: CallerRecord): void {
    this.#records.push(record);
  }

  onTry(atMs: number, probe: boolean): void {
    this.#tries++;
    addTo(this.#reached, atMs);
    if (!this.#inFault(atMs)) return;
    this.#reachedInFault++;
    if (probe) this.#probes++;
  }

  onTryEnd(startedAtMs: number, error: unknown): void {
    if (error !== null && this.#inFault(startedAtMs)) this.#failed++;
  }

  onSecondTry(): void {
    this.#tries++;
  }

  onTransition(change: FleetChange): void {
    this.#changes.push(change);
  }

  #inFault(atMs: number): boolean {
    return atMs >= this.#scenario.fromMs && atMs < this.#scenario.toMs;
  }

  result(commands: number | null, replicas: number): Played {
    const { fromMs, toMs, forMs } = this.#scenario;
    const records = this.#records.filter(({ atMs }) => atMs < forMs);
    const series = seriesOf(records, this.#reached, forMs);
    const doomed = records.filter(({ atMs, end }) => this.#inFault(atMs) && end !== "ok");
    const waits = doomed.map(({ atMs, endMs }) => endMs - atMs).toSorted((a, b) => a - b);
    const isWell = (atMs: number): boolean => !this.#inFault(atMs) && atMs < forMs;
    const gauges = {
      calls: records.length,
      reached: this.#reachedInFault,
      probes: this.#probes,
      failed: this.#failed,
      ...this.#trips(replicas),
      waitP50Ms: quantile(waits, 0.5),
      waitP95Ms: quantile(waits, 0.95),
      waitTotalMs: waits.reduce((sum, ms) => sum + ms, 0),
      slots: mostAtOnce(records, fromMs, toMs),
      good: records.filter(({ atMs, end }) => atMs >= fromMs && end === "ok").length,
      wrong: records.filter(({ endMs, end }) => end === "rejected" && isWell(endMs)).length,
      falseOpens: this.#changes.filter(
        ({ atMs, to, kind, origin }) => kind === "transition" && to === "open" && origin === "local" && isWell(atMs),
      ).length,
      recoveryMs: recoveryOf(records, toMs),
      storePerCall: commands === null ? null : commands / this.#tries,
      storeFailures: records.filter(({ end, reason }) => end === "failed" && reason === "StoreError").length,
    };
    return { gauges, series };
  }

  #trips(replicas: number): Pick<Gauges, "tripMs" | "allTrippedMs"> {
    const { fromMs } = this.#scenario;
    const firsts = new Map<number, number>();
    for (const { atMs, to, kind, replica } of this.#changes) {
      const stops = kind === "hold" || to === "open";
      if (stops && this.#inFault(atMs) && !firsts.has(replica)) firsts.set(replica, atMs - fromMs);
    }
    const all = [...firsts.values()];
    if (all.length === 0) return { tripMs: null, allTrippedMs: null };
    return { tripMs: Math.min(...all), allTrippedMs: all.length < replicas ? null : Math.max(...all) };
  }
}

function addTo(seconds: number[], atMs: number): void {
  const second = Math.floor(atMs / 1_000);
  while (seconds.length <= second) seconds.push(0);
  seconds[second] = (seconds[second] as number) + 1;
}

function seriesOf(records: readonly CallerRecord[], reached: readonly number[], forMs: number): Series {
  const seconds = Math.floor(forMs / 1_000);
  const asked: number[] = new Array<number>(seconds).fill(0);
  const good = asked.slice();
  for (const { atMs, end } of records) {
    addTo(asked, atMs);
    if (end === "ok") addTo(good, atMs);
  }
  return { asked, good, reached: reached.slice(0, seconds) };
}

export function recoveryOf(records: readonly CallerRecord[], fromMs: number): number | null {
  const after = records.filter(({ atMs }) => atMs >= fromMs).toSorted((a, b) => a.atMs - b.atMs);
  const spanMs = RECOVERED_FOR_S * 1_000;
  const lastMs = after.at(-1)?.atMs ?? fromMs;
  // In steps of a tenth of a second: finer than the spread between seeds.
  for (let startMs = fromMs; startMs + spanMs <= lastMs; startMs += 100) {
    const some = after.filter(({ atMs }) => atMs >= startMs && atMs < startMs + spanMs);
    if (some.length > 0 && some.filter(({ end }) => end === "ok").length >= RECOVERED * some.length)
      return startMs - fromMs;
  }
  return null;
}

function mostAtOnce(records: readonly CallerRecord[], fromMs: number, toMs: number): number {
  const steps = records.flatMap(({ atMs, endMs }) => [
    { ms: atMs, by: 1 },
    { ms: endMs, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { ms, by } of steps.toSorted((a, b) => a.ms - b.ms || a.by - b.by)) {
    now += by;
    if (ms >= fromMs && ms < toMs) most = Math.max(most, now);
  }
  return most;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
