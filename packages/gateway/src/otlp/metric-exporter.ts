/** An exporter of metrics, and whether counts are sent as sums since the start or since the last time. */
import type { ExportResult } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InstrumentType,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Exporter } from "./exporter.ts";

const { CUMULATIVE, DELTA } = AggregationTemporality;
// Source: "OTLP Exporter Configuration", OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE.
const ALWAYS_SUMS: ReadonlySet<InstrumentType> = new Set([
  InstrumentType.UP_DOWN_COUNTER,
  InstrumentType.OBSERVABLE_UP_DOWN_COUNTER,
]);
const IN_LITTLE_MEMORY: ReadonlySet<InstrumentType> = new Set([InstrumentType.COUNTER, InstrumentType.HISTOGRAM]);

export class MetricExporter implements PushMetricExporter {
  readonly #exporter: Exporter<ResourceMetrics>;
  readonly #preference: string;

  /** @param preference `cumulative`, `delta` or `lowmemory`; whatever else is `cumulative` */
  constructor(exporter: Exporter<ResourceMetrics>, preference: string) {
    this.#exporter = exporter;
    this.#preference = preference.trim().toLowerCase();
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    this.#exporter.export(metrics, done);
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    if (this.#preference === "delta") return ALWAYS_SUMS.has(type) ? CUMULATIVE : DELTA;
    return this.#preference === "lowmemory" && IN_LITTLE_MEMORY.has(type) ? DELTA : CUMULATIVE;
  }
}
