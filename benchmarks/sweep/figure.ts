/** A part of docs/explanation/choosing-numbers.md, between its marks. */
import type { Chart } from "../chart.ts";

export interface Figure {
  readonly name: string;
  /** Drawn to `sweep-<name>.svg`. */
  readonly chart: Chart | null;
  readonly text: string;
}

/** A chart over its numbers. */
export function charted(name: string, chart: Chart, numbers: string): Figure {
  return { name, chart, text: `![${chart.title}](../reference/charts/sweep-${name}.svg)\n\n${numbers}` };
}
