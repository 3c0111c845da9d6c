import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdRecord } from "./hold.ts";
import { claimProbe, renewProbe } from "./probe-lease.ts";
import { MachineModel, RANDOM } from "../../../tests/support/machine-model.ts";
import type { RecordUser } from "./announcer.ts";
import { Machine } from "./machine.ts";
import { clearRecordOverride, overrideRecord, probeRecordNow, resetRecord } from "./operators.ts";
import { FAILURE_KINDS } from "./outcome.ts";
import { createPolicy, type Policy } from "./policy.ts";
import { NO_RECORD } from "./state.ts";
import { Ticket } from "./ticket.ts";

const START_MS = 1_800_000_000_000;
const SWEEP_MS = 4_000;
const user: RecordUser = {
  host: { replicaId: "r", tell: () => {} },
  heard: () => {},
  callEnded: () => {},
  opened: () => {},
};

const hint = fc.constantFrom(null, null, 700, 30_000, 900_000);
const which = fc.nat({ max: 20 });
/** As `which`: the call that began last. */
const LAST = -1;
const op = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("begin" as const) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      type: fc.constant("fail" as const),
      which,
      kind: fc.constantFrom(...FAILURE_KINDS),
      hint,
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("succeed" as const, "content" as const), which }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("ignore" as const, "renew" as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      ms: fc.constantFrom(0, 1, 60, 49, 50, 99, 400, 1_000, 3_000, 5_000, 10_001, 61_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("wait-for" as const), what: fc.constantFrom("open", "lease") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("hold" as const),
      kind: fc.constantFrom("rate-limited" as const, "auth" as const),
      hint,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom("force-open" as const, "force-closed" as const, "clear" as const, "reset" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("probe-now" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("configure" as const), which }) },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

// Probes from claim to end: random steps alone hardly ever void five in a row or lose three.
const probes = (count: number, type: "ignore" | "succeed" | "content"): Op[] =>
  Array.from({ length: count }, (): Op[] => [
    { type: "wait-for", what: "open" },
    { type: "begin" },
    { type, which: LAST },
  ]).flat();
const burst: Op[] = Array.from({ length: 7 }, (): Op[] => [
  { type: "begin" },
  { type: "wait", ms: 60 },
  { type: "fail", which: LAST, kind: "network", hint: null },
]).flat();
const lost: Op[] = Array.from({ length: 4 }, (): Op[] => [
  { type: "begin" },
  { type: "wait-for", what: "lease" },
]).flat();
const rounds = fc.oneof(
  { weight: 12, arbitrary: op.map((one): Op[] => [one]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("ignore" as const, "succeed" as const, "content" as const)
      .map((type) => probes(1, type)),
  },
  { weight: 1, arbitrary: fc.constant(burst) },
  { weight: 1, arbitrary: fc.constant([...burst, { type: "wait-for" as const, what: "open" }, ...lost]) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 4, max: 6 }).map((count) => [...burst, ...probes(count, "ignore")]),
  },
);
const script = fc.array(rounds, { maxLength: 50, size: "max" }).map((all) => all.flat());

const off = { failureRate: false, failureThreshold: false, consecutiveFailures: false, slowCall: false } as const;
const short = { silence: 5_000, window: 10_000, cooldown: { initial: 1_000, max: 8_000 }, ramp: false } as const;
const POLICIES: readonly Policy[] = [
  createPolicy({ ...off, ...short, failureThreshold: 3 }),
  createPolicy({ ...off, ...short, failureRate: 0.5, minimumCalls: 4, probe: { settleOn: "complete" } }),
  createPolicy({ ...off, ...short, consecutiveFailures: 3, probe: { successes: 2 } }),
  createPolicy({ ...off, ...short, slowCall: { after: 500, rate: 0.5 }, minimumCalls: 2 }),
  createPolicy({ ...off, ...short, silence: false, failureRate: 0.4, minimumCalls: 5 }),
  createPolicy({ ...short, minimumCalls: 5, failureThreshold: 6, consecutiveFailures: 4, onTrip: "let-run" }),
];
const policies = fc.constantFrom(...POLICIES);

/** A machine and its model under the same operations; time is a variable, and the sweep is called by hand. */
class Rig {
  nowMs = START_MS;
  readonly machine: Machine;
  readonly model: MachineModel;
  readonly tickets: Ticket[] = [];

  constructor(policy: Policy) {
    const clock = { now: () => this.nowMs, sleep: () => new Promise<void>(() => {}) };
    this.machine = new Machine("m", policy, clock, () => RANDOM, null);
    this.machine.facts = { ...NO_RECORD, incarnation: 1 };
    this.machine.announce.users.push(user);
    this.model = new MachineModel(policy);
  }

