/** Charts as SVG files that a reader of the docs sees on a light and on a dark page. */
import { BarChart, type BarSeriesOption, LineChart, type LineSeriesOption } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

export interface Axis {
  readonly name: string;
  /** Logarithmic; values of 0 are left out. */
  readonly log?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface Chart {
  readonly title: string;
  readonly kind: "line" | "bars";
  readonly x: { readonly name: string; readonly values: readonly (string | number)[] };
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    /** Which colour; by default that of its place. */
    readonly color?: number;
  }[];
  /** A level that is not to be crossed, with what it is. */
  readonly limit?: { readonly value: number; readonly name: string };
  /** Places on x to mark. */
  readonly marks?: readonly { readonly x: string | number; readonly name: string }[];
}

const MOST_NAMED = 12;
const SIZE = { width: 800, height: 380 };
// Okabe and Ito's colours, which people who see few colours can tell apart, in shades that stand out on white and on black.
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#b5538f", "#b58900", "#3a9bd9", "#808080", "#7a5cc0"];
const TEXT = "#333333";
const GRID = "#dddddd";
// What is light grey on white is dark grey on black; a page's own scheme decides, where the SVG is an image too.
const DARK = `<style>@media (prefers-color-scheme: dark) { [fill="${TEXT}"] { fill: #d0d0d0 } [stroke="${GRID}"] { stroke: #444444 } [stroke="${TEXT}"] { stroke: #d0d0d0 } }</style>`;

/** Draws it. The same chart gives the same text. */
export function svg(chart: Chart): string {
  const drawing = init(null, null, { renderer: "svg", ssr: true, ...SIZE });
  try {
    drawing.setOption(optionOf(chart));
    const text = drawing.renderToSVGString();
    return `${renumbered(text.replace(/(<svg [^>]*>)/, `$1${DARK}`))}\n`;
  } finally {
    drawing.dispose();
  }
}

// The library numbers the drawings of a process.
function renumbered(text: string): string {
  return text.replaceAll(/zr\d+-/g, "zr-");
}

function optionOf(chart: Chart): EChartsCoreOption {
  const words = { color: TEXT, fontFamily: "sans-serif" };
  const lines = { lineStyle: { color: GRID } };
  const { log = false, ...y } = chart.y;
  return {
    animation: false,
    color: COLORS,
    title: { text: chart.title, left: 12, top: 8, textStyle: { ...words, fontSize: 15, fontWeight: "bold" } },
    legend: { top: 36, left: 12, textStyle: words, icon: "roundRect", itemHeight: 8, itemGap: 34 },
    grid: { left: 70, right: 30, top: 88, bottom: 55 },
    xAxis: {
      type: "category",
      name: chart.x.name,
      nameLocation: "middle",
      nameGap: 34,
      data: [...chart.x.values],
      nameTextStyle: words,
      // Names are shown all of them, on several lines if need be; of many numbers some will do.
      axisLabel: chart.x.values.length <= MOST_NAMED ? { ...words, interval: 0, width: 66, overflow: "break" } : words,
      axisLine: { lineStyle: { color: TEXT } },
    },
    yAxis: {
      type: log ? "log" : "value",
      nameLocation: "middle",
      nameGap: 50,
      ...y,
      nameTextStyle: words,
      axisLabel: words,
      splitLine: lines,
    },
    series: chart.series.map((one, index) => seriesOf(chart, one, index)),
  };
}

function seriesOf(chart: Chart, one: Chart["series"][number], index: number): LineSeriesOption | BarSeriesOption {
  const color = COLORS[(one.color ?? index) % COLORS.length] as string;
  // ECharts draws nothing at a log axis for 0.
  const data = one.values.map((value) => (value === null || (chart.y.log === true && value <= 0) ? "-" : value));
  const lines = index === 0 ? marksOf(chart) : {};
  if (chart.kind === "bars") return { type: "bar", name: one.name, data, itemStyle: { color }, ...lines };
  const many = one.values.length > 40;
  return {
    type: "line",
    name: one.name,
    data,
    symbol: many ? "none" : "circle",
    symbolSize: 6,
    lineStyle: { color, width: 2 },
    itemStyle: { color },
    ...lines,
  };
}

function marksOf({ limit, marks = [] }: Chart): Pick<LineSeriesOption, "markLine"> {
  const shown = (name: string): object => ({ formatter: name, color: TEXT, fontFamily: "sans-serif" });
  const data = [
    ...(limit === undefined
      ? []
      : [{ yAxis: limit.value, label: { ...shown(limit.name), position: "insideEndTop" as const } }]),
    ...marks.map(({ x, name }) => ({ xAxis: x, label: { ...shown(name), position: "end" as const } })),
  ];
  if (data.length === 0) return {};
  return { markLine: { symbol: "none", silent: true, lineStyle: { color: TEXT, type: "dashed", width: 1 }, data } };
}
