import { describe, expect, test } from "vitest";
import { InvalidOptionError } from "../../errors.ts";
import { checkedFault, coversModel, FAULT_KINDS } from "./fault.ts";
import type { Fault } from "./fault.ts";

function refusal(value: unknown): { option: string; expected: string; received: unknown } {
  try {
    checkedFault(value, "fault");
  } catch (error) {
    if (InvalidOptionError.is(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const SMALLEST: Readonly<Partial<Record<Fault["kind"], object>>> = {
  status: { status: 503 },
  "slow-first-token": { ms: 5 },
  "slow-drip": { everyMs: 5 },
};

describe("a fault", () => {
  test.each(FAULT_KINDS)(
    "of kind %s is accepted with its required fields, frozen, and kept as it was given",
    (kind) => {
      const given = { kind, ...SMALLEST[kind] };
      const fault = checkedFault(given, "fault");
      expect(fault).toEqual(given);
      expect(Object.isFrozen(fault)).toBe(true);
    },
  );

  test.each(FAULT_KINDS)("of kind %s refuses a field it does not know, by name", (kind) => {
    expect(refusal({ kind, ...SMALLEST[kind], probabilty: 0.5 })).toMatchObject({
      option: "fault.probabilty",
      received: 0.5,
    });
  });

  test.each([
    [{ kind: "sleep" }, "fault.kind", "sleep"],
    [{ kind: "toString" }, "fault.kind", "toString"],
    [{}, "fault.kind", undefined],
    ["hang", "fault", "hang"],
    [[{ kind: "hang" }], "fault", [{ kind: "hang" }]],
    [undefined, "fault", undefined],
    [{ kind: "status" }, "fault.status", undefined],
    [{ kind: "status", status: 200 }, "fault.status", 200],
    [{ kind: "status", status: 503.5 }, "fault.status", 503.5],
    [{ kind: "status", status: "503" }, "fault.status", "503"],
    [{ kind: "hang", probability: NaN }, "fault.probability", NaN],
    [{ kind: "hang", probability: -0.1 }, "fault.probability", -0.1],
    [{ kind: "hang", probability: 1.1 }, "fault.probability", 1.1],
    [{ kind: "hang", models: "" }, "fault.models", ""],
    [{ kind: "hang", models: [] }, "fault.models", []],
    [{ kind: "hang", models: [1] }, "fault.models", [1]],
    [{ kind: "slow-first-token" }, "fault.ms", undefined],
    [{ kind: "slow-first-token", ms: Infinity }, "fault.ms", Infinity],
    [{ kind: "slow-drip", everyMs: -1 }, "fault.everyMs", -1],
    [{ kind: "slow-drip", everyMs: 1, bytes: 0 }, "fault.bytes", 0],
    [{ kind: "cut-stream", afterChunks: -1 }, "fault.afterChunks", -1],
    [{ kind: "stream-error", error: "auth" }, "fault.error", "auth"],
    [{ kind: "ok-with-error", error: 503 }, "fault.error", 503],
    [{ kind: "cut-stream", afterChunks: 1.5 }, "fault.afterChunks", 1.5],
    [{ kind: "cut-stream", how: "slam" }, "fault.how", "slam"],
    [{ kind: "html", status: 503 }, "fault.status", 503],
    [{ kind: "rate-limit", retryAfter: -1 }, "fault.retryAfter", -1],
    [{ kind: "rate-limit", retryAfter: "2\r\nx-evil: 1" }, "fault.retryAfter", "2\r\nx-evil: 1"],
    [{ kind: "rate-limit", limited: "money" }, "fault.limited", "money"],
    [{ kind: "rate-limit", resetMs: NaN }, "fault.resetMs", NaN],
    [{ kind: "down", probability: 0.5 }, "fault.probability", 0.5],
    [{ kind: "down", forMs: 0 }, "fault.forMs", 0],
  ])("%j is refused at %s", (value, option, received) => {
    expect(refusal(value)).toMatchObject({ option, received });
  });

  test("does not change when the caller's object or list changes later", () => {
    const models = ["a"];
    const fault = checkedFault({ kind: "hang", models }, "fault");
    models.push("b");
    expect(fault).toEqual({ kind: "hang", models: ["a"] });
  });
});

describe("a fault's models", () => {
  test.each([
    [undefined, "gpt-5", true],
    [undefined, null, true],
    ["gpt-5", "gpt-5", true],
    ["gpt-5", "gpt-5-mini", false],
    ["gpt-5*", "gpt-5-mini", true],
    ["*mini", "gpt-5-mini", true],
    ["gpt-*-mini", "gpt-5-mini", true],
    ["gpt-*-mini", "gpt-mini", false],
    ["g*5*mini", "gpt-5-mini", true],
    ["a*a", "a", false],
    ["*", "anything", true],
    ["*", null, false],
    ["gpt.5", "gpt-5", false],
    [["x", "gpt-*"], "gpt-5", true],
    [["x", "y"], "gpt-5", false],
  ])("%j against the model %j: %s", (models, model, covered) => {
    const fault: Fault = models === undefined ? { kind: "hang" } : { kind: "hang", models };
    expect(coversModel(fault, model)).toBe(covered);
  });
});
