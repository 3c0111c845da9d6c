import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LET_IN_AFTER_MS, Ramp, RAMP_LOOK_MS } from "./ramp.ts";

const begin = (ramp: Ramp): boolean => {
  const admitted = ramp.admits(0);
  if (admitted) ramp.begin(0);
  return admitted;
};
const succeed = (ramp: Ramp): boolean => {
  const over = ramp.succeeded();
  ramp.inFlight--;
  return over;
};

describe("the ramp after a close", () => {
  it("starts with `from` calls in flight and doubles with each success", () => {
    const ramp = new Ramp(2);
    expect([begin(ramp), begin(ramp), begin(ramp)]).toEqual([true, true, false]);
    succeed(ramp);
    expect([begin(ramp), begin(ramp), begin(ramp), begin(ramp)]).toEqual([true, true, true, false]);
    expect(ramp.limit).toBe(4);
  });

  it("never lets more in flight than its limit, and never falls below its start", () => {
    const op = fc.constantFrom("begin", "begin", "succeed", "fail", "leave");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(op, { maxLength: 200 }), (from, ops) => {
        const ramp = new Ramp(from);
        let highest = from;
        for (const next of ops) {
          if (next === "begin") {
            const room = ramp.inFlight < ramp.limit;
            assert.equal(begin(ramp), room);
          } else if (ramp.inFlight > 0) {
            if (next === "succeed" && succeed(ramp)) return;
            if (next !== "succeed") ramp.inFlight--;
            if (next === "fail") ramp.failed();
          }
          highest = Math.max(highest, ramp.limit);
          expect(ramp.limit).toBeGreaterThanOrEqual(from);
        }
      }),
    );
  });

  it("is over after a few successes once demand no longer meets the limit", () => {
    const ramp = new Ramp(2);
    let successes = 0;
    for (let over = false; !over; successes++) {
      expect(begin(ramp)).toBe(true);
      over = succeed(ramp);
    }
    expect(successes).toBeLessThanOrEqual(6);
  });

  it("is over at a limit of 64, and no sooner, however little is asked", () => {
    const ramp = new Ramp(2);
    const overs = Array.from({ length: 5 }, () => begin(ramp) && succeed(ramp));
    expect([overs, ramp.limit]).toEqual([[false, false, false, false, true], 64]);
  });

  it("goes on where demand was as wide as the limit since the last success, though the calls have left", () => {
    const afterDemandOf = (calls: number): boolean => {
      const ramp = new Ramp(1);
      for (let i = 0; i < 7; i++) ramp.succeeded();
      for (let i = 0; i < calls; i++) begin(ramp);
      ramp.inFlight = 0;
      for (let i = 0; i < 2; i++) ramp.failed();
      return ramp.succeeded();
    };
    expect([afterDemandOf(63), afterDemandOf(64)]).toEqual([true, false]);
  });

  it("goes on while demand meets the limit, however wide it is", () => {
    const ramp = new Ramp(2);
    for (let round = 0; round < 12; round++) {
      while (begin(ramp));
      expect(succeed(ramp)).toBe(false);
    }
    expect(ramp.limit).toBe(2 ** 13);
  });

  it("gives back half of what was won at a failure", () => {
    const ramp = new Ramp(2);
    for (let i = 0; i < 3; i++) ramp.succeeded();
    ramp.failed();
    expect(ramp.limit).toBe(8);
    for (let i = 0; i < 9; i++) ramp.failed();
    expect(ramp.limit).toBe(2);
  });
});

describe("a ramp whose answers take long", () => {
  it("doubles also when its calls have been in flight for two seconds, since a refusal would have come at once", () => {
    const ramp = new Ramp(1);
    const admitted = (nowMs: number): number => {
      let count = 0;
      for (; ramp.admits(nowMs); count++) ramp.begin(nowMs);
      return count;
    };
    expect([admitted(0), admitted(1_999), admitted(2_000), admitted(3_000), admitted(4_000)]).toEqual([1, 0, 1, 0, 2]);
  });

  it("stays as it is while it is not full, however long ago its last call began", () => {
    const ramp = new Ramp(2);
    begin(ramp);
    expect([ramp.admits(10 * LET_IN_AFTER_MS), ramp.limit]).toEqual([true, 2]);
  });

  it("is looked at sooner than it can widen", () => {
    expect(RAMP_LOOK_MS).toBeLessThan(LET_IN_AFTER_MS);
  });
});
