/** The story over time: the provider, the breaker, and how many callers are kept waiting in each arm. */
import { SLOTS } from "../arm.ts";
import { type Display, SHAPE } from "../../terminal/display.ts";
import { byColumn, type Sample } from "../samples.ts";
import type { Scene } from "../scene.ts";
import type { Line, Span } from "../../terminal/line.ts";

const LABEL = 12;
const LEVELS = "▁▂▃▄▅▆▇█";

export function ribbons(scene: Scene, width: number): Line[] {
  const columns = Math.max(10, width - LABEL);
  const slices = byColumn(scene.samples, columns, scene.lastsMs);
  const most = Math.max(SLOTS, ...scene.samples.map(({ pending }) => Math.max(pending.without, pending.with)));
  return [
    [label("provider"), ...merged(providerCells(scene, columns))],
    [label("breaker"), ...merged(breakerCells(slices))],
    [label("pending"), [`callers without an answer yet, up to ${most}`, "dim"]],
    [label("  without"), levels(slices, "without", most)],
    [label("  with"), levels(slices, "with", most)],
    [label(""), [axis(scene.lastsMs, columns), "dim"]],
  ];
}

const FUTURE: Cell = { text: "·", tone: "dim" };

interface Cell {
  readonly text: string;
  readonly tone: Display | "dim";
}

function providerCells({ steps, atMs, lastsMs }: Scene, columns: number): Cell[] {
  return Array.from({ length: columns }, (_, column) => {
    const middleMs = ((column + 0.5) / columns) * lastsMs;
    if (middleMs > atMs) return FUTURE;
    const fault = steps.findLast((step) => step.atMs <= middleMs)?.fault ?? null;
    return fault === null ? { text: "─", tone: "dim" } : { text: "▒", tone: "open" };
  });
}

// A probe is over in a moment, often in less than a column: it wins, or nobody would see it.
function breakerCells(slices: readonly (readonly Sample[])[]): Cell[] {
  let shows: Display = "closed";
  const last = slices.findLastIndex((slice) => slice.length > 0);
  return slices.map((slice, column) => {
    shows = slice.at(-1)?.shows ?? shows;
    if (column > last) return FUTURE;
    const shown: Display = slice.some((sample) => sample.shows === "half-open") ? "half-open" : shows;
    return { text: SHAPE[shown], tone: shown };
  });
}

function levels(slices: readonly (readonly Sample[])[], arm: "without" | "with", most: number): string {
  let pending = 0;
  const last = slices.findLastIndex((slice) => slice.length > 0);
  return slices
    .map((slice, column) => {
      if (column > last) return " ";
      if (slice.length > 0) pending = Math.max(...slice.map((sample) => sample.pending[arm]));
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor((pending / most) * LEVELS.length))] ?? "";
    })
    .join("");
}

function axis(lastsMs: number, columns: number): string {
  const stepS = [5, 10, 20, 30, 60].find((step) => (columns * step * 1_000) / lastsMs >= 8) ?? 120;
  let text = "";
  for (let s = 0; s * 1_000 < lastsMs; s += stepS) {
    const column = Math.round((s * 1_000 * columns) / lastsMs);
    const mark = `${s} s`;
    if (column >= text.length && column + mark.length <= columns) text = text.padEnd(column) + mark;
  }
  return text;
}

function merged(cells: readonly Cell[]): Span[] {
  const spans: [string, Cell["tone"]][] = [];
  for (const { text, tone } of cells) {
    const last = spans.at(-1);
    if (last?.[1] === tone) last[0] += text;
    else spans.push([text, tone]);
  }
  return spans;
}

function label(text: string): Span {
  return text.padEnd(LABEL);
}
