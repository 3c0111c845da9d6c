/** The end: the events, the table of both arms, and what to make of it. */
import { CLIENT_TIMEOUT_MS } from "../calls.ts";
import { seconds } from "../../terminal/display.ts";
import type { Arms } from "../stage.ts";
import type { ArmSummary } from "../summary.ts";
import type { Verdict } from "../verdict.ts";
import { type Line, wrap } from "../../terminal/line.ts";

const LABEL = 28;
const COLUMN = 15;
const WIDEST = 90;

const IN_TIME = `  within ${CLIENT_TIMEOUT_MS / 1_000} s`;
const RELEASED = "released by the trip";
const UNANSWERED = "still waiting at the end";
const ROWS: readonly (readonly [label: string, of: (arm: ArmSummary) => string])[] = [
  ["requests", ({ requests }) => String(requests)],
  ["good answers", ({ goodAnswers }) => String(goodAnswers)],
  [IN_TIME, ({ goodInTime }) => String(goodInTime)],
  ["errors", ({ errors }) => String(errors)],
  ["answered at once (rejected)", ({ answeredAtOnce }) => String(answeredAtOnce)],
  [RELEASED, ({ releasedByTrip }) => String(releasedByTrip)],
  [UNANSWERED, ({ unanswered }) => String(unanswered)],
  ["calls to the provider", ({ providerCalls }) => String(providerCalls)],
  ["  during the outage", ({ providerCallsInOutage }) => String(providerCallsInOutage)],
  ["time to answer, outage: p50", ({ p50MsInOutage }) => lengthOf(p50MsInOutage)],
  ["                        p95", ({ p95MsInOutage }) => lengthOf(p95MsInOutage)],
  ["waited by all, in total", ({ waitedMs }) => total(waitedMs)],
  ["from heal to good answer", ({ healToGoodAnswerMs }) => lengthOf(healToGoodAnswerMs)],
];

export function closing(arms: Arms<ArmSummary>, verdict: Verdict, width: number): Line[] {
  const inner = Math.min(WIDEST, width - 2);
  const both = [arms.without, arms.with];
  const idle = new Set<string>();
  if (both.every(({ releasedByTrip }) => releasedByTrip === 0)) idle.add(RELEASED);
  if (both.every(({ unanswered }) => unanswered === 0)) idle.add(UNANSWERED);
  if (both.every(({ goodInTime, goodAnswers }) => goodInTime === goodAnswers)) idle.add(IN_TIME);
  const rows = ROWS.filter(([label]) => !idle.has(label));
  const lines: Line[] = [
    [],
    [" ".repeat(LABEL), ["without".padStart(COLUMN), "strong"], ["with Recloser".padStart(COLUMN), "strong"]],
    ...rows.map(([label, of]): Line => [label.padEnd(LABEL), right(of(arms.without)), right(of(arms.with))]),
    [],
    ...wrap(verdict.happened, inner).map((text): Line => [text]),
    ...wrap(verdict.next, inner).map((text): Line => [[text, "dim"]]),
    [],
  ];
  return lines.map((line) => [" ", ...line]);
}

function right(text: string): string {
  return text.padStart(COLUMN);
}

function lengthOf(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 10 ? "0 s" : ms < 100 ? `${(ms / 1_000).toFixed(2)} s` : seconds(ms);
}

function total(ms: number): string {
  return ms < 600_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
