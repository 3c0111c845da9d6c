import { describe, expect, test } from "vitest";
import type { Asked } from "../../benchmarks/ask-outage/load.ts";
import { PLAN } from "../../benchmarks/ask-outage/plan.ts";
import { judged } from "../../benchmarks/ask-outage/verdict.ts";

const PER_SECOND = PLAN.questionsPerSecond;

/** A run as it should be: two calls a question while the provider is well, four that find out, then probes. */
function goodRun(): { asked: Asked[]; calls: number[] } {
  const asked = Array.from({ length: (PLAN.endMs / 1_000) * PER_SECOND }, (_, index): Asked => {
    const atMs = (index * 1_000) / PER_SECOND;
    const isDown = atMs >= PLAN.providerDiesMs && atMs < PLAN.providerReturnsMs + 4_000;
    return { atMs, durationMs: isDown ? 20 : 320, mode: isDown ? "cached-sql" : "live", status: 200, of: null };
  });
  const live = asked.filter(({ mode }) => mode === "live").flatMap(({ atMs }) => [atMs, atMs + 160]);
  const finding = [0, 50, 100, 150].map((ms) => PLAN.providerDiesMs + ms);
  const probes = [5_200, 15_500, 35_000].map((ms) => PLAN.providerDiesMs + ms);
  return { asked, calls: [...live, ...finding, ...probes].toSorted((a, b) => a - b) };
}

function broken(change: (run: ReturnType<typeof goodRun>) => void): readonly string[] {
  const run = goodRun();
  change(run);
  return judged(PLAN, run.asked, run.calls)
    .filter(({ holds }) => !holds)
    .map(({ promise }) => promise);
}

function during(asked: Asked[], fromMs: number, toMs: number, change: Partial<Asked>): void {
  for (const [index, each] of asked.entries())
    if (each.atMs >= fromMs && each.atMs < toMs) asked[index] = { ...each, ...change };
}

describe("of a run of the reference application", () => {
  test("a good one keeps every promise", () => {
    expect(broken(() => {})).toEqual([]);
  });

  test.each<[string, (run: ReturnType<typeof goodRun>) => void, RegExp]>([
    ["an answer without a mode", ({ asked }) => during(asked, 500, 501, { mode: null }), /has its mode/],
    [
      "slow answers after the trip",
      ({ asked }) => during(asked, 30_000, 50_000, { durationMs: 400 }),
      /less than 100 ms/,
    ],
    ["two probes at once", ({ calls }) => void calls.push(30_600), /probes only/],
    [
      "a provider that is never asked again",
      ({ asked }) => during(asked, PLAN.providerReturnsMs, PLAN.redisDiesMs, { mode: "cached-sql" }),
      /live answers return/,
    ],
    ["a stampede", ({ calls }) => calls.push(...Array.from({ length: 100 }, (_, index) => 65_000 + index)), /stampede/],
    [
      "a failed request without Redis",
      ({ asked }) => during(asked, 95_000, 95_001, { status: 503, mode: "unavailable" }),
      /without Redis/,
    ],
  ])("%s is seen", (_what, change, promise) => {
    const found = broken((run) => {
      change(run);
      run.calls.sort((a, b) => a - b);
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(promise);
  });
});
