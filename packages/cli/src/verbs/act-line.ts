/** What an operator did, on one line, for people. */
import type { HistoryEvent } from "recloser/history";
import { SHAPE } from "../terminal/display.ts";
import type { Line } from "../terminal/line.ts";
import { printable } from "../terminal/printable.ts";
import { atText, type Times } from "./words.ts";

/** As it is told in JSON, too. Instants are the store's. */
export interface Act {
  readonly atMs: number;
  readonly key: string;
  readonly action: Extract<HistoryEvent, { readonly type: "override" | "policy" }>["action"];
  /** Of a policy, by path; null: taken back. Of `unset` none: all of them. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly reason: string | null;
  /** Null: for ever, or it does not last. */
  readonly untilMs: number | null;
  /** Who wrote it down. */
  readonly replica: string;
}

const WORDS: Readonly<Record<string, string>> = {
  "force-open": "held open",
  "force-closed": "held closed",
  clear: "released",
  reset: "reset",
  "probe-now": "told to probe",
  set: "policy set",
  unset: "policy taken back",
};

export function actLine({ atMs, key, action, by, reason, untilMs, options }: Act, times: Times): Line {
  const lasts = action === "force-open" || action === "force-closed" || action === "set";
  const forEver = action === "set" ? "until taken back" : "until released";
  const end = untilMs === null ? forEver : `until ${atText(untilMs, times)}`;
  return [
    [`${atText(atMs, times)}  `, "dim"],
    [`${SHAPE.held} `, "held"],
    [printable(key), "strong"],
    "  ",
    [WORDS[action] ?? printable(action), "held"],
    options === undefined ? "" : optionsText(options),
    lasts ? ` ${end}` : "",
    `, by ${printable(by)}`,
    reason === null ? "" : `: ${printable(reason)}`,
  ];
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .map(([path, value]) => ` ${printable(path)}${value === null ? "" : `=${printable(JSON.stringify(value))}`}`)
    .join("");
}
