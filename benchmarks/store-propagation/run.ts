/**
 * How soon the replicas of a fleet reject once one of them has tripped the shared circuit: real processes, a real Redis. Beside
 * it, how late timers were in the same seconds in the process that keeps the history, which is what the machine itself added.
 *
 *   npm run store:propagation                          300 trips for each size of fleet
 *   npm run store:propagation -- --trips 100 --write   and keeps it in benchmarks/results and docs/explanation/sharing.md
 */
import { readFileSync, writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { simulatedProvider } from "recloser/testing";
import { ReplicaFleet } from "../../tests/support/replicas/fleet.ts";
import { propagation } from "../../tests/support/replicas/propagation.ts";
import { quantile } from "../../tests/support/replicas/quantile.ts";
import { startRedis } from "../../tests/support/servers/redis.ts";

const SHARES = [0.5, 0.9, 0.99, 1] as const;
const WITHIN_MS = 5_000;
const EVERY_MS = 60;

interface Figures {
  readonly fleet: string;
  readonly samples: number;
  readonly sinceRejectedMs: readonly number[];
  readonly timerLateMs: readonly number[];
  readonly lost: number;
  readonly admittedElsewhere: number;
}

const { values } = parseArgs({
  options: { trips: { type: "string", default: "300" }, write: { type: "boolean", default: false } },
});
const trips = Number(values.trips);
if (!Number.isInteger(trips) || trips < 1)
  throw new TypeError(`--trips: expected a whole number ≥ 1, got "${values.trips}"`);

const dead = await simulatedProvider({ fault: { kind: "status", status: 503 } });
try {
  const all = [await measure(2, 1), await measure(4, 1), await measure(4, 4)];
  const table = [
    "| Fleet | Rejections | Median | 90 % | 99 % | Slowest | A timer, late by: median | 99 % | Slowest |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...all.map(
      ({ fleet, samples, sinceRejectedMs: since, timerLateMs: [median, , late, last] }) =>
        `| ${[fleet, samples, ...since.map(ms), ms(median), ms(late), ms(last)].join(" | ")} |`,
    ),
  ];
  console.log(table.join("\n"));
  for (const { fleet, lost, admittedElsewhere } of all)
    console.log(
      `${fleet}: ${lost} of ${trips} reports came too late to count, ${admittedElsewhere} calls of the others reached the provider`,
    );
  if (values.write) write(all, table);
} finally {
  await dead.close();
}

async function measure(processes: number, seatsEach: number): Promise<Figures> {
  const redis = await startRedis();
  const fleet = await ReplicaFleet.start({ url: redis.url, processes, seatsEach });
  try {
    await propagation(fleet, ["scripts are new to the server"], dead.url, WITHIN_MS);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const keys = Array.from({ length: trips }, (_, at) => `trip ${at}`);
    const { sinceRejectedMs, lost, admittedElsewhere } = await propagation(fleet, keys, dead.url, WITHIN_MS, EVERY_MS);
    delay.disable();
    return {
      fleet: `${processes * seatsEach} replicas in ${processes} processes`,
      samples: sinceRejectedMs.length,
      sinceRejectedMs: SHARES.map((share) => quantile(sinceRejectedMs, share)),
      timerLateMs: SHARES.map((share) => (share === 1 ? delay.max : delay.percentile(100 * share)) / 1e6 - 1),
      lost,
      admittedElsewhere,
    };
  } finally {
    await fleet.end();
    await redis.kill();
  }
}

function ms(value = NaN): string {
  return `${value.toFixed(1)} ms`;
}

function write(all: readonly Figures[], table: readonly string[]): void {
  const result = { trips, node: process.version, shares: SHARES, fleets: all };
  writeFileSync(new URL("../results/store-propagation.json", import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
  const page = new URL("../../docs/explanation/sharing.md", import.meta.url);
  const text = readFileSync(page, "utf8");
  const place = /(<!-- store-propagation:[^\n]*-->\n)[^]*?(<!-- \/store-propagation -->)/;
  if (!place.test(text)) throw new Error("docs/explanation/sharing.md has no place for the figures");
  writeFileSync(
    page,
    text.replace(place, (_, from: string, to: string) => `${from}\n${table.join("\n")}\n\n${to}`),
  );
}
