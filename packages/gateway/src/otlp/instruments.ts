/**
 * What is measured for OTLP: what OpenTelemetry has names for by those, and the gateway's own metrics as `/metrics` has them.
 * Sources: "Semantic conventions for HTTP metrics", "… for generative AI metrics".
 */
import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from "@opentelemetry/api";
import type { RequestRecord } from "../attempts/request-record.ts";
import { type Counted, countRequest } from "../telemetry/counted.ts";
import { GAUGE, type GatewayMetricDescription, REQUEST_METRICS } from "../telemetry/metric-descriptions.ts";

const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300];
const AI_SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

export class Instruments {
  readonly requestDuration: Histogram;
  readonly active: UpDownCounter;
  readonly callDuration: Histogram;
  readonly firstChunk: Histogram;
  readonly tokens: Histogram;
  readonly #counted: Counted;

  /** @param inFlight requests under way by client */
  constructor(meter: Meter, inFlight: () => ReadonlyMap<string, number>) {
    const histogram = (name: string, unit: string, description: string, bounds: number[]): Histogram =>
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: bounds } });
    this.requestDuration = histogram("http.server.request.duration", "s", "Duration of requests.", HTTP_SECONDS);
    this.active = meter.createUpDownCounter("http.server.active_requests", {
      unit: "{request}",
      description: "Requests under way.",
    });
    this.callDuration = histogram("gen_ai.client.operation.duration", "s", "Duration of calls.", AI_SECONDS);
    this.firstChunk = histogram(
      "gen_ai.client.operation.time_to_first_chunk",
      "s",
      "From a call to the first content of its stream.",
      AI_SECONDS,
    );
    this.tokens = histogram("gen_ai.client.token.usage", "{token}", "Tokens of calls, as answers say.", TOKENS);
    this.#counted = countedBy(meter);
    const gauge = meter.createObservableGauge(...named(GAUGE));
    gauge.addCallback((observer) => {
      for (const [client, value] of inFlight()) observer.observe(value, attributes({ client }));
    });
  }

  /** A request is over: the gateway's own metrics. */
  count(record: RequestRecord): void {
    countRequest(record, this.#counted);
  }
}

function countedBy(meter: Meter): Counted {
  const counter = (one: GatewayMetricDescription): Counted["counters"]["requests"] => {
    const made: Counter = meter.createCounter(...named(one));
    return { inc: (labels, value = 1) => made.add(value, attributes(labels)) };
  };
  const histogram = (
    one: GatewayMetricDescription & { readonly buckets: readonly number[] },
  ): Counted["histograms"]["added"] => {
    const [name, options] = named(one);
    const made = meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...one.buckets] } });
    return { observe: (labels, value) => made.record(value, attributes(labels)) };
  };
  const each = <K extends string, V, R>(all: Readonly<Record<K, V>>, make: (one: V) => R): Record<K, R> =>
    Object.fromEntries(Object.entries<V>(all).map(([key, one]) => [key, make(one)])) as Record<K, R>;
  return {
    counters: each(REQUEST_METRICS.counters, counter),
    histograms: each(REQUEST_METRICS.histograms, histogram),
  };
}

/** `recloser_gateway_request_duration_seconds` is `recloser.gateway.request_duration` in seconds. */
function named({ name, help }: GatewayMetricDescription): [string, { unit: string; description: string }] {
  const bare = name.replace(/^recloser_gateway_/, "").replace(/_total$/, "");
  const unit = bare.endsWith("_seconds") ? "s" : bare.endsWith("_bytes") ? "By" : "1";
  return [`recloser.gateway.${bare.replace(/_seconds$/, "")}`, { unit, description: help }];
}

function attributes(labels: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(labels).map(([label, value]) => [`recloser.${label}`, value]));
}
