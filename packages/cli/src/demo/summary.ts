/** The numbers at the end: both arms, side by side. Pure. */
import { CLIENT_TIMEOUT_MS } from "./calls.ts";
import { type Caller, percentile } from "./ledger.ts";
import { outagesOf, type Scenario } from "./scenarios.ts";
import type { Arms } from "./stage.ts";

export interface ArmSummary {
  readonly requests: number;
  readonly goodAnswers: number;
  /** Those that came within the client's timeout, time in line included: later ones are nobody's any more. */
  readonly goodInTime: number;
  readonly errors: number;
  /** Rejected by the breaker; 0 without one. */
  readonly answeredAtOnce: number;
  /** Had waited, in line or in flight, when the breaker opened and answered them. */
  readonly releasedByTrip: number;
  /** Without an answer when the demo ended. */
  readonly unanswered: number;
  readonly providerCalls: number;
  readonly providerCallsInOutage: number;
  /** From asking to an answer of any kind, of those who asked during the outage; null when nobody did. */
  readonly p50MsInOutage: number | null;
  readonly p95MsInOutage: number | null;
  /** All callers' waiting together. */
  readonly waitedMs: number;
  /** From the end of the last outage to the first good answer; null when none came. */
  readonly healToGoodAnswerMs: number | null;
}

export interface ArmFacts {
  /** Times since the start. */
  readonly callers: readonly Caller[];
  readonly providerCalls: number;
  readonly providerCallsInOutage: number;
}

/** @param endMs when the demo ended: whoever has no answer by then has waited until then */
export function summarise(
  scenario: Pick<Scenario, "steps" | "lastsMs">,
  arms: Arms<ArmFacts>,
  endMs: number,
): Arms<ArmSummary> {
  return {
    without: summariseArm(scenario, arms.without, endMs),
    with: summariseArm(scenario, arms.with, endMs),
  };
}

function summariseArm(scenario: Pick<Scenario, "steps" | "lastsMs">, facts: ArmFacts, endMs: number): ArmSummary {
  const { callers, providerCalls, providerCallsInOutage } = facts;
  const outages = outagesOf(scenario);
  const waits = callers.map((caller) => (caller.endedMs ?? endMs) - caller.askedMs);
  const waitsInOutage = waits.filter((_, index) => {
    const { askedMs } = callers[index] as Caller;
    return outages.some(({ fromMs, toMs }) => askedMs >= fromMs && askedMs < toMs);
  });
  const count = (ending: Caller["ending"]): number => callers.filter((caller) => caller.ending === ending).length;
  const healedMs = outages.at(-1)?.toMs ?? endMs;
  const goodMs = callers
    .filter(({ ending, endedMs }) => ending === "good" && (endedMs ?? 0) >= healedMs)
    .reduce((first, { endedMs }) => Math.min(first, endedMs ?? Infinity), Infinity);
  return {
    requests: callers.length,
    goodAnswers: count("good"),
    goodInTime: callers.filter(({ ending }, index) => ending === "good" && (waits[index] ?? 0) <= CLIENT_TIMEOUT_MS)
      .length,
    errors: count("failed"),
    answeredAtOnce: count("rejected"),
    releasedByTrip: count("released"),
    unanswered: count(null),
    providerCalls,
    providerCallsInOutage,
    p50MsInOutage: percentile(waitsInOutage, 0.5),
    p95MsInOutage: percentile(waitsInOutage, 0.95),
    waitedMs: waits.reduce((sum, wait) => sum + wait, 0),
    healToGoodAnswerMs: goodMs === Infinity ? null : goodMs - healedMs,
  };
}
