/** All there is to say of one breaker. */
import type { StoredRecord } from "recloser/inspect";
import { type Line, wrap } from "../terminal/line.ts";
import { printable } from "../terminal/printable.ts";
import { lengthText } from "../terminal/time-text.ts";
import { standingOf } from "./standing.ts";
import { atText, nextText, overrideText, percent, rulesText, type Times } from "./words.ts";

const LABEL = 12;

export function statusDetails(record: StoredRecord, times: Times, width: number): Line[] {
  const { shape, word, tone } = standingOf(record);
  const since =
    record.sinceMs === null
      ? ""
      : ` since ${atText(record.sinceMs, times)} (${lengthText(times.nowMs - record.sinceMs)})`;
  const room = width === Infinity ? Infinity : Math.max(20, width - LABEL - 2);
  return [
    [[`${shape} `, tone], [printable(record.name), "strong"], "  ", [word, tone], since],
    ...facts(record, times).flatMap(([label, text]): Line[] =>
      wrap(text, room).map((part, at) => [[`  ${(at === 0 ? label : "").padEnd(LABEL)}`, "dim"], part]),
    ),
  ];
}

function facts(record: StoredRecord, times: Times): (readonly [label: string, text: string])[] {
  const { evidence, override, state, window, rules, holds, step, cooldownMs, probesPassed, leasesLost } = record;
  const all: (readonly [string, string | null])[] = [
    ["why", evidence?.summary ?? null],
    ["failing", window.calls === 0 ? null : windowText(record)],
    ["trips at", rules === null ? null : rulesText(rules)],
    ["held", override === null ? null : overrideText(override, times)],
    ["without it", override === null ? null : state],
    ["next", state === "closed" ? null : nextText({ ...record, override: null }, times)],
    ["cooldown", state === "closed" ? null : `${lengthText(cooldownMs)}, step ${step} of the ladder`],
    ["probes", probesPassed + leasesLost === 0 ? null : `${probesPassed} passed, ${leasesLost} lost in a row`],
    [
      "holds",
      holds.length === 0 ? null : holds.map((hold) => `${hold.kind} for ${lengthText(hold.remainingMs)}`).join(", "),
    ],
  ];
  return all.filter((fact): fact is readonly [string, string] => fact[1] !== null);
}

function windowText({ window, consecutiveFailures }: StoredRecord): string {
  const kinds = Object.entries(window.byKind).map(([kind, count]) => `${count} ${kind}`);
  const among = `${window.failures} of ${window.calls} calls (${percent(window.failureRate)})`;
  const row = consecutiveFailures > 0 ? `, ${consecutiveFailures} in a row` : "";
  return `${among}${row}${kinds.length === 0 ? "" : `: ${kinds.join(", ")}`}`;
}
