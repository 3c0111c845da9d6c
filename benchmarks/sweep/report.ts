/** The sweep as text: tables for the terminal, and the figures of docs/explanation/choosing-numbers.md. */
import type { Chart } from "../chart.ts";
import { charted, type Figure } from "./figure.ts";
import { markdown, type Row, table } from "../table.ts";
import { BARS, SHOWN } from "./bars/index.ts";
import { type Knob, knobNamed } from "./knobs.ts";
import { curveFigures } from "./curve-figures.ts";
import type { Bar, Reading } from "./reading.ts";
import { holds, type Readings, type SweepResult } from "./sweep.ts";

const ALL: readonly Bar[] = [...BARS, ...SHOWN];
const BARS_HEAD: Row = ["bar", "limit", "measured", "margin", ""];
const RANGES_HEAD: Row = ["number", "default", "tried", "pass all bars"];

export function terminal(result: SweepResult): string {
  return [
    table(BARS_HEAD, barRows(result.chosen)),
    ...result.knobs.map(({ knob, points }) => table(...knobTable(knobNamed(knob), points, ALL))),
    ...result.pairs.map((pair) => table(...pairTable(pair))),
    ...(result.knobs.length === 0 ? [] : [table(RANGES_HEAD, rangeRows(result))]),
  ].join("\n\n");
}

export function figures(result: SweepResult): Figure[] {
  return [
    { name: "bars", chart: null, text: markdown(BARS_HEAD, barRows(result.chosen)) },
    { name: "about", chart: null, text: ALL.map(({ title, about }) => `- **${title}**: ${about}`).join("\n") },
    { name: "ranges", chart: null, text: markdown(RANGES_HEAD, rangeRows(result)) },
    ...result.knobs.map(({ knob, points }) => knobFigure(knobNamed(knob), points)),
    ...(result.curves === null ? [] : curveFigures(result.curves)),
    ...result.pairs.map((pair) => ({
      name: `${fileName(pair.knobs[0])}-${fileName(pair.knobs[1])}`,
      chart: null,
      text: markdown(...pairTable(pair)),
    })),
  ];
}

/**
 * Puts figures into a page, each between its marks.
 *
 * @throws Error for a mark without a figure
 */
export function filled(page: string, all: readonly Figure[]): string {
  return page.replaceAll(/<!-- figure: (\S+) -->[^]*?<!-- \/figure -->/g, (_whole, name: string) => {
    const figure = all.find((one) => one.name === name);
    if (figure === undefined) throw new Error(`the page has a figure "${name}" that the sweep does not`);
    return `<!-- figure: ${name} -->\n\n${figure.text}\n\n<!-- /figure -->`;
  });
}

type Points = SweepResult["knobs"][number]["points"];

function knobFigure(knob: Knob, points: Points): Figure {
  const moved = ALL.filter(({ name }) => knob.moves.includes(name));
  const name = fileName(knob.name);
  const numbers = markdown(...knobTable(knob, points, moved));
  // What has no limit, or a limit of none, has no share of it.
  const drawn = moved.filter((bar) => (points[0]?.readings[bar.name]?.limit ?? 0) > 0);
  if (drawn.length === 0) return { name, chart: null, text: numbers };
  const title = `${knob.name}: how much of each limit is used`;
  const chart: Chart = {
    title,
    kind: "line",
    x: {
      name: knob.unit === "" ? knob.name : `${knob.name}, ${knob.unit}`,
      values: points.map(({ value }) => (value === knob.standard ? `${value} (default)` : value)),
    },
    y: { name: "of the limit", min: 0, max: MOST_DRAWN },
    series: drawn.map((bar) => ({
      name: bar.title,
      values: points.map(({ readings }) => Math.min(MOST_DRAWN, used(bar, readings[bar.name] as Reading))),
    })),
    limit: { value: 1, name: "limit" },
  };
  return charted(name, chart, numbers);
}

const MOST_DRAWN = 2;

/** 1 is the limit; more has missed it. */
function used({ wants }: Bar, { value, limit }: Reading): number {
  if (value === null || limit === null) return Infinity;
  return wants === "most" ? value / limit : limit / value;
}

function knobTable(knob: Knob, points: Points, bars: readonly Bar[]): [Row, Row[]] {
  const unit = knob.unit === "" ? "" : ` (${knob.unit})`;
  const head = [`${knob.name}${unit}`, ...bars.map(headOf), "all bars"];
  const rows = points.map(({ value, readings }) => [
    value === knob.standard ? `**${value}**` : String(value),
    ...bars.map((bar) => cell(readings[bar.name])),
    holds(readings) ? "hold" : `missed: ${missed(readings)}`,
  ]);
  return [head, rows];
}

function pairTable({ knobs, points }: SweepResult["pairs"][number]): [Row, Row[]] {
  const bars = ALL.filter(({ name }) => points[0] !== undefined && name in points[0].readings);
  const head = [...knobs, ...bars.map(headOf), "these bars"];
  const rows = points.map(({ values, readings }) => [
    ...values.map((value, index) =>
      value === knobNamed(knobs[index] ?? "").standard ? `**${value}**` : String(value),
    ),
    ...bars.map((bar) => cell(readings[bar.name])),
    holds(readings) ? "hold" : "missed",
  ]);
  return [head, rows];
}

function barRows(readings: Readings): Row[] {
  return ALL.filter(({ name }) => name in readings).map((bar) => {
    const reading = readings[bar.name] as Reading;
    const { limit } = reading;
    const margin = limit === null || limit === 0 ? "" : `${Math.round((1 - used(bar, reading)) * 100)} %`;
    const sign = bar.wants === "most" ? "≤" : "≥";
    return [
      `${bar.title}, ${bar.unit}`,
      limit === null ? "" : `${sign} ${number(limit)}`,
      cell(reading, false),
      margin,
      limit === null ? "shown" : reading.ok ? "holds" : "missed",
    ];
  });
}

function rangeRows({ knobs }: SweepResult): Row[] {
  return knobs.map(({ knob, points }) => {
    const { standard, unit } = knobNamed(knob);
    const passing = points.filter(({ readings }) => holds(readings)).map(({ value }) => value);
    const values = (all: readonly number[]): string => all.join(", ");
    return [
      unit === "" ? knob : `${knob} (${unit})`,
      String(standard),
      values(points.map(({ value }) => value)),
      values(passing),
    ];
  });
}

function missed(readings: Readings): string {
  return BARS.filter(({ name }) => readings[name]?.ok === false)
    .map(headOf)
    .join(", ");
}

function headOf({ name }: Bar): string {
  return name;
}

function cell(reading: Reading | undefined, marks = true): string {
  if (reading === undefined) return "";
  const text = reading.value === null ? "never" : number(reading.value);
  return reading.ok || !marks ? text : `${text} ✗`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) return "never";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value < 2 ? value.toFixed(3) : value.toFixed(1);
}

function fileName(name: string): string {
  return name.replaceAll(/[ .]/g, "-").toLowerCase();
}
