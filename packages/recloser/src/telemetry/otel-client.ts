/** OpenTelemetry's instruments in the shape of prom-client's, so that what is counted is told in one place. */
import type { Counter, Gauge, Histogram, MetricOptions, MetricsClient, MetricsRegistry } from "./metrics-client.ts";
import type { OtelMeter, OtelObservable, OtelObserver } from "./otel-api.ts";

type Labels = Record<string, string>;

const PREFIX = "recloser.";

/** `recloser_call_duration_seconds` is `recloser.call_duration` in seconds, `recloser_calls_total` is `recloser.calls`. */
export function otelName(name: string): { readonly name: string; readonly unit: string } {
  const bare = name.replace(/^recloser_/, "").replace(/_total$/, "");
  const isSeconds = bare.endsWith("_seconds");
  return { name: PREFIX + bare.replace(/_seconds$/, ""), unit: isSeconds ? "s" : "1" };
}

/** Disposing it stops the observation of its gauges. */
export function otelClient(meter: OtelMeter): MetricsClient & Disposable {
  const gauges: ObservedGauge[] = [];
  const observe = (observer: OtelObserver): void => {
    for (const { collect } of gauges) collect?.();
    for (const gauge of gauges) gauge.tell(observer);
  };
  let observed: OtelObservable[] = [];
  return {
    Counter: class implements Counter {
      readonly #counter;
      constructor({ name, help }: MetricOptions) {
        const as = otelName(name);
        this.#counter = meter.createCounter(as.name, { description: help, unit: as.unit });
      }
      inc(labels: Labels, value = 1): void {
        this.#counter.add(value, attributesOf(labels));
      }
    },
    Gauge: class extends ObservedGauge {
      constructor(options: MetricOptions) {
        super(meter, options);
        gauges.push(this);
        meter.removeBatchObservableCallback(observe, observed);
        observed = [...observed, this.instrument];
        meter.addBatchObservableCallback(observe, observed);
      }
    },
    Histogram: class implements Histogram {
      readonly #histogram;
      constructor({ name, help, buckets }: MetricOptions & { readonly buckets: number[] }) {
        const as = otelName(name);
        const advice = { explicitBucketBoundaries: buckets };
        this.#histogram = meter.createHistogram(as.name, { description: help, unit: as.unit, advice });
      }
      observe(labels: Labels, value: number): void {
        this.#histogram.record(value, attributesOf(labels));
      }
    },
    register: NO_REGISTRY,
    [Symbol.dispose]: () => meter.removeBatchObservableCallback(observe, observed),
  };
}

/** A gauge whose values are kept until they are asked for. */
class ObservedGauge implements Gauge {
  readonly instrument: OtelObservable;
  readonly collect: (() => void) | undefined;
  readonly #values = new Map<string, { readonly labels: Labels; readonly value: number }>();

  constructor(meter: OtelMeter, { name, help, collect }: MetricOptions) {
    const as = otelName(name);
    this.instrument = meter.createObservableGauge(as.name, { description: help, unit: as.unit });
    this.collect = collect;
  }

  set(labels: Labels, value: number): void {
    this.#values.set(JSON.stringify(labels), { labels, value });
  }

  reset(): void {
    this.#values.clear();
  }

  tell(observer: OtelObserver): void {
    for (const { labels, value } of this.#values.values())
      observer.observe(this.instrument, value, attributesOf(labels));
  }
}

const NO_REGISTRY: MetricsRegistry = { registerMetric() {}, removeSingleMetric() {} };

function attributesOf(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [PREFIX + label, value]));
}
