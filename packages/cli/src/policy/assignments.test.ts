import { describe, expect, test } from "vitest";
import { assignmentsOf, optionsIn } from "./assignments.ts";

describe("Assignments", () => {
  test("are numbers, switches and words, by the path that the library has", () => {
    const given = ["failureRate=0.6", "pace=false", "window=30s", "cooldown.max=2m", "mode=observe", "silence=1e3"];
    expect(optionsIn(given)).toEqual({
      failureRate: 0.6,
      pace: false,
      window: "30s",
      "cooldown.max": "2m",
      mode: "observe",
      silence: 1_000,
    });
  });

  test("of parts make one value", () => {
    const given = [
      "slowCall.after=5s",
      "slowCall.rate=0.5",
      "shed.queue.size=3",
      "shed.queue.maxWait=2s",
      "ramp.from=4",
    ];
    expect(optionsIn(given)).toEqual({
      slowCall: { after: "5s", rate: 0.5 },
      "shed.queue": { size: 3, maxWait: "2s" },
      ramp: { from: 4 },
    });
  });

  test.each(["failureRate", "=1", "a b=1", "__proto__.x=1", "a.b.c.d=1", "failureRate =1"])("%s is none", (text) => {
    expect(() => optionsIn([text])).toThrow(/expected options as name=value/);
  });

  test.each([
    [["mode=observe", "mode=off"]],
    [["slowCall=false", "slowCall.rate=0.5"]],
    [["slowCall.rate=0.5", "slowCall=false"]],
    [["shed.queue.size=1", "shed.queue.size=2"]],
  ])("%j say two things of one option", (given) => {
    expect(() => optionsIn(given)).toThrow(/expected one value/);
  });

  test("come back as they were", () => {
    expect(assignmentsOf("failureRate", 0.6)).toEqual(["failureRate=0.6"]);
    expect(assignmentsOf("window", "30s")).toEqual(["window=30s"]);
    expect(assignmentsOf("slowCall", { after: "5s", rate: 0.5 })).toEqual(["slowCall.after=5s", "slowCall.rate=0.5"]);
  });
});
