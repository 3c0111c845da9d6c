/** The gateway's own metrics, beside those of its circuits: requests, attempts, tokens, times, bytes. */
import * as client from "prom-client";
import type { Recloser } from "recloser";
import { prometheusMetrics } from "recloser/prometheus";
import type { RequestRecord } from "../attempts/request-record.ts";
import { answeredBy, attemptLine } from "./request-line.ts";
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
    const { requests, sdkRetries, bytesIn, bytesOut, tokens } = this.#counters;
    const { durations, firstTokens, added } = this.#histograms;
    const target = answeredBy(record)?.target.name ?? "none";
    const route = record.route ?? "none";
    requests.inc({ route, target, status: String(record.status), end: record.end });
    if (record.isSdkRetry) sdkRetries.inc({ route });
    durations.observe({ route }, record.durationMs / 1_000);
    if (record.firstTokenMs !== null) firstTokens.observe({ route, target }, record.firstTokenMs / 1_000);
    if (record.addedMs !== null) added.observe({ route }, record.addedMs / 1_000);
    bytesIn.inc({ route }, record.requestBytes);
    bytesOut.inc({ route }, record.bytes);
    const { inputTokens = null, outputTokens = null } = record.usage ?? {};
    if (inputTokens !== null) tokens.inc({ route, target, direction: "input" }, inputTokens);
    if (outputTokens !== null) tokens.inc({ route, target, direction: "output" }, outputTokens);
    this.#countAttempts(record, route, target);
  }

  #countAttempts({ steps, end }: RequestRecord, route: string, target: string): void {
    const { attempts, failovers } = this.#counters;
    for (const step of steps) {
      const { result, reason, target: asked, calls } = attemptLine(step);
      attempts.inc({ route, target: asked, result, reason: reason ?? "none" }, Math.max(1, calls));
      const isPassedOver = end === "answered" && target !== "none" && asked !== target;
      if (isPassedOver) failovers.inc({ route, from: asked, to: target, reason: reason ?? result });
    }
  }

  close(): void {
    this.#ofCircuits[Symbol.dispose]();
    this.registry.clear();
  }
}
