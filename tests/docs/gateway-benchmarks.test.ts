/** The published figures of the gateway: made of the samples that are kept, and judged as their targets say. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Figures, rate } from "../../benchmarks/gateway/figures.ts";
import { WHY_MISSED } from "../../benchmarks/gateway/why-missed.ts";
import type { GatewayResult, MemorySample, Sample } from "../../benchmarks/gateway/result.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

function sample(contender: string, round: number, other: Partial<Sample>): Sample {
  const common = { case: "busy" as const, requests: 1_000, seconds: 1, p50Us: 100, p99Us: 200, cpuUs: 50 };
  return { ...common, contender, round, ...other };
}

/** Two rounds; in the second one the machine has half its speed. */
function resultOf(oursPerSecond: number, memory: readonly MemorySample[] = []): GatewayResult {
  const samples = [0, 1].flatMap((round) => {
    const slow = round + 1;
    const busy = (name: string, requests: number): Sample => sample(name, round, { requests: requests / slow });
    const alone = (name: string, p50Us: number): Sample => sample(name, round, { case: "alone", p50Us: p50Us * slow });
    return [
      busy("bare pass-through", 10_000),
      busy("recloser", oursPerSecond),
      busy("portkey", 1_000),
      alone("direct", 50),
      alone("recloser", 150),
      alone("portkey", 1_050),
    ];
  });
  return { samples, memory } as unknown as GatewayResult;
}

const verdict = (result: GatewayResult, beginning: string): { median: number; met: boolean } | undefined => {
  const found = new Figures(result).verdicts().find(({ text }) => text.startsWith(beginning));
  return found === undefined ? undefined : { median: found.figure.median, met: found.met };
};

describe("The figures of the gateway", () => {
  test("are ratios and differences of one round, which a slow machine does not change", () => {
    const figures = new Figures(resultOf(8_000));
    expect(figures.times("busy", "recloser", "bare pass-through", rate)).toEqual({ median: 0.8, min: 0.8, max: 0.8 });
    expect(figures.addedTimes("alone", "recloser", "portkey", (one) => one.p50Us).median).toBeCloseTo(0.1);
  });

  test("meet a target at its limit, and miss it below", () => {
    expect(verdict(resultOf(8_000), "requests a second, to those of the bare")).toEqual({ median: 0.8, met: true });
    expect(verdict(resultOf(7_900), "requests a second, to those of the bare")).toEqual({ median: 0.79, met: false });
    expect(verdict(resultOf(4_900), "requests a second, to those of portkey")).toEqual({ median: 4.9, met: false });
    expect(verdict(resultOf(8_000), "added to a lone caller")).toEqual({ median: 0.15, met: true });
  });

  test("tell of memory that grows after the first tenth", () => {
    const grown = (bytes: number): MemorySample[] =>
      [0, 100, 500, 1_000].map((requests) => ({
        requests,
        residentBytes: 100,
        heapBytes: requests > 100 ? bytes : 100,
      }));
    expect(verdict(resultOf(8_000, grown(100)), "live heap")).toEqual({ median: 1, met: true });
    expect(verdict(resultOf(8_000, grown(106)), "live heap")).toEqual({ median: 1.06, met: false });
  });

  test("of the page are those of the samples that are kept", () => {
    const result = JSON.parse(read("benchmarks/results/gateway.json")) as GatewayResult;
    const page = read("docs/reference/gateway-benchmarks.md");
    const rows = page.split("\n").filter((line) => / \| (?:met|missed) +\|$/.test(line));
    const verdicts = new Figures(result).verdicts();
    expect(rows.length).toBe(verdicts.length);
    for (const { text, met } of verdicts) {
      const row = rows.find((line) => line.startsWith(`| ${text} `));
      expect(row, text).toMatch(met ? /met +\|$/ : /missed +\|$/);
    }
    expect(result.missing).toEqual({});
    expect(
      result.samples.filter(({ contender, case: id }) => contender === "recloser" && id === "busy").length,
    ).toBeGreaterThanOrEqual(5);
  });

  test("say of each target that was missed why it was", () => {
    const page = read("docs/reference/gateway-benchmarks.md");
    const result = JSON.parse(read("benchmarks/results/gateway.json")) as GatewayResult;
    for (const { text, met } of new Figures(result).verdicts()) {
      const why = Object.keys(WHY_MISSED).some((beginning) => text.startsWith(beginning));
      expect(met || (why && page.includes(`**${text}**`)), text).toBe(true);
    }
  });
});

test("The other gateway is measured with the versions that its users pin", () => {
  const { dependencies } = JSON.parse(read("benchmarks/gateway/peers/package.json")) as { dependencies: object };
  expect(dependencies).toEqual({ "@hono/node-server": "1.13.5", "@portkey-ai/gateway": "1.15.2", hono: "4.9.7" });
});
