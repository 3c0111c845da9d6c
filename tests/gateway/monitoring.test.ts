/** The alert rules and the Grafana dashboard that ship: right by Prometheus' own checker, and about metrics that a gateway has. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { GAUGE, REQUEST_METRICS } from "../../packages/gateway/src/telemetry/metric-descriptions.ts";
import { COUNTERS, GAUGES, HISTOGRAMS } from "../../packages/recloser/src/telemetry/metric-descriptions.ts";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { startGateway } from "../support/running-gateway.ts";
import { hasPromtool, promtool } from "../support/servers/promtool.ts";

const FOLDER = fileURLToPath(new URL("../../packages/gateway/monitoring/", import.meta.url));
const RULES = `${FOLDER}alerts.yaml`;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Place;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource: { uid: string } }[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}
interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] };
}

const rules = (parse(readFileSync(RULES, "utf8")) as { groups: [{ rules: readonly Rule[] }] }).groups[0].rules;
const dashboard = JSON.parse(readFileSync(`${FOLDER}grafana.json`, "utf8")) as Dashboard;
const { panels } = dashboard;
const queries = [
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.flatMap(({ expr }) => expr ?? []),
];
// `label_values(metric, label)` is Grafana's, not PromQL.
const asked = dashboard.templating.list.flatMap(({ query }) =>
  typeof query === "object" ? [/^label_values\((.*), (\w+)\)$/.exec(query.query) ?? []] : [],
);

/** Each metric with the labels that it is asked by or picked out by; those of scraping are anybody's. */
function usesOf(expr: string): { name: string; labels: string[] }[] {
  const picks = [...expr.matchAll(/(recloser_\w+)(?:\{([^}]*)\})?/g)].map(([, name = "", within = ""]) => ({
    name,
    labels: [...within.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = ""]) => label),
  }));
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
  return picks.map(({ name, labels }) => ({ name, labels: [...labels, ...grouped] }));
}

const uses = [
  ...[...queries, ...rules.map(({ expr }) => expr)].flatMap(usesOf),
  ...asked.map(([, metric = "", label = ""]) => ({
    name: (/^\w+/.exec(metric) ?? [""])[0],
    labels: [...usesOf(metric).flatMap(({ labels }) => labels), label],
  })),
];

const folder = mkdtempSync(join(tmpdir(), "recloser-monitoring-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasChecker = await hasPromtool();

describe.runIf(hasChecker)("by promtool", () => {
  test("the alert rules are right, and fire and keep still as their own tests say", async () => {
    expect(await promtool(["check", "rules", RULES])).toMatchObject({ code: 0 });
    const tested = await promtool(["test", "rules", `${FOLDER}alerts.cases.yaml`]);
    expect(tested, tested.said).toMatchObject({ code: 0 });
  });

  test("a rule whose threshold is another does not pass its tests", async () => {
    writeFileSync(
      join(folder, "alerts.yaml"),
      readFileSync(RULES, "utf8").replace("> 4 * 3600", "> 400").replace("for: 2m", "for: 9m"),
    );
    writeFileSync(join(folder, "alerts.cases.yaml"), readFileSync(`${FOLDER}alerts.cases.yaml`));
    const { code, said } = await promtool(["test", "rules", join(folder, "alerts.cases.yaml")]);
    expect(code).toBe(1);
    expect(said).toContain("RecloserOverrideOld");
    expect(said).toContain("RecloserStoreLocal");
  });

  test("each query of the dashboard is PromQL", async () => {
    const filled = (expr: string): string =>
      expr.replaceAll(/\$__(?:rate_)?interval/g, "5m").replaceAll(/\$(?:job|record|breaker)/g, ".*");
    const file = join(folder, "queries.json");
    const recorded = (all: readonly string[]): void =>
      writeFileSync(
        file,
        JSON.stringify({
          groups: [{ name: "q", rules: all.map((expr, at) => ({ record: `q:${at}`, expr: filled(expr) })) }],
        }),
      );
    recorded(queries);
    const { code, said } = await promtool(["check", "rules", file]);
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining(`${queries.length} rules found`) });
    recorded([...queries, "sum(rate(recloser_calls_total[$job]))"]);
    expect(await promtool(["check", "rules", file])).toMatchObject({ code: 1 });
  });
});

test("each metric is one that a running gateway exposes", async () => {
  const admin = { host: "127.0.0.1", port: 0, readOnlyTokens: [], operatorTokens: [], allowedHosts: [] };
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", "http://127.0.0.1:9")], admin }));
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
  const unknown = uses.filter(({ name }) => types.get(name) === undefined && types.get(series(name)) !== "histogram");
  expect(uses.length).toBeGreaterThan(50);
  expect(unknown).toEqual([]);
});

const series = (name: string): string => name.replace(/_(?:bucket|sum|count)$/, "");

test("each label is one that its metric has", () => {
  const { counters, histograms } = REQUEST_METRICS;
  const all = [GAUGE, ...[GAUGES, COUNTERS, HISTOGRAMS, counters, histograms].flatMap((each) => Object.values(each))];
  const labelsOf = new Map(all.map(({ name, labels }) => [name, labels as readonly string[]]));
  const foreign = uses.flatMap(({ name, labels }) => {
    const own = new Set([...(labelsOf.get(name) ?? labelsOf.get(series(name)) ?? []), "job", "instance"]);
    return labels
      .filter((label) => !own.has(label) && !(label === "le" && name.endsWith("_bucket")))
      .map((label) => `${name} by ${label}`);
  });
  expect(foreign).toEqual([]);
});

test("each alert says how urgent it is, what happened and what it means", () => {
  for (const { alert, labels, annotations } of rules) {
    expect(["critical", "warning", "info"], alert).toContain(labels.severity);
    expect(annotations.summary, alert).toMatch(/\{\{ .* \}\}/);
    expect(annotations.description.length, alert).toBeGreaterThan(40);
  }
});

describe("the dashboard's structure", () => {
  test("is the classic model: panels with an id, a place and one data source to choose", () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, type, datasource, targets } of panels) {
      expect(["row", "stat", "timeseries", "state-timeline"], title).toContain(type);
      if (type === "row") continue;
      expect(datasource?.uid, title).toBe("${datasource}");
      expect(new Set(targets?.map(({ refId }) => refId)).size, title).toBe(targets?.length);
      for (const one of targets ?? []) expect(one.datasource.uid, title).toBe("${datasource}");
    }
  });

  test("no panel lies over another or beside the page", () => {
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      const under = panels.filter((other) => other.title !== title && overlaps(gridPos, other.gridPos));
      expect(
        under.map((other) => other.title),
        title,
      ).toEqual([]);
    }
  });

  test("each variable of a query is one that is asked for", () => {
    const names = new Set(dashboard.templating.list.map(({ name }) => name));
    const used = queries.flatMap((expr) => [...expr.matchAll(/\$(?!__)(\w+)/g)].map(([, name = ""]) => name));
    expect([...new Set(used)].filter((name) => !names.has(name))).toEqual([]);
    expect(names).toContain("datasource");
  });
});

function overlaps(one: Place, other: Place): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}
