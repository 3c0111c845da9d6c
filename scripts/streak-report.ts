/**
 * Prints when a streak trips, as Markdown tables: `node --conditions=recloser-source --import tsx scripts/streak-report.ts`.
 * Simulated, so every run gives the same.
 */
import { createPolicy } from "../packages/recloser/src/policy.ts";
import { Fleet, type FleetOptions } from "../tests/support/fleet.ts";
import { answers, dead, llm, refusesFrom } from "../tests/support/providers.ts";
import { play, type Traffic } from "../tests/support/traffic.ts";

const RATES = [1, 10, 100, 1_000, 10_000];
const RUNS = 200;
const policy = createPolicy({ silence: "90s" });
const streakOnly = createPolicy({ silence: "90s", failureRate: false });
const ERRORS = [0, 0.01, 0.05];

function runs(by: typeof policy, end: Traffic["end"], perSecond: number, count: number): ReturnType<typeof play>[] {
  return Array.from({ length: count }, (_, seed) =>
    play(by, { perSecond, forMs: 90_000, seed: seed + 1, atRandom: true, end }),
  );
}

function head(first: string, columns: readonly string[]): void {
  console.log(`| ${first} | ${columns.join(" | ")} |\n| --- |${" --- |".repeat(columns.length)}`);
}

function medianAndMost(all: readonly number[]): [number, number] {
  const sorted = all.toSorted((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 2)] ?? Infinity, sorted.at(-1) ?? Infinity];
}

const perSecondEach = RATES.map((rate) => `${rate}/s`);
console.log(`Cold starts of 90 s that trip by the streak, of those played:\n`);
head("errors", perSecondEach);
for (const failing of [0.01, 0.05, 0.3, 0.5, 0.6, 0.7]) {
  const cells = RATES.map((rate) => {
    const all = runs(streakOnly, llm(failing), rate, rate === 10_000 ? 5 : rate === 1_000 ? 50 : RUNS);
    return `${all.filter((trip) => trip !== null).length} of ${all.length}`;
  });
  console.log(`| ${failing * 100} % | ${cells.join(" | ")} |`);
}

console.log(
  `\nA dead provider, from its first call to the trip by streak or rate, median and longest of ${RUNS / 10}:\n`,
);
head("fails", perSecondEach);
for (const [name, end] of Object.entries(dead)) {
  const cells = RATES.map((rate) => {
    const times = medianAndMost(runs(policy, end, rate, RUNS / 10).map((trip) => trip?.atMs ?? Infinity));
    return times.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(", ");
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

const DIES_AT_MS = 70_000;
console.log(
  `\nA provider that refuses new calls at 50 ms and goes on with the others: calls it gets until the trip by the streak, at 200 a second, median and most of ${RUNS / 10}:\n`,
);
head(
  "before",
  ERRORS.map((failing) => `${failing * 100} % errors`),
);
for (const [name, answering] of Object.entries(answers)) {
  const cells = ERRORS.map((failing) => {
    const all = Array.from({ length: RUNS / 10 }, (_, seed) =>
      play(streakOnly, {
        ...{ perSecond: 200, forMs: DIES_AT_MS + 60_000, seed: seed + 1, atRandom: true, countFromMs: DIES_AT_MS },
        end: refusesFrom(DIES_AT_MS, answering(failing)),
      }),
    );
    return medianAndMost(all.map((trip) => trip?.calls ?? Infinity)).join(", ");
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

const SLOW = { kind: "uniform", minMs: 8_000, maxMs: 60_000 } as const;
const QUICK = { kind: "uniform", minMs: 200, maxMs: 400 } as const;
const failing = (probability: number) => ({ kind: "status", status: 503, latency: 50, probability }) as const;
const fleetOf = (options: FleetOptions): Fleet => new Fleet({ policy: { silence: "90s" }, ...options });

console.log(`\nCold starts of a fleet, 60 s, answers in 8–60 s: those in which the store trips, of those played:\n`);
const FLEETS = [
  [20, 1, 5],
  [20, 10, 3],
  [64, 1, 5],
  [64, 3, 3],
  [200, 1, 3],
  [200, 10, 1],
] as const;
head(
  "errors",
  FLEETS.map(([replicas, perSecond]) => `${replicas} × ${perSecond}/s`),
);
for (const share of [0.05, 0.1, 0.2, 0.5]) {
  const cells: string[] = [];
  for (const [replicas, perSecond, count] of FLEETS) {
    let trips = 0;
    for (let seed = 1; seed <= count; seed++) {
      const fleet = fleetOf({ replicas, perSecond, seed, answer: SLOW, schedule: [{ does: failing(share) }] });
      await fleet.pass(60_000);
      if (fleet.replicas.some(({ transitions }) => transitions.length > 0)) trips++;
    }
    cells.push(`${trips} of ${count}`);
  }
  console.log(`| ${share * 100} % | ${cells.join(" | ")} |`);
}

console.log(
  `\nCalls of a fleet to a provider that refuses from one moment on, until all know, median and most of 5:\n`,
);
const SIZES = [
  [3, 10],
  [20, 1],
  [20, 10],
  [64, 3],
] as const;
head(
  "before",
  SIZES.map(([replicas, perSecond]) => `${replicas} × ${perSecond}/s`),
);
for (const [name, answer] of [
  ["answers in 0.2–0.4 s", QUICK],
  ["answers in 8–60 s", SLOW],
] as const)
  for (const share of ERRORS) {
    const cells: string[] = [];
    for (const [replicas, perSecond] of SIZES) {
      const calls: number[] = [];
      for (let seed = 1; seed <= 5; seed++) {
        const schedule = [
          { fromMs: DIES_AT_MS, does: failing(1) },
          { toMs: DIES_AT_MS, does: failing(share) },
        ];
        const fleet = fleetOf({ replicas, perSecond, seed, answer, schedule });
        await fleet.pass(DIES_AT_MS);
        for (let ms = 0; ms < 20_000 && fleet.states().includes("closed"); ms += 50) await fleet.pass(50);
        calls.push(fleet.callsSince(DIES_AT_MS));
      }
      cells.push(medianAndMost(calls).join(", "));
    }
    console.log(`| ${name}, ${share * 100} % errors | ${cells.join(" | ")} |`);
  }
