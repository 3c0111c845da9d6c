/** The charts of the replay's page, each with its numbers as a table. */
import { spread } from "../figures.ts";
import { type Chart } from "../chart.ts";
import { type Row } from "../table.ts";
import type { Arm } from "./fleet.ts";
import type { Gauges } from "./gauges.ts";
import type { ReplayResult } from "./replay.ts";
import { ARMS, CONTROL, FROM_MS, SCENARIOS, TO_MS } from "./scenarios.ts";

export interface Figure {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly about: string;
  readonly chart: Chart;
  readonly head: Row;
  readonly rows: readonly Row[];
}

const STEP_S = 10;

export function figures(result: ReplayResult): Figure[] {
  return [reachedFigure(result), goodFigure(result), timelineFigure(result), growthFigure(result)];
}

function reachedFigure(result: ReplayResult): Figure {
  return byScenario(
    result,
    "outage-reached",
    "Tries that reached the provider during the fault, median",
    { name: "tries", log: true, min: 10 },
    (gauges) => gauges.reached,
    (value) => Math.round(value).toLocaleString("en"),
  );
}

function goodFigure(result: ReplayResult): Figure {
  return byScenario(
    result,
    "outage-good",
    "Good answers from the fault's beginning on, relative to retries alone, median",
    { name: "share of the control's", min: 0 },
    (gauges, control) => gauges.good / control.good,
    (value) => value.toFixed(3),
  );
}

function byScenario(
  result: ReplayResult,
  name: string,
  title: string,
  y: Chart["y"],
  value: (gauges: Gauges, control: Gauges) => number,
  written: (value: number) => string,
): Figure {
  const titles = SCENARIOS.map((scenario) => scenario.title);
  const medians = (arm: Arm): number[] =>
    result.scenarios.map(
      ({ runs }) => spread(runs[arm].map((gauges, seed) => value(gauges, runs[CONTROL][seed] as Gauges))).median,
    );
  const series = ARMS.map((arm) => ({ name: arm, values: medians(arm) }));
  return {
    name,
    about: `${title}.`,
    chart: { title, kind: "bars", x: { name: "", values: titles }, y, series },
    head: ["scenario", ...ARMS],
    rows: titles.map((scenario, index) => [scenario, ...series.map(({ values }) => written(values[index] as number))]),
  };
}

function timelineFigure({ series, seeds, scenarios }: ReplayResult): Figure {
  const title = "503 outage: good answers, by when their caller came";
  const seconds = series[CONTROL].asked.length;
  const starts = Array.from({ length: Math.floor(seconds / STEP_S) }, (_, step) => step * STEP_S);
  const perSecond = (values: readonly number[], start: number): number =>
    values.slice(start, start + STEP_S).reduce((sum, count) => sum + count, 0) / STEP_S;
  const lines = ARMS.map((arm) => ({
    name: arm,
    values: starts.map((start) => perSecond(series[arm].good, start)),
  }));
  return {
    name: "outage-timeline",
    about: `Good answers per second in the ${scenarios[0]?.scenario ?? ""} outage, with seed ${seeds[0]}, in steps of ${STEP_S} s. The provider is dead from ${FROM_MS / 1_000} s to ${TO_MS / 1_000} s.`,
    chart: {
      title,
      kind: "line",
      x: { name: "seconds", values: starts },
      y: { name: "per second", min: 0 },
      series: lines,
      marks: [
        { x: starts.indexOf(FROM_MS / 1_000), name: "dies" },
        { x: starts.indexOf(TO_MS / 1_000), name: "is back" },
      ],
    },
    head: ["from second", ...ARMS],
    rows: starts.map((start, index) => [
      String(start),
      ...lines.map(({ values }) => (values[index] as number).toFixed(1)),
    ]),
  };
}

function growthFigure({ growth, load }: ReplayResult): Figure {
  const title = "503 outage: tries that reached the dead provider, by the number of replicas";
  const arms = ["per-process", "shared"] as const;
  const series = arms.map((arm) => ({
    name: arm,
    values: growth.map(({ runs }) => spread(runs[arm].map(({ reached }) => reached)).median),
    color: ARMS.indexOf(arm),
  }));
  return {
    name: "outage-replicas",
    about: `${title}, with ${load.perSecond} calls a second in all, median.`,
    chart: {
      title,
      kind: "line",
      x: { name: "replicas", values: growth.map(({ replicas }) => replicas) },
      y: { name: "tries", log: true, min: 10 },
      series,
    },
    head: ["replicas", ...arms],
    rows: growth.map(({ replicas }, index) => [
      String(replicas),
      ...series.map(({ values }) => Math.round(values[index] as number).toLocaleString("en")),
    ]),
  };
}
