/**
 * What breakers do, as metrics and spans of OpenTelemetry.
 *
 * @example
 * import * as api from "@opentelemetry/api";
 * import { openTelemetry } from "recloser/otel";
 *
 * openTelemetry(recloser, { api }); // once the application's SDK is set up
 */
import type { Breaker, Recloser } from "../api.ts";
import { InvalidOptionError } from "../errors.ts";
import type { CallEvent, EventName, RecloserEvents } from "../events.ts";
import { trackOf } from "../outcome.ts";
import { boolean, count, exact, fields } from "../validate.ts";
import type { OtelApi, OtelTracer } from "./otel-api.ts";
import { otelClient } from "./otel-client.ts";
import { RecloserMetrics } from "./recloser-metrics.ts";

export type { OtelApi, OtelMeter, OtelSpan, OtelTracer } from "./otel-api.ts";

export interface OpenTelemetryOptions {
  /** The module: `import * as api from "@opentelemetry/api"`. */
  readonly api: OtelApi;
  /** Whether calls are counted. Default true. */
  readonly metrics?: boolean | undefined;
  /** Whether each call is a span, and each rejection and change of state an event of the span it happens in. Default true. */
  readonly traces?: boolean | undefined;
  /** How many records, and how many breakers, have attributes of their own; the others are counted as `other`. Default 500. */
  readonly maxNames?: number | undefined;
}

const OPTIONS = ["api", "metrics", "traces", "maxNames"] as const;
const SCOPE = "recloser";
// SpanKind.CLIENT and SpanStatusCode.ERROR: numbers that the API has promised to keep.
const CLIENT = 2;
const ERROR = 2;

/**
 * Tells OpenTelemetry of a recloser, or of one breaker that was made alone: of the providers that are set when it is called.
 * While it does, admissions read the exact time.
 *
 * A call's span is made when the call has ended, under the span that was active around it; spans that are made within the
 * call, such as those of an HTTP client, stand beside it.
 *
 * @returns stops it
 * @throws InvalidOptionError for a bad option
 */
export function openTelemetry(source: Recloser | Breaker, options: OpenTelemetryOptions): Disposable {
  const given = fields("options", options, OPTIONS) as unknown as OpenTelemetryOptions;
  const { api } = given;
  if (typeof api?.metrics?.getMeter !== "function" || typeof api.trace?.getTracer !== "function")
    throw new InvalidOptionError("api", 'the module, as by import * as api from "@opentelemetry/api"', api);
  const most = exact(given.maxNames, 500, (value) => count("maxNames", value));
  const parts: Disposable[] = [];
  if (boolean("metrics", given.metrics, true)) {
    const client = otelClient(api.metrics.getMeter(SCOPE));
    parts.push(new RecloserMetrics(source, client, client.register, most), client);
  }
  if (boolean("traces", given.traces, true)) parts.push(traces(source, api));
  return {
    [Symbol.dispose]() {
      for (const part of parts) part[Symbol.dispose]();
    },
  };
}

function traces(source: Recloser | Breaker, { trace }: OtelApi): Disposable {
  const tracer = trace.getTracer(SCOPE);
  const listeners = new AbortController();
  const on = <K extends EventName>(name: K, listener: (event: RecloserEvents[K]) => void): void => {
    source.on(name, listener, { signal: listeners.signal });
  };
  on("call", (event) => tellOfCall(tracer, event));
  on("rejected", ({ key, reason }) =>
    trace.getActiveSpan()?.addEvent("recloser.rejected", { "recloser.breaker": key, "recloser.reason": reason }),
  );
  on("transition", ({ key, from, to, reason }) =>
    trace.getActiveSpan()?.addEvent("recloser.transition", {
      "recloser.record": key,
      "recloser.from": from,
      "recloser.to": to,
      "recloser.reason": reason,
    }),
  );
  return { [Symbol.dispose]: () => listeners.abort() };
}

function tellOfCall(tracer: OtelTracer, event: CallEvent): void {
  const { key, outcome, probe, attempt, startedAtMs, durationMs, firstContentMs } = event;
  const attributes = {
    "recloser.breaker": key,
    "recloser.outcome": outcome ?? "ignored",
    "recloser.attempt": attempt,
    "recloser.probe": probe,
  };
  const span = tracer.startSpan(`recloser ${key}`, { kind: CLIENT, startTime: startedAtMs, attributes });
  if (firstContentMs !== null) span.addEvent("recloser.first_content", {}, startedAtMs + firstContentMs);
  const failed = outcome !== null && outcome !== "success" && trackOf(outcome) !== "none";
  if (failed) span.setStatus({ code: ERROR, message: outcome });
  span.end(startedAtMs + durationMs);
}
