/** What a request leaves in the log and in traces when it is over: who answered and how, no part of what was said. */
import type { Step } from "../attempts/loop.ts";
import type { RequestRecord } from "../attempts/request-record.ts";
import { shownText } from "./shown.ts";

export interface AttemptLine {
  readonly target: string;
  readonly result: Step["kind"];
  /** Of a failure its kind, of a rejection its reason, of an unfit target what it lacks; null: nothing more is to be said. */
  readonly reason: string | null;
  /** What the provider answered; null where it did not, or answered well. */
  readonly status: number | null;
  readonly calls: number;
  readonly probe: boolean;
  readonly durationMs: number;
}

/** The target whose answer the caller got; null: nobody's. */
export function answeredBy({ steps, status, end }: RequestRecord): Step | null {
  const whole = steps.find(({ kind }) => kind === "whole" || kind === "broken");
  const passedOn = (step: Step): boolean => step.kind === "failed" && step.answer?.head.status === status;
  return whole ?? (end === "answered" ? (steps.find(passedOn) ?? null) : null);
}

export function callsOf({ steps }: RequestRecord): number {
  return steps.reduce((sum, { calls }) => sum + calls, 0);
}

export function attemptLine(step: Step): AttemptLine {
  return {
    target: step.target.name,
    result: step.kind,
    reason: reasonOf(step),
    status: step.kind === "failed" ? (step.answer?.head.status ?? null) : null,
    calls: step.calls,
    probe: "isProbe" in step && step.isProbe,
    durationMs: "durationMs" in step ? rounded(step.durationMs) : 0,
  };
}

/** The fields of a request's line. */
export function requestFields(record: RequestRecord): Readonly<Record<string, unknown>> {
  const by = answeredBy(record);
  const { id, client, format, route, model, streams, status, bytes, requestBytes, usage, refusal, end } = record;
  return {
    event: "request",
    requestId: id,
    client,
    format,
    route,
    model: model === null ? null : shownText(model),
    target: by?.target.name ?? null,
    stream: streams,
    status,
    end,
    refusal,
    attempts: callsOf(record),
    steps: record.steps.map(attemptLine),
    durationMs: rounded(record.durationMs),
    firstTokenMs: record.firstTokenMs === null ? null : rounded(record.firstTokenMs),
    addedMs: record.addedMs === null ? null : rounded(record.addedMs),
    requestBytes,
    bytes,
    ...(usage === null ? {} : { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
  };
}

function reasonOf(step: Step): string | null {
  if (step.kind === "failed") return step.isTooLong ? "context" : step.outcome.kind;
  if (step.kind === "rejected") return step.error.reason;
  if (step.kind === "over") return step.end;
  return step.kind === "unfit" ? step.lacks : null;
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
