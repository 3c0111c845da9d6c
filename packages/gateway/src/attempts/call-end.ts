/** What a trace says of how a call of a target ended. */
import type { Outcome } from "recloser";
import type { CallEnd } from "../telemetry/tracing.ts";
import { RefusedAnswer } from "../upstream/refused-answer.ts";
import type { AttemptEnd } from "./attempt.ts";

/** Of an attempt's last call. @param status of the answer that was passed on; null: there was none */
export function callEnd(end: AttemptEnd, status: number | null): CallEnd {
  const { contentAtMs, usage } = end;
  const refused = end.kind === "failed" ? (end.answer?.head.status ?? null) : null;
  return { status: refused ?? status, failure: failureOf(end), contentAtMs, usage };
}

/** Of one that another may come after. */
export function failedCallEnd(outcome: Outcome, ended: unknown): CallEnd {
  const status = ended instanceof RefusedAnswer ? ended.head.status : null;
  return { status, failure: outcome.kind, contentAtMs: null, usage: null };
}

function failureOf(end: AttemptEnd): string | null {
  switch (end.kind) {
    case "whole":
      return null;
    case "broken":
      return "stream-error";
    case "failed":
      return end.outcome.kind;
    case "over":
      return end.end;
    case "rejected":
      return end.error.reason;
  }
}
