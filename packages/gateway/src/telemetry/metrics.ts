/** The gateway's own metrics, beside those of its circuits: requests, attempts, tokens, times, bytes. */
import * as client from "prom-client";
import type { Recloser } from "recloser";
import { prometheusMetrics } from "recloser/prometheus";
import type { RequestRecord } from "../attempts/request-record.ts";
import { countRequest } from "./counted.ts";
import { GAUGE, REQUEST_METRICS } from "./metric-descriptions.ts";

type Counters = Readonly<Record<keyof typeof REQUEST_METRICS.counters, client.Counter>>;
type Histograms = Readonly<Record<keyof typeof REQUEST_METRICS.histograms, client.Histogram>>;

export class GatewayMetrics {
  readonly registry: client.Registry = new client.Registry();
  readonly #counters: Counters;
  readonly #histograms: Histograms;
  readonly #ofCircuits: Disposable;

  /**
   * @param inFlight requests under way by client, asked for at each scrape
   * @param ofProcess whether this process's own (memory, CPU, event loop) are measured too; they are never given up again
   */
  constructor(recloser: Recloser, inFlight: () => ReadonlyMap<string, number>, ofProcess: boolean) {
    const registers = [this.registry];
    const counters = Object.entries(REQUEST_METRICS.counters).map(
      ([key, { labels, ...one }]) => [key, new client.Counter({ ...one, labelNames: labels, registers })] as const,
    );
    this.#counters = Object.fromEntries(counters) as Counters;
    const histograms = Object.entries(REQUEST_METRICS.histograms).map(
      ([key, { labels, buckets, ...one }]) =>
        [key, new client.Histogram({ ...one, labelNames: labels, buckets: [...buckets], registers })] as const,
    );
    this.#histograms = Object.fromEntries(histograms) as Histograms;
    const { labels, ...one } = GAUGE;
    const gauge: client.Gauge = new client.Gauge({
      ...one,
      labelNames: labels,
      registers,
      collect: () => {
        gauge.reset();
        for (const [name, count] of inFlight()) gauge.set({ client: name }, count);
      },
    });
    this.#ofCircuits = prometheusMetrics(recloser, { client, registry: this.registry });
    if (ofProcess) client.collectDefaultMetrics({ register: this.registry });
  }

  /** A request is over. */
  observe(record: RequestRecord): void {
    countRequest(record, { counters: this.#counters, histograms: this.#histograms });
  }

  close(): void {
    this.#ofCircuits[Symbol.dispose]();
    this.registry.clear();
  }
}
