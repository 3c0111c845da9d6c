/** What mutation testing found nobody asking of `transition()`: exact instants, waits, and what is left of a record. */
import { describe, expect, it } from "vitest";
import { createPolicy } from "./policy.ts";
import type { RecordEvent } from "./record-event.ts";
import { type Evidence, type Facts, NO_RECORD, NO_STREAK, type TrippedCircuit } from "./state.ts";
import { MAX_LOST, MAX_VOID, transition } from "./transition.ts";

const NOW = 1_800_000_000_000;
const policy = createPolicy({
  failureThreshold: 3,
  cooldown: { initial: 1_000, factor: 2, max: 8_000, jitter: 0 },
  probe: { successes: 1 },
});
const evidence: Evidence = {
  ...{ calls: 4, failures: 3, slow: 0, windowMs: 30_000, byKind: { timeout: 3 } },
  ...{ headline: "3 of 4 calls failed in 30 s", summary: "3 of 4 calls failed in 30 s: 3 timeout" },
};
const circuit: TrippedCircuit = {
  is: "tripped",
  ...{ openedAtMs: NOW - 600, openUntilMs: NOW + 400, reason: "failure-rate", evidence },
  ...{ lease: null, claimed: false, passed: 0, lost: 0, voided: 0 },
};
const closed: Facts = {
  ...{ ...NO_RECORD, incarnation: 7, version: 3, generation: 2 },
  buckets: [{ startMs: NOW - 3_000, successes: 0, slow: 0, failures: { timeout: 2 }, young: 0 }],
  streak: { failures: 2, sinceMs: NOW - 900, startedMs: NOW - 950, begun: 2, from: "a" },
  served: [{ by: "b", atMs: NOW - 5_000 }],
};
const tripped: Facts = { ...closed, circuit, step: 1, cooldownMs: 1_000 };
const halfOpen: Facts = { ...tripped, circuit: { ...circuit, openUntilMs: NOW } };
const lease = { token: "a", expiresAtMs: NOW + 250 };

const claim: RecordEvent = { type: "claim", token: "b", leaseMs: 10_000, random: 0, notAfterMs: Infinity };
const settle = (verdict: "passed" | "failed" | "void"): RecordEvent => ({
  ...{ type: "settle", incarnation: 7, token: "a", verdict, retryAfterMs: null, random: 0 },
});
const reassert: RecordEvent = {
  ...{ type: "reassert", incarnation: 7, version: 9, generation: 5, step: 2, cooldownMs: 2_000 },
  ...{ reason: "slow-calls", remainingMs: 4_000 },
};
const after = (facts: Facts, event: RecordEvent, nowMs: number = NOW): ReturnType<typeof transition> =>
  transition(facts, event, policy, nowMs);
const forgotten = { buckets: [], streak: NO_STREAK, served: [] };

describe("the last instant of an event", () => {
  const hold: RecordEvent = { type: "hold", kind: "auth", retryAfterMs: 1_000, startedAtMs: NOW, notAfterMs: NOW };

  it("is still in time itself", () => {
    expect(after(NO_RECORD, hold).reply.code).toBe("changed");
    expect(after(NO_RECORD, hold, NOW + 1).reply.code).toBe("expired");
  });
});

describe("a refusal says how long to wait:", () => {
  it("until the open period is over", () => {
    expect(after(tripped, claim).reply).toEqual({ code: "denied", retryAfterMs: 400 });
  });

  it("until the other's lease runs out", () => {
    const probed: Facts = { ...halfOpen, circuit: { ...circuit, openUntilMs: NOW, lease, claimed: true } };
    expect(after(probed, claim).reply).toEqual({ code: "denied", retryAfterMs: 250 });
  });

  it("until the new open period is over, where too many leases were lost", () => {
    const lost: Facts = { ...halfOpen, circuit: { ...circuit, openUntilMs: NOW, lost: MAX_LOST } };
    expect(after(lost, claim).reply).toEqual({ code: "reopened", retryAfterMs: 2_000 });
  });
});

