/** Each replica's circuit over time, the latest at the right; below it where it went on by itself. */
import { type Display, SHAPE } from "../../../terminal/display.ts";
import type { Line, Span, Tone } from "../../../terminal/line.ts";
import type { FleetScene } from "../scene.ts";
import type { Sample } from "../stage.ts";

const LABEL = 4;
const COLUMN_MS = 500;

export function fleetRibbons({ samples, replicas, atMs }: FleetScene, width: number): Line[] {
  const columns = Math.max(10, width - LABEL);
  const last = Math.floor(atMs / COLUMN_MS);
  const first = Math.max(0, last - columns + 1);
  const slices: Sample[][] = Array.from({ length: last - first + 1 }, () => []);
  for (const sample of samples) slices[Math.floor(sample.atMs / COLUMN_MS) - first]?.push(sample);
  return replicas.flatMap(({ name }, at) => [
    [name.padEnd(LABEL), ...joined(slices.map((slice) => circuitCell(slice, at)))],
    [" ".repeat(LABEL), ...joined(slices.map((slice) => modeCell(slice, at)))],
  ]);
}

type Cell = readonly [text: string, tone: Tone];

// A probe is over in a moment: it wins, or nobody would see it.
function circuitCell(slice: readonly Sample[], at: number): Cell {
  const shown = slice.map(({ replicas }) => replicas[at]?.shows);
  const shows: Display | undefined = shown.includes("half-open") ? "half-open" : shown.at(-1);
  return shows === undefined ? [" ", "dim"] : [SHAPE[shows], shows];
}

function modeCell(slice: readonly Sample[], at: number): Cell {
  return slice.some(({ replicas }) => replicas[at]?.mode === "local") ? ["╌", "held"] : [" ", "dim"];
}

function joined(cells: readonly Cell[]): Span[] {
  const spans: [string, Tone][] = [];
  for (const [text, tone] of cells) {
    const last = spans.at(-1);
    if (last?.[1] === tone) last[0] += text;
    else spans.push([text, tone]);
  }
  return spans;
}
