/** What was set for the fleet, as lines: each option with its value, by whom, why and until when. */
import type { FleetOption } from "recloser/inspect";
import { lengthText } from "../terminal/time-text.ts";
import type { Line } from "../terminal/line.ts";
import { columnsOf, padded, printable } from "../terminal/printable.ts";
import { atText, type Times } from "../verbs/words.ts";
import { assignmentsOf } from "./assignments.ts";

export function optionLines(options: readonly FleetOption[], times: Times): readonly Line[] {
  const shown = options.map((one) => ({ text: valueText(one.option, one.value), one }));
  const width = Math.max(0, ...shown.map(({ text }) => columnsOf(text)));
  return shown.map(({ text, one }) => [`  ${padded(text, width)}  `, [wordsText(one, times), "dim"]]);
}

/** `failureRate=0.6`, `slowCall.after=5s slowCall.rate=0.5` */
export function valueText(option: string, value: unknown): string {
  return printable(assignmentsOf(option, value).join(" "));
}

/** `until 14:03:05 (2 h), by ann: INC-12` */
export function wordsText({ by, reason, untilMs }: FleetOption, times: Times): string {
  const end =
    untilMs === null ? "until unset" : `until ${atText(untilMs, times)} (${lengthText(untilMs - times.nowMs)})`;
  return `${end}, by ${printable(by)}: ${printable(reason)}`;
}
