import type { SimulationResult } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { CommandFailure } from "../command-failure.ts";
import { variantsOf } from "../tuning/variants.ts";
import { UsageError } from "../usage-error.ts";
import { figuresOf } from "./figures.ts";
import { latencyOf } from "./latency.ts";
import { outageOf } from "./outage.ts";
import { play } from "./play.ts";
import { terminalText } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { svgText } from "./svg.ts";

const scenario: Scenario = {
  ...{ seed: 1, forMs: 60_000, replicas: 2, perSecond: 10, latency: 200, latencyText: "200ms", timeoutMs: 5_000 },
  errors: 0,
  outages: [outageOf("503 from 20s for 15s")],
};

describe("An outage in words", () => {
  test.each([
    ["503 from 60s for 120s", 60_000, 180_000, { kind: "status", status: 503 }],
    ["503 50% from 1m to 90s", 60_000, 90_000, { kind: "status", status: 503, probability: 0.5 }],
    ["429 retry-after 20s from 0s for 5s", 0, 5_000, { kind: "status", status: 429, retryAfterMs: 20_000 }],
    ["hang from 5s for 5s", 5_000, 10_000, { kind: "hang" }],
    ["slow x5 from 5s for 5s", 5_000, 10_000, { kind: "slow", factor: 5 }],
  ])("%s", (text, fromMs, toMs, does) => {
    expect(outageOf(text)).toEqual({ text, fromMs, toMs, segment: { fromMs, toMs, does } });
  });

  test("that comes and goes has its fault in half of each period", () => {
    const { does } = outageOf("503 every 10s from 0s for 60s").segment;
    expect(does).toMatchObject({ kind: "flapping", periodMs: 10_000, upShare: 0.5, down: { status: 503 } });
  });

  test.each([
    "503",
    "503 from 60s",
    "200 from 1s for 1s",
    "hang x2 from 1s for 1s",
    "503 0% from 1s for 1s",
    "503 from 9s to 3s",
  ])("%s is refused by its option's name", (text) => {
    expect(() => outageOf(text)).toThrow(/^--outage: expected .*; received /);
  });
});

test("A latency is a length, a range or two quantiles", () => {
  expect(latencyOf("2s")).toBe(2_000);
  expect(latencyOf("0.5s..10s")).toEqual({ kind: "uniform", minMs: 500, maxMs: 10_000 });
  expect(latencyOf("p50=800ms,p95=3s")).toEqual({ kind: "lognormal", p50Ms: 800, p95Ms: 3_000 });
  for (const wrong of ["fast", "3s..1s", "p50=3s,p95=1s", "5"]) expect(() => latencyOf(wrong)).toThrow(UsageError);
});

test("A sweep of several options is every combination over the policy", () => {
  const found = variantsOf(["cooldown.max=20s,30s", "failureRate=0.5,false"], { cooldown: { initial: "10s" } });
  expect(found.map(({ name }) => name)).toEqual([
    "cooldown.max=20s failureRate=0.5",
    "cooldown.max=20s failureRate=false",
    "cooldown.max=30s failureRate=0.5",
    "cooldown.max=30s failureRate=false",
  ]);
  expect(found[1]?.policy).toEqual({ cooldown: { initial: "10s", max: "20s" }, failureRate: false });
  expect(() => variantsOf(["cooldown.max"], {})).toThrow(UsageError);
  expect(() => variantsOf(["failureRate=0.5,7"], {})).toThrow(CommandFailure);
});

describe("The figures", () => {
  const call = (atMs: number, endMs: number, end: "ok" | "failed" | "rejected"): SimulationResult["calls"][number] => ({
    ...{ atMs, endMs, end, reason: null, inFlight: false, replica: "replica 1" },
  });
  const result = (calls: SimulationResult["calls"]): SimulationResult =>
    ({ calls, log: [], transitions: [], replicas: [] }) as unknown as SimulationResult;

  test("tell when callers were first turned away, who was for nothing, and what was waited", () => {
    const calls = [
      call(1_000, 1_200, "ok"),
      call(21_000, 21_050, "failed"),
      call(23_000, 23_000, "rejected"),
      call(40_000, 40_000, "rejected"),
    ];
    expect(figuresOf(scenario, result(calls))).toMatchObject({
      calls: 4,
      good: 1,
      tripMs: 3_000,
      wrong: 1,
      waitedMs: 50,
    });
  });

  test("count from the outage's end until most callers get an answer", () => {
    const calls = Array.from({ length: 50 }, (_, at) =>
      call(35_000 + at * 500, 35_100 + at * 500, at < 10 ? "rejected" : "ok"),
    );
    expect(figuresOf(scenario, result(calls)).recoveryMs).toBe(4_600);
  });
});

describe("A scenario that is played", () => {
  test("wastes calls without a breaker, and far fewer with one; the same seed draws the same bytes", async () => {
    const arms = [
      { name: "no breaker", policy: false, shared: false },
      { name: "the <defaults>", policy: {}, shared: true },
    ] as const;
    const once = async (): Promise<readonly [string, string, readonly number[]]> => {
      const played = [await play(scenario, arms[0], 1), await play(scenario, arms[1], 2)];
      const report = { scenario, seeds: 1, from: "the defaults", played, advice: [] };
      return [terminalText(report, 80, false), svgText(report), played.map(({ figures }) => figures.wasted)];
    };
    const [text, picture, [without = 0, guarded = 0]] = await once();
    expect(without).toBeGreaterThan(100);
    expect(guarded).toBeLessThan(without / 3);
    expect(text).toContain("✖");
    expect(text).not.toContain("\u001B");
    expect(picture).toContain("the &lt;defaults&gt;");
    expect(await once()).toEqual([text, picture, [without, guarded]]);
  });
});
