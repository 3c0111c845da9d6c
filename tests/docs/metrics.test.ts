/** docs/reference/metrics.md has exactly the metrics of the code. */
import { describe, expect, it } from "vitest";
import { GAUGE, REQUEST_METRICS } from "../../packages/gateway/src/telemetry/metric-descriptions.ts";
import { COUNTERS, GAUGES, HISTOGRAMS } from "../../packages/recloser/src/telemetry/metric-descriptions.ts";
import { plain, rowsOf, sectionOf } from "./page.ts";

const PAGE = "reference/metrics.md";

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly across?: string;
}

function rows(type: string, all: Readonly<Record<string, Described>>): object[] {
  return Object.values(all).map(({ name, help, labels, across = "sum" }) => ({
    Name: name,
    Type: type,
    Labels: labels.join(", "),
    Across: across,
    "What it says": help,
  }));
}

function table(heading: string): object[] {
  return rowsOf(sectionOf(PAGE, heading), "Name").map((row) =>
    Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, plain(cell)])),
  );
}

describe("the page of metrics", () => {
  it("has those of a recloser", () => {
    const all = [...rows("gauge", GAUGES), ...rows("counter", COUNTERS), ...rows("histogram", HISTOGRAMS)];
    expect(table("Of a recloser")).toEqual(all);
  });

  it("has those of the gateway", () => {
    const { counters, histograms } = REQUEST_METRICS;
    expect(table("Of the gateway")).toEqual([
      ...rows("gauge", { GAUGE }),
      ...rows("counter", counters),
      ...rows("histogram", histograms),
    ]);
  });
});
