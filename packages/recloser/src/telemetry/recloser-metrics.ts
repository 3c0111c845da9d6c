/** Counts what breakers do into the metrics of any client that has prom-client's shape. */
import type { Breaker, Recloser } from "../api.ts";
import type { CallEvent, EventName, RecloserEvents } from "../events.ts";
import { trackOf } from "../outcome.ts";
import type { BreakerSnapshot, RecordSnapshot } from "../snapshot.ts";
import type { CircuitState } from "../state.ts";
import { AvoidedWaits } from "../avoided-wait.ts";
import { KnownNames } from "./known-names.ts";
import {
  type CounterName,
  COUNTERS,
  type GaugeName,
  GAUGES,
  type HistogramName,
  HISTOGRAMS,
  type MetricDescription,
} from "./metric-descriptions.ts";
import type { Counter, Gauge, Histogram, MetricOptions, MetricsClient, MetricsRegistry } from "./metrics-client.ts";
import { OpenSeconds } from "./open-seconds.ts";

const STATES: readonly CircuitState[] = ["closed", "open", "half-open"];
// Up to where a provider is no longer waited for.
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

export class RecloserMetrics implements Disposable {
  readonly #source: Recloser | Breaker;
  readonly #registry: MetricsRegistry;
  readonly #registered: string[] = [];
  readonly #listeners = new AbortController();
  readonly #records: KnownNames;
  readonly #breakers: KnownNames;
  readonly #gauges: Readonly<Record<GaugeName, Gauge>>;
  readonly #counters: Readonly<Record<CounterName, Counter>>;
  readonly #histograms: Readonly<Record<HistogramName, Histogram>>;
  readonly #open: OpenSeconds;
  readonly #avoided: AvoidedWaits;
  // Milliseconds that were counted, by breaker: a fallback takes some back of what is not.
  readonly #avoidedMs = new Map<string, number>();

