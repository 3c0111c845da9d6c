/** `recloser status`, once it is clear what to look at. */
import type { Inspection } from "recloser/inspect";
import { looksOf, type Shell } from "../shell.ts";
import { paint } from "../terminal/line.ts";
import { jsonLine } from "../terminal/printable.ts";
import { namesMeant, namesOf } from "./names.ts";
import type { BreakerSource } from "./source/source.ts";
import { worstFirst } from "./standing.ts";
import { statusDetails } from "./status-details.ts";
import { statusTable } from "./status-table.ts";

/** @param patterns none: all */
export async function status(
  shell: Shell,
  source: BreakerSource,
  patterns: readonly string[],
  json: boolean,
): Promise<void> {
  const { nowMs, records } = chosen(await source.read(), patterns, source.absence);
  if (json) {
    shell.stdout.write(`${jsonLine({ atMs: nowMs, breakers: worstFirst(records) })}\n`);
    return;
  }
  const times = { nowMs, offsetMs: Date.now() - nowMs };
  const { colour } = looksOf(shell);
  const width = columnsIn(shell);
  const [only] = records;
  const isOne = patterns.length === 1 && records.length === 1 && only !== undefined;
  const lines = isOne ? statusDetails(only, times, width) : statusTable(records, times, width);
  if (records.length === 0) shell.stderr.write(`recloser: no breaker in ${source.label}: ${source.absence}\n`);
  else shell.stdout.write(lines.map((line) => `${paint(line, Infinity, colour)}\n`).join(""));
}

/** The breakers that are meant. @throws CommandFailure for a name that there is none of */
export function chosen({ nowMs, records }: Inspection, patterns: readonly string[], absence: string): Inspection {
  if (patterns.length === 0) return { nowMs, records };
  const names = namesOf(records);
  const meant = new Set(patterns.flatMap((pattern) => namesMeant(pattern, names, absence)));
  return { nowMs, records: records.filter(({ name }) => meant.has(name)) };
}

/** What is not looked at on a terminal has no width. */
export function columnsIn({ stdout }: Pick<Shell, "stdout">): number {
  return stdout.isTTY ? stdout.columns || 80 : Infinity;
}
