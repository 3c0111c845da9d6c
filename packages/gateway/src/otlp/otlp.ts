/**
 * Traces and metrics of one gateway, sent by OTLP. Loaded where they are sent and nowhere else; nothing of it is global, so that
 * an application that has a gateway in it keeps its own OpenTelemetry.
 */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { JsonMetricsSerializer, JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { detectResources, envDetector, type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { type Meter, trace } from "@opentelemetry/api";
import { MeterProvider, PeriodicExportingMetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from "@opentelemetry/sdk-trace-base";
import { AlwaysOffSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import type { Recloser } from "recloser";
import { openTelemetry } from "recloser/otel";
import type { OtlpConfig } from "../config/config.ts";
import type { Log } from "../telemetry/log.ts";
import type { Tracing } from "../telemetry/tracing.ts";
import { addressOf, type Signal, type SignalAddress } from "./address.ts";
import { Exporter } from "./exporter.ts";
import { Instruments } from "./instruments.ts";
import { MetricExporter } from "./metric-exporter.ts";
import { Deliveries } from "./deliveries.ts";
import { Spans } from "./spans.ts";

export interface Otlp {
  readonly tracing: Tracing;
  /** Sends what there is, for a short time; afterwards nothing is under way any more. */
  close(): Promise<void>;
}

export interface Told {
  readonly recloser: Recloser;
  readonly log: Log;
  /** Requests under way by client. */
  readonly inFlight: () => ReadonlyMap<string, number>;
}

// What a stopping gateway gives a collector that does not answer.
const CLOSE_WITHIN_MS = 2_000;
const EVERY_MS = 60_000;
const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

export function startOtlp(otlp: OtlpConfig, { recloser, log, inFlight }: Told): Otlp {
  const closed = new AbortController();
  const resource = resourceOf();
  const agents: { destroy(): void }[] = [];
  const opened = (signal: Signal): Opened => {
    const address = addressOf(signal, otlp, process.env);
    agents.push(address.to.agent);
    for (const notice of address.notices) log.warn({ event: "otlp", signal }, notice);
    return { ...address, deliveries: new Deliveries(signal, log) };
  };
  const tracers = tracersOf(otlp, resource, otlp.traces ? opened("traces") : null, closed.signal);
  const meters = metersOf(resource, otlp.metrics ? opened("metrics") : null, closed.signal);
  const meter: Meter = meters.getMeter("@recloser/gateway", version);
  const circuits = openTelemetry(recloser, {
    api: { metrics: meters, trace: { getTracer: () => NO_SPANS, getActiveSpan: () => undefined } },
    traces: false,
  });
  const instruments = new Instruments(meter, inFlight);
  const tracing = new Spans(tracers.getTracer("@recloser/gateway", version), instruments, otlp.continueTraces);
  const close = async (): Promise<void> => {
    const late = setTimeout(() => closed.abort(), CLOSE_WITHIN_MS);
    await Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
    clearTimeout(late);
    closed.abort();
    circuits[Symbol.dispose]();
    for (const agent of agents) agent.destroy();
  };
  return { tracing, close };
}

const NO_SPANS = trace.wrapSpanContext({ traceId: "", spanId: "", traceFlags: 0 }) as never;

interface Opened extends SignalAddress {
  readonly deliveries: Deliveries;
}

function tracersOf(
  { sampleRatio }: OtlpConfig,
  resource: Resource,
  opened: Opened | null,
  closed: AbortSignal,
): BasicTracerProvider {
  if (opened === null) return new BasicTracerProvider({ sampler: new AlwaysOffSampler() });
  const { protocol, to, deliveries } = opened;
  const serializer = protocol === "http/json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  const exporter = new Exporter<ReadableSpan[]>(to, serializer, deliveries.over, closed);
  const sampler: Sampler | null =
    sampleRatio === null ? null : new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) });
  return new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(exporter)],
    ...(sampler === null ? {} : { sampler }),
  });
}

function metersOf(resource: Resource, opened: Opened | null, closed: AbortSignal): MeterProvider {
  if (opened === null) return new MeterProvider();
  const { protocol, to, deliveries } = opened;
  const serializer = protocol === "http/json" ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  const exporter = new Exporter<ResourceMetrics>(to, serializer, deliveries.over, closed);
  const everyMs = positive(process.env["OTEL_METRIC_EXPORT_INTERVAL"]) ?? EVERY_MS;
  const reader = new PeriodicExportingMetricReader({
    exporter: new MetricExporter(exporter, process.env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"] ?? ""),
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: everyMs,
  });
  return new MeterProvider({ resource, readers: [reader] });
}

// What the variables say goes before what is known here (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES).
function resourceOf(): Resource {
  const own = resourceFromAttributes({
    "service.name": "recloser-gateway",
    "service.version": version,
    "service.instance.id": randomUUID(),
  });
  return own.merge(detectResources({ detectors: [envDetector] }));
}

function positive(text: string | undefined): number | null {
  const value = Number(text ?? "");
  return value > 0 && Number.isFinite(value) ? value : null;
}
