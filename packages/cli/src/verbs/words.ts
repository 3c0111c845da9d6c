/** What there is to say of a breaker, in words. All instants are the store's; `nowMs` is its clock. */
import type { StoredRecord, TripRules } from "recloser/inspect";
import { printable } from "../terminal/printable.ts";
import { clockText, lengthText } from "../terminal/time-text.ts";

/** The store's clock, and how far this machine's is from it: a time of day is shown as the reader's watch has it. */
export interface Times {
  readonly nowMs: number;
  readonly offsetMs: number;
}

/** `14:03:05 (12 s)` */
export function sinceText({ sinceMs }: StoredRecord, times: Times): string {
  if (sinceMs === null) return "";
  return `${atText(sinceMs, times)} (${lengthText(times.nowMs - sinceMs)})`;
}

/** `83 % of 24, trips at 50 %, min 10`: what fails, against what it tripped at, or would. */
export function failingText(record: StoredRecord): string {
  const { evidence, window, rules } = record;
  const { failures, slow, calls } = evidence ?? window;
  switch (ruleOf(record)) {
    case "consecutive-failures":
      return against(evidence?.headline ?? "", rules === null || rules.consecutiveFailures);
    case "failure-threshold":
      return against(`${failures} of ${calls}`, rules === null || rules.failureThreshold);
    case "slow-calls": {
      const slowCall = rules?.slowCall ?? false;
      return against(`${percent(slow / calls)} of ${calls} slow`, slowCall !== false && minimum(slowCall.rate, rules));
    }
    case "failure-rate":
      return against(`${percent(failures / calls)} of ${calls}`, rules !== null && minimum(rules.failureRate, rules));
    case null:
      return rules === null ? "" : `no calls in ${lengthText(rules.windowMs)}`;
  }
}

type Rule = "failure-rate" | "failure-threshold" | "slow-calls" | "consecutive-failures";

// The one that it tripped by; while it has not, the one whose count says most.
function ruleOf({ reason, evidence, window, rules }: StoredRecord): Rule | null {
  if ((evidence ?? window).calls === 0) return null;
  if (reason === "failure-threshold" || reason === "slow-calls" || reason === "consecutive-failures") return reason;
  if (evidence !== null || rules === null || rules.failureRate !== false) return "failure-rate";
  if (rules.failureThreshold !== false) return "failure-threshold";
  return rules.slowCall === false ? "failure-rate" : "slow-calls";
}

function against(found: string, threshold: string | number | boolean): string {
  return typeof threshold === "boolean" ? found : `${found}, trips at ${threshold}`;
}

function minimum(rate: number | false, rules: TripRules | null): string | false {
  return rate !== false && rules !== null && `${percent(rate)}, min ${rules.minimumCalls}`;
}

/** Every rule that is on: `50 % of at least 10 calls in 30 s, or 18 failures in a row`. */
export function rulesText(rules: TripRules): string {
  const { failureRate, failureThreshold, consecutiveFailures, slowCall, minimumCalls, windowMs } = rules;
  const span = lengthText(windowMs);
  const all = [
    failureRate !== false && `${percent(failureRate)} of at least ${minimumCalls} calls in ${span}`,
    failureThreshold !== false && `${failureThreshold} failures in ${span}`,
    consecutiveFailures !== false && `${consecutiveFailures} failures in a row`,
    slowCall !== false && `${percent(slowCall.rate)} slower than ${lengthText(slowCall.afterMs)}`,
  ].filter((rule) => rule !== false);
  return all.length === 0 ? "nothing: every rule is off" : all.join(", or ");
}

/** What comes next, and when. */
export function nextText(record: StoredRecord, times: Times): string {
  const { override, holds, state, probing, retryAfterMs, step } = record;
  if (override !== null) return overrideText(override, times);
  if (state === "open") return `probe in ${lengthText(retryAfterMs)} (step ${step})`;
  if (state === "half-open")
    return probing ? `probing, for ${lengthText(retryAfterMs)} at most` : "the next call is the probe";
  return holds.map(({ kind, remainingMs }) => `${kind} for ${lengthText(remainingMs)}`).join(", ");
}

export function overrideText({ untilMs, by, reason }: NonNullable<StoredRecord["override"]>, times: Times): string {
  const end =
    untilMs === null ? "until released" : `until ${atText(untilMs, times)} (${lengthText(untilMs - times.nowMs)})`;
  return `${end}, by ${printable(by)}: ${printable(reason)}`;
}

export function atText(atMs: number, { nowMs, offsetMs }: Times): string {
  return clockText(atMs + offsetMs, nowMs + offsetMs);
}

export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}