  constructor(source: Recloser | Breaker, client: MetricsClient, registry: MetricsRegistry, most: number) {
    this.#source = source;
    this.#registry = registry;
    this.#records = new KnownNames(most);
    this.#breakers = new KnownNames(most);
    const look = { state: () => this.#look(), storeMode: () => this.#lookAtStore() } as Partial<
      Record<string, () => void>
    >;
    this.#gauges = this.#made(GAUGES, (options, name) => {
      const collect = look[name];
      return new client.Gauge(collect === undefined ? options : { ...options, collect });
    });
    this.#counters = this.#made(COUNTERS, (options) => new client.Counter(options));
    this.#histograms = this.#made(HISTOGRAMS, (options) => new client.Histogram({ ...options, buckets: BUCKETS }));
    const { openSeconds } = this.#counters;
    this.#open = new OpenSeconds((name, seconds) => openSeconds.inc({ record: this.#records.label(name) }, seconds));
    this.#avoided = new AvoidedWaits(source);
    this.#countRecords();
    this.#countCalls();
  }

  [Symbol.dispose](): void {
    this.#listeners.abort();
    this.#avoided[Symbol.dispose]();
    for (const name of this.#registered) this.#registry.removeSingleMetric(name);
  }

  #made<N extends string, M>(
    descriptions: Readonly<Record<N, MetricDescription>>,
    make: (options: MetricOptions, name: N) => M,
  ): Readonly<Record<N, M>> {
    const made: Partial<Record<N, M>> = {};
    for (const [key, { name, help, labels, across }] of Object.entries(descriptions) as [N, MetricDescription][]) {
      made[key] = make({ name, help, labelNames: [...labels], registers: [], aggregator: across }, key);
      this.#registry.registerMetric(made[key] as never);
      this.#registered.push(name);
    }
    return made as Record<N, M>;
  }

  // ---- counted as it happens ---------------------------------------------------------------------------------------

  #countRecords(): void {
    const { transitions, probes, holds } = this.#counters;
    this.#on("transition", ({ key, to, reason, origin, atMs }) => {
      // Replicas are added up, and a change is one.
      if (origin === "local") transitions.inc({ record: this.#records.label(key), to, reason });
      this.#open.changed(key, to, atMs);
    });
    this.#on("probe", ({ key, result }) => probes.inc({ record: this.#records.label(key), result }));
    this.#on("hold", ({ key, kind }) => holds.inc({ record: this.#records.label(key), kind }));
  }

  #countCalls(): void {
    const { calls, rejections, wouldReject, retries, fallbacks, storeLosses } = this.#counters;
    const { durations, firstContents, waits } = this.#histograms;
    const breakerOf = ({ key }: { readonly key: string }): string => this.#breakers.label(key);
    this.#on("call", (event) => {
      const breaker = breakerOf(event);
      calls.inc({ breaker, outcome: event.outcome ?? "ignored" });
      durations.observe({ breaker, result: resultOf(event) }, event.durationMs / 1_000);
      if (event.firstContentMs !== null) firstContents.observe({ breaker }, event.firstContentMs / 1_000);
    });
    this.#on("rejected", (event) => rejections.inc({ breaker: breakerOf(event), reason: event.reason }));
    this.#on("would-reject", (event) => wouldReject.inc({ breaker: breakerOf(event), reason: event.reason }));
    this.#on("retry", (event) =>
      retries.inc({ breaker: breakerOf(event), result: event.delayMs === null ? "over-budget" : "made" }),
    );
    this.#on("fallback", (event) => fallbacks.inc({ breaker: breakerOf(event), result: event.result }));
    this.#on("wait", (event) =>
      waits.observe({ breaker: breakerOf(event), result: event.result }, event.waitedMs / 1_000),
    );
    this.#on("store", ({ mode }) => {
      if (mode === "local") storeLosses.inc({});
    });
  }

  #on<K extends EventName>(name: K, listener: (event: RecloserEvents[K]) => void): void {
    this.#source.on(name, listener, { signal: this.#listeners.signal });
  }

  // ---- read when scraped -------------------------------------------------------------------------------------------

  #look(): void {
    const { state, holds, overrides, modes, inFlight, waiting } = this.#gauges;
    for (const gauge of [state, holds, overrides, modes, inFlight, waiting]) gauge.reset();
    const breakers = "breakers" in this.#source ? this.#source.breakers() : [this.#source];
    for (const breaker of breakers) this.#show(breaker.snapshot());
    for (const name of this.#avoided.breakers) this.#countAvoided(name);
  }

  #countAvoided(name: string): void {
    const { totalMs = 0 } = this.#avoided.of(name) ?? {};
    const moreMs = totalMs - (this.#avoidedMs.get(name) ?? 0);
    if (moreMs <= 0) return;
    this.#avoidedMs.set(name, totalMs);
    this.#counters.avoidedWait.inc({ breaker: this.#breakers.label(name) }, moreMs / 1_000);
  }

  #show({ name, records, load, mode, atMs }: BreakerSnapshot): void {
    const breaker = this.#breakers.label(name);
    for (const priority of ["interactive", "batch"] as const)
      this.#gauges.waiting.set({ breaker, priority }, load.waiting[priority]);
    if (mode !== "enforce") this.#gauges.modes.set({ breaker, mode }, 1);
    for (const one of records) this.#showRecord(one, atMs);
  }

  #showRecord(one: RecordSnapshot, atMs: number): void {
    const { state, holds, overrides, inFlight } = this.#gauges;
    const record = this.#records.label(one.name);
    for (const each of STATES) state.set({ record, state: each }, each === one.state ? 1 : 0);
    inFlight.set({ record }, one.inFlight);
    for (const { kind, remainingMs } of one.holds) holds.set({ record, kind }, remainingMs / 1_000);
    if (one.override !== null)
      overrides.set({ record, mode: one.override.mode }, Math.max(0, atMs - one.override.sinceMs) / 1_000);
    this.#open.look(one, atMs);
  }

  #lookAtStore(): void {
    if (!("storeHealth" in this.#source)) return;
    const { storeMode, storeRoundTrip, storeDropped } = this.#gauges;
    const { mode, roundTripMs, droppedReports } = this.#source.storeHealth();
    for (const each of ["shared", "local"] as const) storeMode.set({ mode: each }, each === mode ? 1 : 0);
    storeRoundTrip.reset();
    if (roundTripMs !== null) storeRoundTrip.set({}, roundTripMs / 1_000);
    storeDropped.set({}, droppedReports);
  }
}

function resultOf({ outcome }: CallEvent): "success" | "failure" | "neutral" {
  if (outcome === "success") return "success";
  return outcome === null || trackOf(outcome) === "none" ? "neutral" : "failure";
}
