import { describe, expect, test } from "vitest";
import { CURTAIN_MS, outagesOf, SCENARIO_NAMES, SCENARIOS } from "./scenarios.ts";

describe.each(SCENARIO_NAMES)("%s", (name) => {
  const scenario = SCENARIOS[name];

  test("begins well, goes wrong, and is well again before the curtain", () => {
    const { steps, lastsMs } = scenario;
    expect(steps[0]?.atMs).toBeGreaterThanOrEqual(3_000);
    expect(steps[0]?.fault).not.toBeNull();
    expect(steps.at(-1)?.fault).toBeNull();
    expect(steps.at(-1)?.atMs).toBeLessThan(lastsMs - CURTAIN_MS);
    expect(steps.map(({ atMs }) => atMs)).toEqual(steps.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
  });

  test("takes about half a minute at its own speed", () => {
    const tookMs = scenario.lastsMs / scenario.speed;
    expect(tookMs).toBeGreaterThanOrEqual(25_000);
    expect(tookMs).toBeLessThanOrEqual(35_000);
  });

  test("leads on to another one", () => expect(scenario.next.scenario).not.toBe(name));
});

test("an outage lasts from the fault to the next step, or to the end", () => {
  const fault = { kind: "hang" } as const;
  const steps = [
    { atMs: 5, fault, says: "" },
    { atMs: 9, fault: null, says: "" },
    { atMs: 20, fault, says: "" },
  ];
  expect(outagesOf({ steps, lastsMs: 30 })).toEqual([
    { fromMs: 5, toMs: 9 },
    { fromMs: 20, toMs: 30 },
  ]);
});
