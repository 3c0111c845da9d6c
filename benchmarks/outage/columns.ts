/** The gauges as columns of a table: what each is called, what it means, and how its figure is written. */
import { type Spread, spread } from "../figures.ts";
import type { Gauges } from "./gauges.ts";

export interface Column {
  readonly head: string;
  readonly means: string;
  /** Null where there is none: it never tripped, there is no store. @param control the same seed's run of the control */
  readonly value: (gauges: Gauges, control: Gauges) => number | null;
  readonly unit: "count" | "s" | "h" | "share" | "ratio";
  /** What is written where no run has a figure. */
  readonly none?: string;
}

export const COLUMNS: readonly Column[] = [
  {
    head: "reached",
    means: "tries that reached the provider during the fault",
    value: (g) => g.reached,
    unit: "count",
  },
  { head: "failed", means: "of these, the ones without an answer", value: (g) => g.failed, unit: "count" },
  { head: "probes", means: "of these, the breaker's probes", value: (g) => g.probes, unit: "count" },
  {
    head: "trip",
    means: "from the fault to the first open circuit or hold",
    value: (g) => inSeconds(g.tripMs),
    unit: "s",
    none: "never",
  },
  {
    head: "all tripped",
    means: "until every replica had one",
    value: (g) => inSeconds(g.allTrippedMs),
    unit: "s",
    none: "never",
  },
  {
    head: "wait p50",
    means: "how long callers without an answer waited",
    value: (g) => g.waitP50Ms / 1_000,
    unit: "s",
  },
  { head: "wait p95", means: "the same, of the slowest twentieth", value: (g) => g.waitP95Ms / 1_000, unit: "s" },
  {
    head: "waited",
    means: "the same, of all callers together, in hours",
    value: (g) => g.waitTotalMs / 3_600_000,
    unit: "h",
  },
  { head: "slots", means: "calls in flight at once, at most, during the fault", value: (g) => g.slots, unit: "count" },
  {
    head: "good",
    means: "good answers from the fault's beginning on, relative to the control",
    value: (g, control) => g.good / control.good,
    unit: "share",
  },
  { head: "wrong", means: "callers rejected while the provider was well", value: (g) => g.wrong, unit: "count" },
  {
    head: "false opens",
    means: "circuits opened while the provider was well",
    value: (g) => g.falseOpens,
    unit: "count",
  },
  {
    head: "recovery",
    means: "from the fault's end until 95 % of the callers of the next five seconds get a good answer",
    value: (g) => inSeconds(g.recoveryMs),
    unit: "s",
    none: "never",
  },
  {
    head: "store/try",
    means: "commands that the store carried out, for each try",
    value: (g) => g.storePerCall,
    unit: "ratio",
    none: "",
  },
];

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

/** The runs of one arm, beside those of the control with the same seeds. */
export function spreadOf(column: Column, runs: readonly Gauges[], controls: readonly Gauges[]): Spread | null {
  const values = runs.map((gauges, index) => column.value(gauges, controls[index] as Gauges));
  const some = values.filter((value) => value !== null);
  return some.length < values.length ? null : spread(some);
}

/** `23` or, where runs differ, `23 (21–27)`. */
export function written(column: Column, figure: Spread | null, withRange: boolean): string {
  if (figure === null) return column.none ?? "";
  const one = (value: number): string => number(value, column.unit);
  const range = `${one(figure.min)}–${one(figure.max)}`;
  const median = one(figure.median);
  return withRange && range !== `${median}–${median}` ? `${median} (${range})` : median;
}

function number(value: number, unit: Column["unit"]): string {
  switch (unit) {
    case "count":
      return Math.round(value).toLocaleString("en");
    case "s":
      return value.toFixed(value < 10 ? 2 : 1);
    case "h":
    case "ratio":
      return value.toFixed(2);
    case "share":
      return value.toFixed(3);
  }
}
