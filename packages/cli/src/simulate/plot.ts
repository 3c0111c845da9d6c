/** The course of a run on a terminal: the provider, the breaker, good answers and wasted calls over time. */
import { SHAPE } from "../terminal/display.ts";
import type { Line, Span } from "../terminal/line.ts";
import type { Slice } from "./series.ts";

const LABEL = 12;
const LEVELS = "▁▂▃▄▅▆▇█";
const MARK_EVERY = 12;

/** Columns for the slices, of a terminal so wide. */
export function slicesIn(width: number): number {
  return Math.max(20, Math.min(100, width - LABEL - 2));
}

export interface Plotted {
  readonly name: string;
  readonly slices: readonly Slice[];
}

/** @param runs with the same slices of time; all are drawn to one scale */
export function plot(runs: readonly Plotted[], forMs: number): Line[] {
  const slices = runs[0]?.slices ?? [];
  const all = runs.flatMap((run) => run.slices);
  const mostGood = Math.max(0.001, ...all.map(({ goodPerSecond }) => goodPerSecond));
  const mostWasted = Math.max(0.001, ...all.map(({ wastedPerSecond }) => wastedPerSecond));
  return [
    [label("provider"), ...slices.map(({ faulty }): Span => (faulty ? ["▒", "open"] : ["─", "dim"]))],
    ...runs.flatMap(({ name, slices: own }): Line[] => [
      [[name, "strong"]],
      ...(own[0]?.state === null ? [] : [[label("  breaker"), ...own.map(stateCell)]]),
      [label("  good/s"), levels(own, "goodPerSecond", mostGood), [` ${rate(mostGood)}`, "dim"]],
      [label("  wasted/s"), levels(own, "wastedPerSecond", mostWasted), [` ${rate(mostWasted)}`, "dim"]],
    ]),
    [label(""), [axis(slices.length, forMs), "dim"]],
    [
      ["▒ outage  ", "dim"],
      [`${SHAPE.closed} `, "closed"],
      ["closed  ", "dim"],
      [`${SHAPE["half-open"]} `, "half-open"],
      ["half-open  ", "dim"],
      [`${SHAPE.open} `, "open"],
      ["open, somewhere; right of a row: its full height", "dim"],
    ],
  ];
}

function stateCell({ state }: Slice): Span {
  return state === null ? " " : [SHAPE[state], state];
}

function levels(slices: readonly Slice[], of: "goodPerSecond" | "wastedPerSecond", most: number): string {
  return slices
    .map((slice) => {
      const share = slice[of] / most;
      return share === 0 ? " " : (LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))] as string);
    })
    .join("");
}

function axis(columns: number, forMs: number): string {
  let text = "";
  for (let column = 0; column < columns; column += MARK_EVERY) {
    const mark = `|${Math.round(((column / columns) * forMs) / 1_000)} s`;
    if (column + mark.length <= columns) text = text.padEnd(column) + mark;
  }
  return text;
}

function label(text: string): string {
  return text.padEnd(LABEL);
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
