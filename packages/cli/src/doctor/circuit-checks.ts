/** The circuits themselves: rules that this traffic can never meet, and holds that somebody has forgotten. Pure. */
import type { StoredRecord } from "recloser/inspect";
import { printable } from "../terminal/printable.ts";
import { lengthText } from "../terminal/time-text.ts";
import { type Finding, warning, well } from "./finding.ts";

const NAMED_MOST = 5;
// As the alert that goes with it says.
const FORGOTTEN_MS = 4 * 3_600_000;

/**
 * @param records with the calls that are in their windows now
 * @param busiest the most calls that a window held in the last day, by breaker, where that is known
 */
export function trafficCheck(records: readonly StoredRecord[], busiest: ReadonlyMap<string, number>): Finding {
  const judged = records.flatMap((record) => {
    const { rules, window, name } = record;
    const calls = Math.max(window.calls, busiest.get(name) ?? 0);
    return rules === null || calls === 0 ? [] : [{ name, rules, calls }];
  });
  if (judged.length === 0) return well("traffic", "no calls to judge the rules by yet");
  const dead = judged.filter(({ rules, calls }) => {
    const byRate = (rules.failureRate !== false || rules.slowCall !== false) && calls >= rules.minimumCalls;
    const byCount = rules.failureThreshold !== false && calls >= rules.failureThreshold;
    // A streak goes over windows: it is met some day, if late.
    return !byRate && !byCount && rules.consecutiveFailures === false;
  });
  if (dead.length === 0) return well("traffic", `each of ${judged.length} circuits can trip at its traffic`);
  const told = dead.map(({ name, rules, calls }) => `${printable(name)} (${calls} calls, needs ${rules.minimumCalls})`);
  return warning(
    "traffic",
    `${dead.length} of ${judged.length} can never trip: ${listed(told)}`,
    "a window of so few calls meets none of the rules, whatever fails",
    "lower minimumCalls, lengthen window, or set consecutiveFailures: docs/explanation/choosing-numbers.md",
  );
}

/** @param nowMs by the clock of the records */
export function overridesCheck(records: readonly StoredRecord[], nowMs: number): Finding {
  const held = records.filter(({ override }) => override !== null);
  const forgotten = held.filter(({ override }) => {
    const { sinceMs = nowMs, untilMs = null } = override ?? {};
    return untilMs === null || nowMs - sinceMs >= FORGOTTEN_MS;
  });
  if (forgotten.length === 0)
    return well("holds", held.length === 0 ? "none" : `${held.length}, each with an end in sight`);
  const told = forgotten.map(({ name, override }) => {
    const { mode = "", by = "", sinceMs = nowMs, untilMs = null } = override ?? {};
    const end = untilMs === null ? "until released" : "long";
    return `${printable(name)} (${mode}, ${end}, by ${printable(by)}, for ${lengthText(nowMs - sinceMs)})`;
  });
  return warning(
    "holds",
    `${forgotten.length} perhaps forgotten: ${listed(told)}`,
    "while it is held, the breaker decides nothing: held closed, callers wait for a provider that may be down",
    `recloser release '${printable(forgotten[0]?.name ?? "")}'`,
  );
}

function listed(all: readonly string[]): string {
  const shown = all.slice(0, NAMED_MOST).join(", ");
  return all.length > NAMED_MOST ? `${shown} and ${all.length - NAMED_MOST} more` : shown;
}