  play(next: Op): void {
    const { machine, model, nowMs } = this;
    switch (next.type) {
      case "wait":
        return this.#pass(next.ms);
      case "wait-for": {
        const { circuit } = machine.facts;
        if (circuit.is === "closed") return;
        const untilMs = next.what === "open" ? circuit.openUntilMs : (circuit.lease?.expiresAtMs ?? nowMs);
        return this.#pass(Math.max(0, untilMs - nowMs));
      }
      case "begin":
        return this.#begin();
      case "hold":
        holdRecord(machine, user, next.kind, next.hint, nowMs, nowMs);
        return void model.apply({ type: "hold", kind: next.kind, retryAfterMs: next.hint, startedAtMs: nowMs }, nowMs);
      case "force-open":
      case "force-closed": {
        const override = { mode: next.type, by: "ops", reason: "drill" };
        void overrideRecord(machine, user, { ...override, forMs: 2_500 }, nowMs);
        return void model.apply({ type: "override", ...override, untilMs: nowMs + 2_500 }, nowMs);
      }
      case "clear":
        void clearRecordOverride(machine, user, "ops", null, nowMs);
        return void model.apply({ type: "clear" }, nowMs);
      case "reset":
        void resetRecord(machine, user, "ops", null, nowMs);
        return void model.apply({ type: "reset" }, nowMs);
      case "probe-now":
        void probeRecordNow(machine, user, "ops", nowMs);
        return void model.apply({ type: "probe-now" }, nowMs);
      case "configure": {
        const policy = POLICIES.at(next.which % POLICIES.length) as Policy;
        machine.configure(policy, nowMs);
        return model.configure(policy);
      }
      case "content":
      case "fail":
      case "ignore":
      case "renew":
      case "succeed":
        if (this.tickets.length > 0)
          this.#settle(next, next.which === LAST ? this.tickets.length - 1 : next.which % this.tickets.length);
    }
  }

  // As sweeps come in truth: often enough that no call turns from young to older than the window between two of them.
  #pass(ms: number): void {
    for (let leftMs = ms; leftMs >= 0; leftMs -= SWEEP_MS) {
      this.nowMs += Math.min(leftMs, SWEEP_MS);
      this.machine.watch.sweep(this.nowMs);
      this.model.look(this.nowMs);
    }
  }

  #begin(): void {
    const { machine, model, nowMs } = this;
    model.look(nowMs); // an admission looks for silent calls
    const expected = model.admits(nowMs);
    const decision = machine.check(nowMs);
    if (decision === "ramping") return; // the ramp after a hold is the process's own; ramp.test.ts has it
    assert.equal(decision, expected);
    if (decision !== null && decision !== "claim") return;
    const ticket = new Ticket(machine, user, nowMs);
    if (decision === "claim" && claimProbe(machine, ticket, nowMs)) {
      const token = ticket.lease?.here?.token as string;
      const { leaseMs } = machine.policy.probe;
      model.apply({ type: "claim", token, leaseMs, random: RANDOM, notAfterMs: Infinity }, nowMs);
      model.begin(nowMs, token);
    } else if (decision === "claim") {
      const { leaseMs } = machine.policy.probe;
      return void model.apply(
        { type: "claim", token: "refused", leaseMs, random: RANDOM, notAfterMs: Infinity },
        nowMs,
      );
    } else {
      machine.begin(ticket, nowMs);
      model.begin(nowMs, null);
    }
    this.tickets.push(ticket);
  }

  #settle(next: Op & { which: number }, at: number): void {
    const { machine, model, nowMs } = this;
    const ticket = this.tickets[at];
    if (ticket === undefined) return;
    if (next.type === "content") {
      machine.content(ticket, nowMs);
      return model.content(at, nowMs);
    }
    if (next.type === "renew") {
      const token = model.calls[at]?.token ?? null;
      const renewed = renewProbe(machine, ticket, nowMs);
      const { leaseMs } = machine.policy.probe;
      const { incarnation } = model.facts;
      const reply = token === null ? null : model.apply({ type: "renew", incarnation, token, leaseMs }, nowMs);
      return assert.equal(renewed.held, reply?.code === "renewed");
    }
    this.tickets.splice(at, 1);
    if (next.type === "succeed") {
      machine.succeed(ticket, null);
      model.succeed(at, nowMs);
    } else if (next.type === "fail") {
      machine.fail(ticket, next.kind, next.hint, nowMs);
      model.fail(at, next.kind, next.hint, nowMs);
    } else {
      machine.ignore(ticket, nowMs);
      model.ignore(at, nowMs);
    }
  }

  expectEqual(): void {
    const { machine, model, nowMs } = this;
    const { buckets: _b, streak: _s, ...facts } = machine.facts;
    const { buckets: _buckets, streak, ...expectedFacts } = model.facts;
    const { successes, failures, slow } = machine.counts(nowMs);
    const actual = {
      facts,
      counts: { successes, failures, slow },
      streak: machine.consecutiveFailures,
      beside: machine.consecutiveFailures === 0 ? 0 : machine.quiet.beside,
      run: machine.quiet.run?.failures ?? 0,
      young: machine.quiet.young,
      inFlight: machine.inFlight,
    };
    const expected = {
      facts: expectedFacts,
      counts: model.counts(nowMs),
      streak: streak.failures,
      beside: streak.failures === 0 ? 0 : model.beside,
      run: model.run.length,
      young: model.young,
      inFlight: model.calls.length,
    };
    assert.deepStrictEqual(actual, expected);
  }
}

describe("the machine of a record in this process", { timeout: 30_000 }, () => {
  it("is transition() fed with one report per outcome: facts, counts, streak, trip moment, reason and evidence", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(policies, script, (policy, ops) => {
        const rig = new Rig(policy);
        for (const next of ops) {
          rig.play(next);
          rig.expectEqual();
          const { circuit } = rig.machine.facts;
          seen.add(circuit.is === "closed" ? "closed" : circuit.reason);
        }
      }),
      { numRuns: 2_000 },
    );
    expect([...seen].toSorted()).toEqual(
      [
        ...["closed", "failure-rate", "failure-threshold", "consecutive-failures", "slow-calls"],
        ...["probe-failed", "probe-lost", "probe-void"],
      ].toSorted(),
    );
  });
});
