import { expect, test } from "vitest";
import { createPolicy } from "../policy.ts";
import { optionsFrom } from "../policy-paths.ts";
import { POLICY_DEFAULTS, policyRows } from "./policy-rows.ts";

test("The defaults that are shown are those that hold", () => {
  const shown = createPolicy(optionsFrom(POLICY_DEFAULTS));
  const { silenceStretches: _silence, probe, ...rest } = shown;
  const { silenceStretches: _own, probe: ownProbe, ...own } = createPolicy();
  expect(rest).toEqual(own);
  expect({ ...probe, timeoutStretches: true }).toEqual(ownProbe);
});

test("Each value comes from the last that gives it: default, code, fleet, the breaker's own", () => {
  const set = { pattern: "a*", value: 3, by: "ann", reason: "drill", atMs: 1, untilMs: null };
  const fleet = ["minimumCalls", "failureThreshold", "consecutiveFailures"].map((option) => ({ ...set, option }));
  const given = { code: { minimumCalls: 5, failureRate: 0.4 }, own: { failureThreshold: 2, "timeouts.total": "9s" } };
  const rows = Object.fromEntries(policyRows("abc", given, fleet).map((row) => [row.option, row]));
  expect(rows["window"]).toEqual({ option: "window", value: "30s", from: "default", fleet: null });
  expect(rows["failureRate"]).toMatchObject({ value: 0.4, from: "code" });
  expect(rows["minimumCalls"]).toMatchObject({ value: 3, from: "fleet", fleet: { by: "ann" } });
  expect(rows["failureThreshold"]).toMatchObject({ value: 2, from: "own", fleet: { value: 3 } });
  expect(rows["timeouts.total"]).toMatchObject({ value: "9s", from: "own" });
  expect(policyRows("other", given, fleet).filter(({ from }) => from === "fleet")).toEqual([]);
  expect(policyRows("abc", null, fleet)).toHaveLength(3);
});
