/** A request's line of the gateway's log: a call for each target that was asked. */
import { bad, instantOf, isObject, kindOf, type ReadLine, type RecordedCall } from "./recorded-call.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The line is written at the request's end; its targets were asked one after the other. */
export function gatewayCalls(fields: Fields): ReadLine {
  const { time, durationMs, steps } = fields;
  const endMs = instantOf(time);
  if (endMs === null) return bad("time", "an ISO 8601 time", time);
  if (!isLength(durationMs)) return bad("durationMs", "milliseconds", durationMs);
  if (!Array.isArray(steps)) return bad("steps", "a list of the targets that were asked", steps);
  const calls: RecordedCall[] = [];
  let rejected = 0;
  let startMs = endMs - durationMs;
  for (const [at, step] of (steps as unknown[]).entries()) {
    if (!isObject(step)) return bad(`steps[${at}]`, "an object", step);
    const { target, durationMs: tookMs, calls: made } = step;
    if (typeof target !== "string") return bad(`steps[${at}].target`, "a target's name", target);
    if (!isLength(tookMs)) return bad(`steps[${at}].durationMs`, "milliseconds", tookMs);
    if (step["result"] === "rejected") rejected++;
    const kind = typeof made === "number" && made > 0 ? stepKind(step) : null;
    if (kind !== null) {
      const isOver = startMs + tookMs;
      calls.push({ key: target, startMs, endMs: isOver, shownMs: isOver, kind });
    }
    startMs += tookMs;
  }
  const last = calls.at(-1);
  const shownMs = firstContent(fields, endMs - durationMs, last);
  if (last !== undefined && shownMs !== null) calls[calls.length - 1] = { ...last, shownMs };
  return { is: "calls", calls, rejected };
}

function stepKind(step: Fields): RecordedCall["kind"] | null {
  switch (step["result"]) {
    case "whole":
      return "success";
    case "broken":
      return "stream-error";
    case "failed":
      // A request that is too long for a model says nothing about its provider.
      if (step["reason"] === "context") return "caller-error";
      return kindOf(step["reason"]) ?? kindOf(step["status"]) ?? "unknown";
    case "over":
      return step["reason"] === "left" || step["reason"] === "stopping" ? "cancelled" : "timeout";
    default:
      return null; // rejected, unfit, full: nobody was asked
  }
}

function firstContent({ firstTokenMs }: Fields, startMs: number, last: RecordedCall | undefined): number | null {
  if (!isLength(firstTokenMs) || last?.kind !== "success") return null;
  return Math.min(last.endMs, Math.max(last.startMs, startMs + firstTokenMs));
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}
