/** The charts of the page. */
import type { Chart } from "../chart.ts";
import { OURS } from "./contenders.ts";
import { cpu, type Figures, p50, p99, rate } from "./figures.ts";
import type { GatewayResult } from "./result.ts";

const MB = 1_048_576;

export function charts(result: GatewayResult, figures: Figures, names: readonly string[]): Record<string, Chart> {
  const bars = (title: string, unit: string, series: Chart["series"]): Chart => ({
    title,
    kind: "bars",
    x: { name: "", values: names },
    y: { name: unit },
    series,
  });
  const added = (of: typeof p50): number[] => names.map((name) => figures.added("alone", name, of).median / 1e3);
  const all: Record<string, Chart> = {
    "gateway-rate": bars("Requests a second, 16 connections", "requests a second", [
      { name: "median", values: names.map((name) => figures.figure("busy", name, rate).median) },
    ]),
    "gateway-cpu": bars("Processor time of the gateway for one request", "µs", [
      { name: "median", values: names.map((name) => figures.figure("busy", name, cpu).median), color: 2 },
    ]),
    "gateway-latency": bars("Added to a lone caller's answer", "ms", [
      { name: "p50", values: added(p50) },
      { name: "p99", values: added(p99) },
    ]),
  };
  if (result.memory.length > 0) all["gateway-memory"] = memoryChart(result);
  return all;
}

function memoryChart({ memory }: GatewayResult): Chart {
  return {
    title: `Memory of ${OURS} over its requests`,
    kind: "line",
    x: { name: "requests", values: memory.map(({ requests }) => requests.toLocaleString("en")) },
    y: { name: "MB", min: 0 },
    series: [
      { name: "resident", values: memory.map(({ residentBytes }) => residentBytes / MB) },
      { name: "heap, after a collection", values: memory.map(({ heapBytes }) => heapBytes / MB) },
    ],
  };
}
