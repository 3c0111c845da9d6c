/** Breakers as a table, worst first; below each other where it is too narrow for a table. */
import type { StoredRecord } from "recloser/inspect";
import { clip, type Line, type Tone } from "../terminal/line.ts";
import { columnsOf, padded, printable, shortened } from "../terminal/printable.ts";
import { standingOf, worstFirst } from "./standing.ts";
import { failingText, nextText, sinceText, type Times } from "./words.ts";

const HEADINGS = ["BREAKER", "STATE", "SINCE", "FAILING", "NEXT"] as const;
const LONGEST_NAME = 60;
const GAP = "  ";

interface Row {
  readonly shape: string;
  readonly tone: Tone;
  readonly cells: readonly string[];
}

/** @param width columns there are; `Infinity` where nobody looks at them as columns */
export function statusTable(records: readonly StoredRecord[], times: Times, width: number): Line[] {
  const rows = worstFirst(records).map((record) => rowOf(record, times, width));
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map(({ cells }) => columnsOf(cells[at] as string))),
  );
  const lead = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 2);
  // The last column may be cut a little: a reason can be a whole story.
  if (lead + Math.min(widths.at(-1) as number, 24) > width)
    return rows.flatMap((row) => stacked(row, width)).map((line) => clip(line, width));
  const line = (cells: readonly string[]): string[] => [
    ...cells.slice(0, -1).map((cell, at) => padded(cell, widths[at] as number) + GAP),
    width === Infinity ? (cells.at(-1) as string) : shortened(cells.at(-1) as string, width - lead),
  ];
  return [
    [[`${GAP}${line(HEADINGS).join("")}`, "dim"]],
    ...rows.map(({ shape, tone, cells }): Line => {
      const [name = "", word = "", ...rest] = line(cells);
      return [[`${shape} `, tone], [name, "strong"], [word, tone], rest.join("")];
    }),
  ];
}

function rowOf(record: StoredRecord, times: Times, width: number): Row {
  const { shape, word, tone } = standingOf(record);
  const most = width === Infinity ? Infinity : Math.min(LONGEST_NAME, Math.max(4, width - 19));
  const name = shortened(printable(record.name), most);
  return { shape, tone, cells: [name, word, sinceText(record, times), failingText(record), nextText(record, times)] };
}

function stacked({ shape, tone, cells }: Row, width: number): Line[] {
  const [name = "", word = "", since = "", failing = "", next = ""] = cells;
  const details = [since === "" ? "" : `since ${since}`, failing, next].filter((text) => text !== "");
  return [
    [[`${shape} `, tone], [name, "strong"], GAP, [word, tone]],
    ...details.map((text): Line => [`    ${shortened(text, Math.max(1, width - 4))}`]),
  ];
}
