/**
 * Prints when a streak trips, as Markdown tables: `node --import tsx scripts/streak-report.ts`. Simulated, so every run
 * gives the same.
 */
import { createPolicy } from "../packages/recloser/src/policy.ts";
import { dead, llm } from "../tests/support/providers.ts";
import { play, type Traffic } from "../tests/support/traffic.ts";

const RATES = [1, 10, 100, 1_000, 10_000];
const RUNS = 200;
const policy = createPolicy({ silence: "90s" });
const streakOnly = createPolicy({ silence: "90s", failureRate: false });

function runs(by: typeof policy, end: Traffic["end"], perSecond: number, count: number): ReturnType<typeof play>[] {
  return Array.from({ length: count }, (_, seed) =>
    play(by, { perSecond, forMs: 90_000, seed: seed + 1, atRandom: true, end }),
  );
}

console.log(`Cold starts of 90 s that trip by the streak, of those played:\n`);
console.log(`| errors | ${RATES.map((rate) => `${rate}/s`).join(" | ")} |\n| --- |${" --- |".repeat(RATES.length)}`);
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
console.log(`| fails | ${RATES.map((rate) => `${rate}/s`).join(" | ")} |\n| --- |${" --- |".repeat(RATES.length)}`);
for (const [name, end] of Object.entries(dead)) {
  const cells = RATES.map((rate) => {
    const all = runs(policy, end, rate, RUNS / 10)
      .map((trip) => trip?.atMs ?? Infinity)
      .toSorted((a, b) => a - b);
    const [median, longest] = [all[all.length / 2], all.at(-1)].map((ms) => `${((ms as number) / 1_000).toFixed(2)} s`);
    return `${median}, ${longest}`;
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
