/** What is used of prom-client, by shape: any version that has it will do, and none is needed where nobody measures. */

export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  /** In no registry by itself. */
  readonly registers: never[];
  readonly collect?: () => void;
  /** How the values of several processes become one. */
  readonly aggregator: "sum" | "max";
}

type Labels = Record<string, string>;

export interface Counter {
  inc(labels: Labels, value?: number): void;
}

export interface Gauge {
  set(labels: Labels, value: number): void;
  reset(): void;
}

export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** The module itself: `import * as client from "prom-client"`. */
export interface MetricsClient {
  readonly Counter: new (options: MetricOptions) => Counter;
  readonly Gauge: new (options: MetricOptions) => Gauge;
  readonly Histogram: new (options: MetricOptions & { readonly buckets: number[] }) => Histogram;
  readonly register: MetricsRegistry;
}

export interface MetricsRegistry {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}
