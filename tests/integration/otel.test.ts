/** recloser/otel with OpenTelemetry's own SDK. */
import * as api from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createRecloser } from "recloser";
import { openTelemetry } from "recloser/otel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { COUNTERS, GAUGES, HISTOGRAMS } from "../../packages/recloser/src/telemetry/metric-descriptions.ts";
import { otelName } from "../../packages/recloser/src/telemetry/otel-client.ts";

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const meters = new MeterProvider({ readers: [reader] });
const spans = new InMemorySpanExporter();
const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

beforeAll(() => {
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  api.metrics.setGlobalMeterProvider(meters);
  api.trace.setGlobalTracerProvider(tracers);
});
afterEach(() => {
  spans.reset();
  exporter.reset();
});
afterAll(async () => {
  api.metrics.disable();
  api.trace.disable();
  api.context.disable();
  await meters.shutdown();
});

const overloaded = (): Promise<never> => Promise.reject(Object.assign(new Error("x"), { status: 503 }));
const defaults = {
  failureThreshold: 2,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { jitter: 0 },
} as const;

/** One success, two failures that trip, and a rejection, under a span. */
async function anOutage(recloser: ReturnType<typeof createRecloser>): Promise<void> {
  const breaker = recloser.breaker("search");
  await api.trace.getTracer("app").startActiveSpan("request", async (span) => {
    await breaker.execute(() => 1);
    for (let i = 0; i < 2; i++) await breaker.execute(overloaded).catch(() => {});
    await breaker.execute(() => 1).catch(() => {});
    span.end();
  });
}

async function points(): Promise<Map<string, { readonly unit: string; readonly values: Record<string, unknown> }>> {
  await reader.forceFlush();
  const all =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  return new Map(
    all.map(({ descriptor, dataPoints }) => {
      const values = dataPoints.map(({ attributes, value }) => [
        Object.values(attributes).join(" "),
        typeof value === "number" ? value : value.count,
      ]);
      return [
        descriptor.name,
        { unit: descriptor.unit, values: Object.fromEntries(values) as Record<string, unknown> },
      ];
    }),
  );
}

describe("OpenTelemetry", () => {
  test("has the metrics of a recloser, by its own names and units", async () => {
    await using recloser = createRecloser({ defaults });
    using _ = openTelemetry(recloser, { api });
    await anOutage(recloser);
    const seen = await points();
    expect(seen.get("recloser.calls")).toEqual({ unit: "1", values: { "search success": 1, "search overloaded": 2 } });
    expect(seen.get("recloser.call_duration")).toEqual({
      unit: "s",
      values: { "search success": 1, "search failure": 2 },
    });
    expect(seen.get("recloser.rejections")?.values).toEqual({ "search open": 1 });
    expect(seen.get("recloser.state")?.values).toEqual({ "search closed": 0, "search open": 1, "search half-open": 0 });
    expect(seen.get("recloser.store_mode")?.values).toEqual({ shared: 0, local: 1 });
    const names = [COUNTERS, GAUGES, HISTOGRAMS].flatMap((some) =>
      Object.values(some).map(({ name }) => otelName(name).name),
    );
    for (const name of seen.keys()) expect(names).toContain(name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("has each call as a span under the one around it, with how it ended", async () => {
    await using recloser = createRecloser({ defaults });
    using _ = openTelemetry(recloser, { api });
    await anOutage(recloser);
    const made = spans.getFinishedSpans();
    const request = made.find(({ name }) => name === "request");
    const calls = made.filter(({ name }) => name === "recloser search");
    expect(calls.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
      calls.map(() => request?.spanContext().spanId),
    );
    expect(calls.map(({ attributes, status, kind }) => [attributes["recloser.outcome"], status.code, kind])).toEqual([
      ["success", api.SpanStatusCode.UNSET, api.SpanKind.CLIENT],
      ["overloaded", api.SpanStatusCode.ERROR, api.SpanKind.CLIENT],
      ["overloaded", api.SpanStatusCode.ERROR, api.SpanKind.CLIENT],
    ]);
    expect(request?.events.map(({ name, attributes }) => [name, attributes?.["recloser.reason"]])).toEqual([
      ["recloser.transition", "failure-threshold"],
      ["recloser.rejected", "open"],
    ]);
  });

  test("has the first content of a stream, between its beginning and its end", async () => {
    await using recloser = createRecloser();
    using _ = openTelemetry(recloser, { api, metrics: false });
    const stream = recloser.breaker("talk").stream(async function* () {
      yield "a";
      yield "b";
    });
    for await (const _chunk of stream);
    const [span] = spans.getFinishedSpans();
    const ms = ([seconds, nanos]: readonly [number, number]): number => seconds * 1_000 + nanos / 1e6;
    const [first] = span?.events ?? [];
    expect(first?.name).toBe("recloser.first_content");
    expect(ms(first?.time ?? [0, 0])).toBeGreaterThanOrEqual(ms(span?.startTime ?? [0, 0]));
    expect(ms(first?.time ?? [0, 0])).toBeLessThanOrEqual(ms(span?.endTime ?? [0, 0]));
    expect(Math.abs(ms(span?.startTime ?? [0, 0]) - Date.now())).toBeLessThan(60_000);
    expect(await points()).not.toContain("recloser.calls");
  });

  test("hears nothing more when it is disposed of", async () => {
    await using recloser = createRecloser({ defaults });
    const before = await points();
    openTelemetry(recloser, { api })[Symbol.dispose]();
    await anOutage(recloser);
    expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(["request"]);
    expect(spans.getFinishedSpans()[0]?.events).toEqual([]);
    expect([...(await points())]).toEqual([...before]);
  });

  test.each([
    [{}, "api: expected the module"],
    [{ api, metrics: "yes" }, "metrics"],
    [{ api, maxNames: 0 }, "maxNames"],
    [{ api, meter: 1 }, "meter"],
  ])("%# refuses what it cannot use, naming the field", (options, says) => {
    expect(() => openTelemetry(createRecloser(), options as never)).toThrow(says);
  });
});
