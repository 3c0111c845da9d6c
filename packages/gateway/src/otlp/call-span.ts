/** One call of a target as a span, and as measurements. */
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { shownText } from "../telemetry/shown.ts";
import type { CallEnd, CallTrace, TracedCall } from "../telemetry/tracing.ts";
import { providerName } from "./gen-ai.ts";
import type { Instruments } from "./instruments.ts";

export interface Surrounding {
  readonly tracer: Tracer;
  /** With the request's span. */
  readonly within: Context;
  readonly instruments: Instruments;
  /** Null: a call that is no one's of a model. */
  readonly operation: string | null;
}

// Nobody waits any more: that is no failure of the call.
const ENDED_BY_US: ReadonlySet<string> = new Set(["left", "stopping", "callers-limit"]);
const ANY_MODEL = "_OTHER";

export class CallSpan implements CallTrace {
  readonly traceparent: string | null;
  readonly #around: Surrounding;
  readonly #span: Span;
  readonly #measured: Record<string, string | number>;
  readonly #beganMs = performance.now();
  #isOver = false;

  constructor(around: Surrounding, { target, model, breaker, attempt, isProbe }: TracedCall) {
    this.#around = around;
    const { operation, tracer, within } = around;
    const { config } = target;
    // Any caller makes up names of models; those that have a circuit of their own are bounded.
    const known = model === null ? null : (target.breakerKey(model).model ?? ANY_MODEL);
    this.#measured = {
      "gen_ai.operation.name": operation ?? "other",
      "gen_ai.provider.name": providerName(config.provider),
      ...(known === null ? {} : { "gen_ai.request.model": shownText(known) }),
      "server.address": config.baseUrl.hostname,
      "server.port": Number(config.baseUrl.port || (config.baseUrl.protocol === "https:" ? 443 : 80)),
    };
    const isNamed = operation !== null && known !== null && known !== ANY_MODEL;
    this.#span = tracer.startSpan(
      isNamed ? `${operation} ${shownText(known)}` : (operation ?? "call"),
      {
        kind: SpanKind.CLIENT,
        attributes: {
          ...this.#measured,
          ...(model === null ? {} : { "gen_ai.request.model": shownText(model) }),
          "recloser.target": target.name,
          "recloser.breaker": shownText(breaker),
          "recloser.probe": isProbe,
          ...(attempt > 1 ? { "http.request.resend_count": attempt - 1 } : {}),
        },
      },
      within,
    );
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    const flags = (traceFlags & 1).toString(16).padStart(2, "0");
    this.traceparent = config.traceContext === true ? `00-${traceId}-${spanId}-${flags}` : null;
  }

  end(end: CallEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#measure(end);
    if (this.#span.isRecording()) this.#describe(end);
    this.#span.end();
  }

  #measure({ failure, contentAtMs, usage }: CallEnd): void {
    if (this.#around.operation === null) return;
    const { callDuration, firstChunk, tokens } = this.#around.instruments;
    const error = failure === null ? {} : { "error.type": failure };
    callDuration.record((performance.now() - this.#beganMs) / 1_000, { ...this.#measured, ...error });
    if (contentAtMs !== null) firstChunk.record((contentAtMs - this.#beganMs) / 1_000, this.#measured);
    for (const [type, used] of [
      ["input", usage?.inputTokens],
      ["output", usage?.outputTokens],
    ] as const) {
      if (typeof used === "number") tokens.record(used, { ...this.#measured, "gen_ai.token.type": type });
    }
  }

  #describe({ status, failure, contentAtMs, usage }: CallEnd): void {
    const told = {
      "http.response.status_code": status,
      "error.type": failure,
      "gen_ai.usage.input_tokens": usage?.inputTokens ?? null,
      "gen_ai.usage.output_tokens": usage?.outputTokens ?? null,
    };
    for (const [name, value] of Object.entries(told)) if (value !== null) this.#span.setAttribute(name, value);
    if (contentAtMs !== null)
      this.#span.addEvent("recloser.first_content", {}, Date.now() - performance.now() + contentAtMs);
    if (failure !== null && !ENDED_BY_US.has(failure)) this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
