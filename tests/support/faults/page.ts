/** docs/reference/faults.md, made of a run's result. */
import { markdown, type Row } from "../../../benchmarks/table.ts";
import { CATALOGUES } from "./catalogue.ts";
import type { BoundRow, CallRow, FaultRecord, StoreRow } from "./rows.ts";
import { type FaultsResult, isShown, type ShownLine } from "./result.ts";

const INTRODUCTION = `# Faults that must be survived

What goes wrong beneath and beside a breaker, made on real processes and real servers, and what it cost. \`npm run test:faults\` runs the
tests below and prints the tables; \`npm run test:faults -- --write-docs\` writes this page. Each bound is asserted by its test, so that a
figure beyond it fails the run. The figures are those of one run on one machine.`;

const STORE_COLUMNS = `- **failed**: calls that failed for another reason than the provider's own. Rejections of a circuit that is open are none.
- **extra**: the longest that anything but the provider took of a call, milliseconds, and by how much the event loop itself was late at worst.
  Asserted: no more than 60 ms beyond twice that lateness.
- **alone after**: from the fault until \`storeHealth().mode\` is \`local\`.
- **trips after**: the provider dies meanwhile; until this process, alone, rejects. It closes again by its own probe, too.
- **shared after**: from the fault's end until the mode is \`shared\`. Asserted: 4.5 s, of which 3 s are the design's. Then what another replica
  does to the record is known here.`;

export function pageOf(result: FaultsResult): string {
  return `${[
    INTRODUCTION,
    measuredOn(result),
    "## A store that fails under traffic",
    "A replica calls a simulated provider 300 times a second (500 where it says so) through a breaker that shares its circuit. The store fails,\nthe provider dies and recovers, the store returns.",
    STORE_COLUMNS,
    ...(["Redis", "PostgreSQL"] as const).map((server) => `### ${server}\n\n${storeTable(result.records, server)}`),
    ...callSections(result.records),
    boundSection(result.records),
    "## Which test shows which fault",
    "A line is shown where every test that it names passed in this run.",
    ...CATALOGUES.map(
      ({ heading, required }) => `### Shown: ${heading}\n\n${required}\n\n${shownTable(result.lines, heading)}`,
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

function measuredOn({ date, load, machine, versions }: FaultsResult): string {
  const loads = [load.start, load.end].map((one) => (one[0] ?? 0).toFixed(1));
  const servers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${date}: ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${servers.join(", ")}.`,
    `Load average (1 min) ${loads[0]} at the start, ${loads[1]} at the end; above ${machine.cores} others wanted the cores too, and every time below is longer for it.`,
  ].join("\n");
}

const STORE_HEAD: Row = [
  "Fault",
  "injected by",
  "calls",
  "failed",
  "extra, ms",
  "loop late, ms",
  "alone after, ms",
  "trips after, ms",
  "shared after, ms",
];

function storeTable(records: readonly FaultRecord[], server: StoreRow["server"]): string {
  const rows = records
    .filter((record) => record.table === "store" && record.server === server)
    .map((record) => record as StoreRow);
  return markdown(
    STORE_HEAD,
    rows.map((row) =>
      [
        ...[row.fault, code(row.injected), row.calls, row.failed, row.worstExtraMs, row.worstLagMs],
        ...[row.localAfterMs, row.tripsAfterMs, row.sharedAfterMs],
      ].map(String),
    ),
  );
}

const CALLS = [
  [
    "provider",
    "## A provider that answers in a wrong way",
    "Behind a gateway with a second target that is well; the limits are those of the test (400 ms to 1.5 s), so that the\ntime is theirs where the provider never ends. Two tries where a try may help.",
  ],
  ["client", "## A client that asks in a wrong way", "At a gateway in front of a provider that is well."],
] as const;

function callSections(records: readonly FaultRecord[]): string[] {
  return CALLS.flatMap(([table, heading, text]) => {
    const rows = records.filter((record) => record.table === table).map((record) => record as CallRow);
    if (rows.length === 0) return [];
    const head: Row = ["Fault", "requests", "the caller got", "the breaker counted", "after, at most, ms"];
    return [
      heading,
      text,
      markdown(
        head,
        [...grouped(rows)].map(([fault, those]) =>
          [fault, `${those.length}`, all(those, "got"), all(those, "verdict"), worst(those)].map(escaped),
        ),
      ),
    ];
  });
}

function grouped(rows: readonly CallRow[]): Map<string, CallRow[]> {
  const groups = new Map<string, CallRow[]>();
  for (const row of rows) groups.set(row.fault, [...(groups.get(row.fault) ?? []), row]);
  return groups;
}

const all = (rows: readonly CallRow[], field: "got" | "verdict"): string =>
  [...new Set(rows.map((row) => row[field]))].toSorted().join("; ");
const worst = (rows: readonly CallRow[]): string => `${Math.round(Math.max(...rows.map(({ tookMs }) => tookMs)))}`;

function boundSection(records: readonly FaultRecord[]): string {
  const rows = records.filter((record) => record.table === "bound").map((record) => record as BoundRow);
  if (rows.length === 0) return "";
  const head: Row = ["Fault", "measured", "ms", "asserted, ms"];
  const table = markdown(
    head,
    rows.map(({ fault, what, tookMs, boundMs }) => [fault, what, `${Math.round(tookMs)}`, `${boundMs}`].map(escaped)),
  );
  return `## Replicas, and processes\n\n${table}`;
}

function shownTable(lines: readonly ShownLine[], heading: string): string {
  const rows = lines.filter(({ catalogue }) => catalogue === heading);
  return markdown(
    ["Fault", "shown", "by"],
    rows.map((line) => [escaped(line.fault), isShown(line) ? "yes" : "**no**", proofs(line)]),
  );
}

function proofs(line: ShownLine): string {
  return line.proofs
    .map(
      ({ file, words, passed }) =>
        `[${file.replace(/^tests\//, "")}](../../${file})${words === "" ? "" : ` “${escaped(words)}”`}: ${passed}`,
    )
    .join("; ");
}

const code = (text: string): string => `\`${text}\``;
const escaped = (text: string): string => text.replaceAll("|", "\\|").replaceAll("__", "\\_\\_");
