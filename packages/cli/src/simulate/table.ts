/** Policies beside each other. */
import type { Line } from "../terminal/line.ts";
import { columnsOf, padded, shortened } from "../terminal/printable.ts";
import { COLUMNS } from "./columns.ts";
import type { Played } from "./play.ts";

const LONGEST_NAME = 40;

export function table(all: readonly Played[]): Line[] {
  const names = ["POLICY", ...all.map(({ arm }) => shortened(arm.name, LONGEST_NAME))];
  const cells = COLUMNS.map(({ head, written }) => [head, ...all.map(({ figures }) => written(figures))]);
  const nameWidth = Math.max(...names.map(columnsOf));
  const widths = cells.map((column) => Math.max(...column.map(columnsOf)));
  return names.map((name, row): Line => {
    const rest = cells.map((column, at) => `  ${(column[row] as string).padStart(widths[at] as number)}`).join("");
    const text = padded(name, nameWidth);
    return row === 0 ? [[text + rest, "dim"]] : [[text, "strong"], rest];
  });
}

export function legend(): Line[] {
  return COLUMNS.map(({ head, means }): Line => [[`  ${head.padEnd(7)} ${means}`, "dim"]]);
}
