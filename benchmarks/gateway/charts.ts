/** The charts of the page. */
import type { Chart } from "../chart.ts";
import { OURS } from "./contenders.ts";
import { cpu, type Figures, p50, rate } from "./figures.ts";
import type { GatewayResult } from "./result.ts";

const MB = 1_048_576;

export function charts(result: GatewayResult, figures: Figures, names: readonly string[]): Record<string, Chart> {
  const bars = (title: string, y: Chart["y"], series: Chart["series"]): Chart => ({
    title,
    kind: "bars",
    x: { name: "", values: names },
    y,
    series,
  });
  const all: Record<string, Chart> = {
    "gateway-rate": bars("Requests a second, 16 connections", { name: "requests a second" }, [
      { name: "median", values: names.map((name) => figures.figure("busy", name, rate).median) },
    ]),
    "gateway-cpu": bars("Processor time of the gateway for one request", { name: "µs", log: true, min: 1 }, [
      { name: "median", values: names.map((name) => figures.figure("busy", name, cpu).median), color: 2 },
    ]),
    "gateway-latency": bars("Added to a lone caller's answer, p50", { name: "ms", log: true, min: 0.01 }, [
      { name: "median", values: names.map((name) => figures.added("alone", name, p50).median / 1e3), color: 1 },
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
