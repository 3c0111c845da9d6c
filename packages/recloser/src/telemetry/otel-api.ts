/** What is used of OpenTelemetry's API, by shape: nothing of it is imported, and none is needed where nobody measures. */

type Attributes = Record<string, string | number | boolean>;

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

export interface OtelObservable {
  addCallback(callback: never): void;
}

export interface OtelObserver {
  observe(gauge: OtelObservable, value: number, attributes: Attributes): void;
}

export interface OtelMeter {
  createCounter(name: string, options: InstrumentOptions): { add(value: number, attributes: Attributes): void };
  createHistogram(name: string, options: InstrumentOptions): { record(value: number, attributes: Attributes): void };
  createObservableGauge(name: string, options: InstrumentOptions): OtelObservable;
  addBatchObservableCallback(callback: (observer: OtelObserver) => void, gauges: OtelObservable[]): void;
  removeBatchObservableCallback(callback: (observer: OtelObserver) => void, gauges: OtelObservable[]): void;
}

export interface OtelSpan {
  addEvent(name: string, attributes: Attributes, time?: number): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(time?: number): void;
}

export interface OtelTracer {
  startSpan(name: string, options: { kind: number; startTime: number; attributes: Attributes }): OtelSpan;
}

/** The module: `import * as api from "@opentelemetry/api"`. */
export interface OtelApi {
  readonly metrics: { getMeter(name: string, version?: string): OtelMeter };
  readonly trace: {
    getTracer(name: string, version?: string): OtelTracer;
    getActiveSpan(): OtelSpan | undefined;
  };
}
