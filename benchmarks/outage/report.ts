/** The replay as text: a table for the terminal, a page for the docs. */
import { markdown, type Row, table } from "../table.ts";
import { type Figure, figures } from "./charts.ts";
import { COLUMNS, spreadOf, written } from "./columns.ts";
import { SECOND_CARRIES } from "./fleet-failover.ts";
import type { ReplayResult, ScenarioResult } from "./replay.ts";
import { ARMS, CONTROL, PATIENCE_MS, SCENARIOS } from "./scenarios.ts";
import type { Verdict } from "./targets.ts";

const VERDICT_HEAD: Row = ["target", "limit", "measured", "min–max", ""];
const COMMAND = "npm run outage -- --write-docs";

export function terminal(result: ReplayResult, verdicts: readonly Verdict[]): string {
  const head: Row = ["scenario", "arm", ...COLUMNS.map((column) => column.head)];
  const rows = result.scenarios.flatMap((one) =>
    ARMS.map((arm, index) => [index === 0 ? titleOf(one.scenario) : "", ...armRow(one, arm, false)]),
  );
  const replicas = figures(result).find(({ name }) => name === "outage-replicas") as Figure;
  return [table(head, rows), replicas.about, table(replicas.head, replicas.rows), verdictTable(table, verdicts)].join(
    "\n\n",
  );
}

/** The page under docs/reference; charts are beside it, in charts/. */
export function page(result: ReplayResult, verdicts: readonly Verdict[]): string {
  const { load, seeds } = result;
  const parts = [
    "# Outage replay",
    `Written by \`${COMMAND}\`; do not edit. The raw figures are in [benchmarks/results](../../benchmarks/results).`,
    `The real library in virtual time, against a simulated provider: ${load.replicas} replicas that make ${load.perSecond} calls a second together, at random. Answers take 1–10 s and are not streamed, errors 50 ms, one call in a hundred fails by itself. Callers wait ${PATIENCE_MS / 1_000} s at most. A fault begins after 30 s and lasts three minutes; then the replay goes on for two. Figures are medians of ${seeds.length} seeds, with the lowest and the highest beside them.`,
    [
      "- **none**: one try, no breaker.",
      "- **retries**: the control. Three tries, half a second apart at first and twice that the next time, jittered, or as `Retry-After` says: what the official SDKs do.",
      "- **per-process**: the same retries around a breaker of each replica's own, with the default policy. What it rejects is not tried again.",
      "- **shared**: the same, with one record for all replicas in a store half a millisecond away.",
      `- **shared + failover**: the same, and a second provider that is well all the time and carries ${100 * SECOND_CARRIES} % of the load at once (503 above that). Where the first does not answer, it is asked. Tries, probes and trips are those of the first.`,
    ].join("\n"),
    "## Targets",
    verdictTable(markdown, verdicts),
    "## At a glance",
    ...figures(result).flatMap((figure) => figureParts(figure)),
    "## Scenarios",
    COLUMNS.map(({ head, means }) => `- **${head}**: ${means}.`).join("\n"),
    ...result.scenarios.flatMap((one) => scenarioParts(one)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A chart with its numbers under it. */
export function figureParts({ name, about, chart, head, rows }: Figure, charts = "charts"): string[] {
  const numbers = markdown(head, rows);
  return [
    `![${chart.title}](${charts}/${name}.svg)`,
    about,
    rows.length > 12 ? `<details><summary>The numbers</summary>\n\n${numbers}\n\n</details>` : numbers,
  ];
}

function scenarioParts(one: ScenarioResult): string[] {
  const { title, about } = SCENARIOS.find(({ name }) => name === one.scenario) ?? { title: one.scenario, about: "" };
  // Turned round: gauges as rows, since a page is narrow.
  const head: Row = ["gauge", ...ARMS];
  const byArm = ARMS.map((arm) => armRow(one, arm, true));
  const rows = COLUMNS.map((column, index) => [column.head, ...byArm.map((row) => row[index + 1] ?? "")]);
  return [`### ${title[0]?.toUpperCase()}${title.slice(1)}`, about, markdown(head, rows)];
}

function armRow({ runs }: ScenarioResult, arm: (typeof ARMS)[number], withRange: boolean): Row {
  const cells = COLUMNS.map((column) => written(column, spreadOf(column, runs[arm], runs[CONTROL]), withRange));
  return [arm, ...cells];
}

function verdictTable(as: typeof table, verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ text, figure, limit, met }) => {
    const range = figure.min === figure.max ? "" : `${short(figure.min)}–${short(figure.max)}`;
    return [text, short(limit), short(figure.median), range, met ? "met" : "missed"];
  });
  return as(VERDICT_HEAD, rows);
}

function short(value: number): string {
  if (!Number.isFinite(value)) return "never";
  if (value === 0) return "0";
  return value < 0.01 ? value.toPrecision(2) : value.toFixed(value < 10 ? 2 : 1);
}

function titleOf(scenario: string): string {
  return SCENARIOS.find(({ name }) => name === scenario)?.title ?? scenario;
}
