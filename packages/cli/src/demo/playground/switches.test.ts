import { expect, test } from "vitest";
import { SCENARIO_NAMES, SCENARIOS } from "../scenarios.ts";
import { SWITCHES, switchFor, switchOf } from "./switches.ts";

test("there is a switch for each scenario, with its fault, and one that heals", () => {
  expect(SWITCHES.map(({ id }) => id)).toEqual(["healthy", ...SCENARIO_NAMES]);
  for (const id of SCENARIO_NAMES) expect(switchOf(id).faults).toContainEqual(SCENARIOS[id].steps[0]?.fault);
  expect(switchOf("healthy").faults).toEqual([null]);
});

test("a story's turns are shown on the switches as what they are", () => {
  for (const id of ["503", "hang", "429", "brownout", "cut-stream"] as const)
    expect(switchFor(SCENARIOS[id].steps[0]?.fault ?? null).id).toBe(id);
  expect(switchFor(null).id).toBe("healthy");
});

test("what moves by itself has a pace, and nothing else", () => {
  expect(SWITCHES.filter(({ faults }) => faults.length > 1).map(({ id, eachMs }) => [id, eachMs])).toEqual([
    ["flap", 5_000],
  ]);
});