describe("nothing that was counted outlives", () => {
  const held: Facts = { ...halfOpen, circuit: { ...circuit, openUntilMs: NOW, lease, claimed: true } };

  it.each<[string, Facts, RecordEvent]>([
    ["a reset", tripped, { type: "reset" }],
    ["a close", held, settle("passed")],
    ["a new open period", held, settle("failed")],
  ])("%s", (_what, facts, event) => {
    expect(after(facts, event).facts).toMatchObject(forgotten);
  });
});

describe("an operator's probe now", () => {
  it("changes an open period that has a moment left, and none that is over at this instant", () => {
    const almost: Facts = { ...tripped, circuit: { ...circuit, openUntilMs: NOW + 1 } };
    expect(after(almost, { type: "probe-now" }).facts.circuit).toMatchObject({ openUntilMs: NOW });
    expect(after(halfOpen, { type: "probe-now" })).toEqual({ facts: halfOpen, reply: { code: "noop" } });
  });
});

describe("the last of five probes without a verdict", () => {
  it("is the reason that the record gives from then on, with the evidence of the trip", () => {
    const voided = MAX_VOID - 1;
    const facts: Facts = { ...halfOpen, circuit: { ...circuit, openUntilMs: NOW, lease, claimed: true, voided } };
    expect(after(facts, settle("void")).facts.circuit).toMatchObject({ reason: "probe-void", evidence });
  });
});

describe("a hold", () => {
  const held = after(closed, { type: "hold", kind: "rate-limited", retryAfterMs: null, startedAtMs: NOW - 10 }).facts;

  it("is not lengthened by a straggler without a hint, however late that comes", () => {
    const late = NOW + 500;
    const straggler: RecordEvent = { type: "hold", kind: "rate-limited", retryAfterMs: null, startedAtMs: NOW - 5 };
    expect(after(held, straggler, late)).toEqual({ facts: held, reply: { code: "noop" } });
  });

  it("that is in force is not lifted, whatever a caller's clock says of when its call began", () => {
    const untilMs = held.holds["rate-limited"]?.untilMs ?? 0;
    const lift = { type: "lift", startedAtMs: untilMs } as const;
    expect(after(held, lift, untilMs - 1)).toEqual({ facts: held, reply: { code: "noop" } });
    expect(after(held, lift, untilMs).facts.holds).toEqual({});
  });
});

describe("what a replica remembers of an open period", () => {
  it("takes nothing from what the record says of it: when it opened, and on what evidence", () => {
    const { facts } = after(tripped, reassert);
    expect(facts.circuit).toMatchObject({ openedAtMs: NOW - 600, openUntilMs: NOW + 4_000, evidence });
  });

  it("says when it opened only where the record does not", () => {
    expect(after(NO_RECORD, reassert).facts.circuit).toMatchObject({ openedAtMs: NOW, evidence: null });
  });

  it("does not shut a circuit that is being probed", () => {
    expect(after(halfOpen, reassert)).toEqual({ facts: halfOpen, reply: { code: "noop" } });
  });
});

describe("a record that lies ahead of the store's clock", () => {
  const early = NOW - 3_600_000;

  it("is left as it is by what changes nothing, so that nothing is written for a look", () => {
    expect(after(tripped, { type: "clear" }, early)).toEqual({ facts: tripped, reply: { code: "noop" } });
    expect(after(tripped, { type: "clear" }, early).facts).toBe(tripped);
  });

  it("takes what does change it", () => {
    const override = { type: "override", mode: "force-open", by: "ops", reason: "test", untilMs: null } as const;
    const { facts, reply } = after(tripped, override, early);
    expect(reply.code).toBe("changed");
    expect(facts).toMatchObject({ override: { mode: "force-open" }, circuit: { openUntilMs: early } });
  });

  it("forgets with the next success a hold that would be in force again later", () => {
    const held: Facts = { ...closed, holds: { auth: { sinceMs: NOW, untilMs: NOW + 1_000, step: 1 } } };
    const { facts, reply } = after(held, { type: "lift", startedAtMs: early }, early);
    expect([reply.code, facts.holds, facts.version]).toEqual(["changed", {}, held.version + 1]);
  });
});
