import { describe, expect, it } from "vitest";
import { behindClock } from "./clock-step.ts";
import { type Facts, liveLease, NO_RECORD, type TrippedCircuit } from "./state.ts";

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const LEASE_MS = 10_000;

const circuit: TrippedCircuit = {
  is: "tripped",
  ...{ openedAtMs: NOW, openUntilMs: NOW + 5_000, reason: "failure-rate", evidence: null },
  ...{ lease: { token: "a", expiresAtMs: NOW + LEASE_MS }, claimed: true, passed: 0, lost: 0, voided: 0 },
};
const record: Facts = {
  ...NO_RECORD,
  ...{ incarnation: 1, version: 3, generation: 2, circuit, closedAtMs: NOW - 1 },
  holds: { auth: { sinceMs: NOW, untilMs: NOW + 1_000, step: 1 } },
};

describe("a store's clock that ran back", () => {
  const seen = behindClock(record, LEASE_MS, NOW - HOUR_MS);

  it("leaves an open period that began ahead of it over, and the lease of its probe dead", () => {
    expect(seen.circuit).toMatchObject({ openedAtMs: NOW - HOUR_MS, openUntilMs: NOW - HOUR_MS });
    expect(liveLease(seen.circuit as TrippedCircuit, NOW - HOUR_MS)).toBeNull();
  });

  it("leaves no hold that began ahead of it, and no close that would empty every window", () => {
    expect(seen).toMatchObject({ holds: {}, closedAtMs: null });
  });

  it("leaves a record alone that has nothing ahead of it", () => {
    expect(behindClock(record, LEASE_MS, NOW)).toBe(record);
  });
});
