/** Requests and calls as spans: one of the server for each request, below it one of the client for each call of a target. */
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { defaultTextMapGetter } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { IncomingHttpHeaders } from "node:http";
import type { Step } from "../attempts/loop.ts";
import type { RequestRecord } from "../attempts/request-record.ts";
import type { Addressed } from "../formats/addressed.ts";
import { answeredBy, attemptLine, callsOf } from "../telemetry/request-line.ts";
import { shownText } from "../telemetry/shown.ts";
import type { CallTrace, RequestTrace, TracedCall, Tracing } from "../telemetry/tracing.ts";
import { CallSpan } from "./call-span.ts";
import { operationName, providerName } from "./gen-ai.ts";
import { httpRoute } from "./http-route.ts";
import type { Instruments } from "./instruments.ts";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const PROPAGATOR = new W3CTraceContextPropagator();

export class Spans implements Tracing {
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  readonly #continues: boolean;

  /** @param continues whether a caller's trace is taken over */
  constructor(tracer: Tracer, instruments: Instruments, continues: boolean) {
    this.#tracer = tracer;
    this.#instruments = instruments;
    this.#continues = continues;
  }

  begin(asked: string, headers: IncomingHttpHeaders): RequestTrace {
    const method = METHODS.has(asked) ? asked : "_OTHER";
    const above = this.#continues ? PROPAGATOR.extract(ROOT_CONTEXT, headers, defaultTextMapGetter) : ROOT_CONTEXT;
    const attributes = { "http.request.method": method, "url.scheme": "http" };
    const span = this.#tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, above);
    this.#instruments.active.add(1, attributes);
    return new RequestSpan(this.#tracer, this.#instruments, span, method);
  }
}

class RequestSpan implements RequestTrace {
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  readonly #span: Span;
  readonly #method: string;
  readonly #within: Context;
  #route: string | null = null;
  #operation: string | null = null;

  constructor(tracer: Tracer, instruments: Instruments, span: Span, method: string) {
    this.#tracer = tracer;
    this.#instruments = instruments;
    this.#span = span;
    this.#method = method;
    this.#within = trace.setSpan(ROOT_CONTEXT, span);
  }

  addressed(where: Addressed): void {
    this.#route = httpRoute(where);
    this.#operation = operationName(where);
    this.#span.updateName(`${this.#method} ${this.#route}`);
  }

  call(call: TracedCall): CallTrace {
    const operation = this.#operation;
    return new CallSpan(
      { tracer: this.#tracer, within: this.#within, instruments: this.#instruments, operation },
      call,
    );
  }

  end(record: RequestRecord): void {
    const { status, end, refusal, durationMs } = record;
    const isError = status >= 500 || end === "broken";
    const error = isError ? { "error.type": refusal ?? (end === "broken" ? "broken" : String(status)) } : {};
    const method = { "http.request.method": this.#method, "url.scheme": "http" };
    const measured = {
      ...method,
      ...(this.#route === null ? {} : { "http.route": this.#route }),
      ...(status === 0 ? {} : { "http.response.status_code": status }),
      ...error,
    };
    this.#instruments.active.add(-1, method);
    this.#instruments.requestDuration.record(durationMs / 1_000, measured);
    this.#instruments.count(record);
    if (this.#span.isRecording()) {
      this.#span.setAttributes({ ...measured, ...this.#facts(record) });
      if (isError) this.#span.setStatus({ code: SpanStatusCode.ERROR });
      this.#tellOfPassedOver(record.steps);
    }
    this.#span.end();
  }

  #facts(record: RequestRecord): Record<string, string | number | boolean> {
    const { id, client, route, model, streams, usage, end, refusal } = record;
    const by = answeredBy(record)?.target ?? null;
    const facts = {
      "recloser.request_id": id,
      "recloser.client": client,
      "recloser.route": route,
      "recloser.target": by?.name ?? null,
      "recloser.attempts": callsOf(record),
      "recloser.end": end,
      "recloser.refusal": refusal,
      "gen_ai.operation.name": this.#operation,
      "gen_ai.provider.name": by === null ? null : providerName(by.config.provider),
      "gen_ai.request.model": model === null ? null : shownText(model),
      "gen_ai.request.stream": streams,
      "gen_ai.usage.input_tokens": usage?.inputTokens ?? null,
      "gen_ai.usage.output_tokens": usage?.outputTokens ?? null,
    };
    const told = Object.entries(facts).filter(([, value]) => value !== null && value !== "");
    return Object.fromEntries(told) as Record<string, string | number | boolean>;
  }

  // Targets that were not called: no span of theirs says so. When the next one was called they had been passed over.
  #tellOfPassedOver(steps: readonly Step[]): void {
    const sinceMs = Date.now() - performance.now();
    steps.forEach((step, at) => {
      if (step.calls > 0) return;
      const { target, result, reason } = attemptLine(step);
      const next = steps.slice(at).flatMap((one) => ("askedAtMs" in one ? (one.askedAtMs ?? []) : []))[0];
      const told = { "recloser.target": target, "recloser.result": result };
      this.#span.addEvent(
        "recloser.passed_over",
        reason === null ? told : { ...told, "recloser.reason": reason },
        sinceMs + (next ?? performance.now()),
      );
    });
  }
}
