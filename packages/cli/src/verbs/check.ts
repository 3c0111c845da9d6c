/** `recloser check`: one line and an exit code for Nagios, Icinga, and whatever else runs their plugins. */
import type { StoredRecord } from "recloser/inspect";
import { type ExitCode, NAGIOS } from "../exit-code.ts";
import { printable } from "../terminal/printable.ts";
import { standingOf, worstFirst } from "./standing.ts";
import { failingText, nextText, type Times } from "./words.ts";

export interface Checked {
  readonly code: ExitCode;
  /** Summary and figures; below it a line for each breaker that is not closed. */
  readonly text: string;
}

/** @param criticalFrom that many open breakers are critical, fewer are a warning */
export function checked(records: readonly StoredRecord[], times: Times, criticalFrom: number): Checked {
  const words = records.map((record) => standingOf(record).word);
  const count = (wanted: (word: string) => boolean): number => words.filter(wanted).length;
  const open = count((word) => word === "open");
  const halfOpen = count((word) => word === "half-open");
  const held = count((word) => word.startsWith("held"));
  const closed = count((word) => word === "closed");
  const others = records.length - open - halfOpen - held - closed;
  const level = open >= criticalFrom ? "critical" : closed < records.length ? "warning" : "ok";
  const told = [
    counted(open, "open"),
    counted(halfOpen, "half-open"),
    counted(held, "held"),
    counted(others, "limited"),
  ];
  const summary = told.filter((text) => text !== null).join(", ");
  const of = `of ${records.length} breaker${records.length === 1 ? "" : "s"}`;
  const allClosed = records.length === 0 ? "no breaker yet" : `all ${records.length} breakers are closed`;
  const head = level === "ok" ? allClosed : `${summary} ${of}`;
  const figures = `open=${open};;${criticalFrom} half_open=${halfOpen} held=${held} limited=${others} closed=${closed} total=${records.length}`;
  const lines = worstFirst(records)
    .filter((record) => standingOf(record).word !== "closed")
    .map((record) => `\n${plain(lineOf(record, times))}`);
  return { code: NAGIOS[level], text: `RECLOSER ${level.toUpperCase()}: ${head} | ${figures}${lines.join("")}` };
}

function lineOf(record: StoredRecord, times: Times): string {
  const parts = [standingOf(record).word, failingText(record), nextText(record, times)].filter((text) => text !== "");
  return `${printable(record.name)}: ${parts.join("; ")}`;
}

// A bar begins the figures, wherever it stands.
function plain(text: string): string {
  return text.replaceAll("|", "¦");
}

function counted(count: number, word: string): string | null {
  return count === 0 ? null : `${count} ${word}`;
}
