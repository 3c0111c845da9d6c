import { describe, expect, it } from "vitest";
import { CLOSED, type Facts, NO_RECORD, type TrippedCircuit } from "../state.ts";
import { onAnswer, onClock, onPush } from "./view.ts";

const NOW = 1_800_000_000_000;
const closed: Facts = { ...NO_RECORD, incarnation: 7, version: 3, generation: 2 };
const circuit: TrippedCircuit = {
  is: "tripped",
  openedAtMs: NOW - 1_000,
  openUntilMs: NOW + 5_000,
  reason: "failure-rate",
  evidence: null,
  lease: null,
  claimed: false,
  passed: 0,
  lost: 0,
  voided: 0,
};
const open: Facts = { ...closed, circuit, version: 4, generation: 3 };

describe("a push", () => {
  it("is adopted when it goes on where the view stands", () => {
    expect(onPush(closed, open)).toBe("adopt");
  });

  it("is ignored when it is old, or was heard before", () => {
    expect(onPush(open, closed)).toBe("ignore");
    expect(onPush(open, open)).toBe("ignore");
  });

  it("of another life of the record is never believed: the record is read", () => {
    expect(onPush(open, { ...closed, incarnation: 8, version: 99 })).toBe("read");
    expect(onPush(NO_RECORD, closed)).toBe("read");
  });
});

describe("an answer", () => {
  const answer = (view: Facts, facts: Facts, changedSince = false): string =>
    onAnswer(view, facts, 5, changedSince ? 6 : 5, NOW);

  it("that is newer is adopted, whenever it was asked for", () => {
    expect(answer(closed, open)).toBe("adopt");
    expect(answer(closed, open, true)).toBe("adopt");
  });

  it("that says the same refreshes what is no news, such as a lease, if nothing came in between", () => {
    expect(answer(open, { ...open })).toBe("refresh");
    expect(answer(open, { ...open }, true)).toBe("ignore");
  });

  it("that is older than what came in between is ignored, and one from another life makes the record be read", () => {
    expect(answer(open, closed, true)).toBe("ignore");
    expect(answer(open, { ...closed, incarnation: 8 }, true)).toBe("read");
  });

  it("of a store that lost an open period makes it be put back, while that period lasts", () => {
    expect(answer(open, NO_RECORD)).toBe("reassert");
    expect(answer(open, closed)).toBe("reassert");
    expect(onAnswer(open, NO_RECORD, 5, 5, NOW + 5_000)).toBe("adopt");
  });

  it("of a store with a history of its own is the truth, even a closed circuit with a lower version", () => {
    expect(answer(open, { ...closed, incarnation: 8, version: 1 })).toBe("adopt");
    expect(answer(closed, NO_RECORD)).toBe("adopt");
  });

  it("with the view's number but another story is a fork after a failover, and adopted", () => {
    const fork: Facts = { ...open, circuit: CLOSED };
    expect(answer(open, fork)).toBe("adopt");
    expect(answer(open, { ...open, generation: 9 })).toBe("adopt");
    expect(answer({ ...open, circuit: { ...circuit, claimed: true } }, open)).toBe("adopt");
  });
});

describe("facts on another clock", () => {
  it("have every instant shifted, and keep numbers that are none", () => {
    const stored: Facts = {
      ...open,
      circuit: { ...circuit, lease: { token: "t", expiresAtMs: NOW + 10_000 } },
      closedAtMs: NOW - 60_000,
      cooldownMs: 5_000,
      holds: { "rate-limited": { sinceMs: NOW, untilMs: NOW + 1_000, step: 1 } },
      override: { mode: "force-open", by: "ann", reason: "drill", sinceMs: NOW, untilMs: NOW + 60_000 },
      buckets: [{ startMs: NOW, successes: 1, slow: 0, failures: {}, young: 0 }],
      streak: { failures: 2, sinceMs: NOW, startedMs: NOW, begun: 2, from: "a" },
      served: [{ by: "a", atMs: NOW }],
    };
    expect(onClock(stored, 10_000, NOW, NOW - 100)).toEqual({
      ...stored,
      circuit: {
        ...circuit,
        openedAtMs: NOW - 1_100,
        openUntilMs: NOW + 4_900,
        lease: { token: "t", expiresAtMs: NOW + 9_900 },
      },
      closedAtMs: NOW - 60_100,
      holds: { "rate-limited": { sinceMs: NOW - 100, untilMs: NOW + 900, step: 1 } },
      override: { mode: "force-open", by: "ann", reason: "drill", sinceMs: NOW - 100, untilMs: NOW + 59_900 },
      buckets: [],
      streak: NO_RECORD.streak,
      served: [],
    });
    expect(onClock({ ...closed, override: null }, 10_000, NOW, NOW + 50)).toEqual(closed);
  });
});
