/** The store's own invariants (protocol-spec.md §6.1), each over random histories of one record. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepFreeze, Player, policy, script, type ScriptStep, START_MS } from "../../../tests/support/record-script.ts";
import { HINT_ON_COOLDOWN_MAX_MS } from "./cooldown.ts";
import { createPolicy, type Policy } from "./policy.ts";
import { computedState, type Facts, NO_RECORD } from "./state.ts";
import { transition } from "./transition.ts";
import type { RecordEvent, Reply } from "./record-event.ts";

interface Step {
  readonly before: Facts;
  readonly event: RecordEvent;
  readonly after: Facts;
  readonly reply: Reply;
  readonly nowMs: number;
  readonly policy: Policy;
}

function walk(recordPolicy: Policy, steps: readonly ScriptStep[], look: (step: Step) => void): void {
  const player = new Player(recordPolicy);
  for (const next of steps) {
    const event = player.event(next);
    if (event === null) continue;
    const before = player.facts;
    const { facts: after, reply } = transition(before, event, recordPolicy, player.nowMs);
    look({ before, event, after, reply, nowMs: player.nowMs, policy: recordPolicy });
    player.adopt(after);
  }
}

function expectAlways(invariant: (step: Step) => boolean): void {
  fc.assert(
    fc.property(policy, script, (recordPolicy, steps) => {
      walk(recordPolicy, steps, (step) => {
        assert.ok(invariant(step), JSON.stringify(step, null, 1));
      });
    }),
    { numRuns: 1_500 },
  );
}

const stateOf = (facts: Facts): string => {
  if (facts.circuit.is === "closed") return "closed";
  return facts.circuit.claimed ? "half-open" : "open";
};
const openUntil = (facts: Facts): number => (facts.circuit.is === "tripped" ? facts.circuit.openUntilMs : -Infinity);
const opensAnew = ({ before, after }: Step): boolean =>
  after.circuit.is === "tripped" &&
  (before.circuit.is === "closed" || after.circuit.openedAtMs !== before.circuit.openedAtMs);

describe("a record, whatever happens to it", { timeout: 30_000 }, () => {
  it("I1: never counts its version down within one incarnation", () => {
    expectAlways(({ before, after }) => after.incarnation !== before.incarnation || after.version >= before.version);
  });

  it("I1: changes its version with its state, its deadline, its holds and its override", () => {
    expectAlways(({ before, after }) => {
      const visible = (facts: Facts): unknown[] => [stateOf(facts), openUntil(facts), facts.holds, facts.override];
      const [now, was] = [visible(after), visible(before)];
      return after.version > before.version || now.every((value, index) => value === was[index]);
    });
  });

  it("I1: has a version above 0 from its first moment, so that views learn that it is there", () => {
    expectAlways(({ after }) => after.incarnation === 0 || after.version > 0);
  });

  it("I2: never counts its generation down", () => {
    expectAlways(({ before, after }) => after.generation >= before.generation);
  });

  it("I2: raises its generation on every way into open but a void probe and a reassertion, and on close, reset and override", () => {
    expectAlways((step) => {
      const { before, after, event, reply } = step;
      const opened = stateOf(after) === "open" && stateOf(before) !== "open";
      const quietly = event.type === "reassert" || (event.type === "settle" && event.verdict === "void");
      const mustRise =
        (opened && !quietly) ||
        ["tripped", "closed"].includes(reply.code) ||
        ["override", "reset"].includes(event.type) ||
        (event.type === "settle" && event.verdict === "failed" && reply.code !== "fenced");
      return !mustRise || after.generation === before.generation + 1;
    });
  });

  it("raises its generation on nothing else: a claim, a hold, a void, a success that is not the last", () => {
    expectAlways(({ before, after, event, reply }) => {
      const may = ["tripped", "reopened", "closed"].includes(reply.code);
      const operator = ["override", "clear", "reset", "reassert"].includes(event.type);
      return may || operator || before.incarnation === 0 || after.generation === before.generation;
    });
  });

  it("I3: gives a lease only where none is alive, and holds one only while half-open", () => {
    expectAlways(({ before, after, reply, nowMs }) => {
      const was = before.circuit.is === "tripped" ? before.circuit.lease : null;
      if (reply.code === "probe" && was !== null && nowMs < was.expiresAtMs) return false;
      const lease = after.circuit.is === "tripped" ? after.circuit.lease : null;
      return lease === null || (stateOf(after) === "half-open" && computedState(after, nowMs) === "half-open");
    });
  });

  it("I4: closes only by the verdict of the lease's own holder or by a reset, and never goes from closed to half-open", () => {
    expectAlways(({ before, after, event, reply }) => {
      if (stateOf(before) === "closed") return stateOf(after) !== "half-open";
      if (stateOf(after) !== "closed") return true;
      if (event.type === "reset") return true;
      const lease = before.circuit.is === "tripped" ? before.circuit.lease : null;
      return event.type === "settle" && event.token === lease?.token && reply.code === "closed";
    });
  });

  it("I5: is the very same object after a fenced token, a denial, and whatever is stale, late or of no effect", () => {
    const empty = new Set(["fenced", "denied", "stale", "expired", "ignored", "noop", "go"]);
    const seen = new Set<string>();
    expectAlways(({ before, after, reply }) => {
      if (!empty.has(reply.code)) return true;
      seen.add(reply.code);
      return after === before;
    });
    expect([...seen].toSorted()).toEqual([...empty].toSorted());
  });

  it("I5: fences every token of another incarnation or another lease", () => {
    expectAlways(({ before, event, reply }) => {
      if (event.type !== "settle" && event.type !== "renew") return true;
      const lease = before.circuit.is === "tripped" ? before.circuit.lease : null;
      const own = event.incarnation === before.incarnation && event.token === lease?.token;
      return (reply.code === "fenced") === !own;
    });
  });

  it("I6: stays open for the rung at least, and for no longer than the maximum or the longest hint", () => {
    expectAlways((step) => {
      if (!opensAnew(step) || step.event.type === "reassert") return true;
      const { cooldown } = step.policy;
      const period = openUntil(step.after) - step.nowMs;
      const rung = Math.min(cooldown.maxMs, cooldown.initialMs * cooldown.factor ** (step.after.step - 1));
      const hint = "retryAfterMs" in step.event ? Math.min(step.event.retryAfterMs ?? 0, HINT_ON_COOLDOWN_MAX_MS) : 0;
      return period >= Math.max(rung, hint) - 1e-3 && period <= Math.max(cooldown.maxMs, hint) + 1e-3;
    });
  });

  it("I6: is never opened for shorter by a report or a reassertion", () => {
    expectAlways(
      ({ before, after, event }) =>
        (event.type !== "report" && event.type !== "reassert") || openUntil(after) >= openUntil(before),
    );
  });

  it("I13: trips or reopens at most once in a generation", () => {
    fc.assert(
      fc.property(policy, script, (recordPolicy, steps) => {
        const told = new Set<string>();
        walk(recordPolicy, steps, ({ before, reply, event }) => {
          const verdict = event.type === "settle" && event.verdict === "void" ? "void" : reply.code;
          if (!["tripped", "reopened", "closed"].includes(verdict)) return;
          const id = `${before.incarnation} ${before.generation}`;
          assert.ok(before.incarnation === 0 || !told.has(id), id);
          told.add(id);
        });
      }),
      { numRuns: 1_500 },
    );
  });

  it("counts nothing of another generation, and nothing that is older than the window or than the last close (I10)", () => {
    expectAlways(({ after, nowMs, event, reply, policy: { windowMs } }) => {
      if (event.type !== "report" || reply.code !== "ok") return true;
      const width = (windowMs as number) / 10;
      return after.buckets.every(
        ({ startMs }) =>
          startMs + width > (after.closedAtMs ?? -Infinity) && startMs + (windowMs as number) > nowMs - 1e-3,
      );
    });
  });

  it("is the same again for the same input, and changes no input", () => {
    fc.assert(
      fc.property(policy, script, (recordPolicy, steps) => {
        const player = new Player(recordPolicy);
        for (const next of steps) {
          const event = player.event(next);
          if (event === null) continue;
          deepFreeze(event);
          deepFreeze(player.facts);
          const once = transition(player.facts, event, recordPolicy, player.nowMs);
          expect(transition(player.facts, event, recordPolicy, player.nowMs)).toEqual(once);
          player.adopt(once.facts);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("bounds on what a store or another replica may bring", () => {
  const cooldown = { initial: 1_000, factor: 2, max: 8_000, jitter: 0 } as const;
  const recordPolicy = createPolicy({ failureThreshold: 1, cooldown });
  const longestMs = HINT_ON_COOLDOWN_MAX_MS;

  it("I6: a reassertion cannot keep a circuit open longer than any cooldown may last", () => {
    const event: RecordEvent = {
      type: "reassert",
      ...{ incarnation: 5, version: 3, generation: 2, step: 4, cooldownMs: 8_000 },
      ...{ reason: "failure-rate", remainingMs: 86_400_000 },
    };
    const { facts } = transition(NO_RECORD, event, recordPolicy, START_MS);
    expect(openUntil(facts) - START_MS).toBeLessThanOrEqual(longestMs);
  });

  it("§5.2: a server's clock that stepped back an hour does not keep a circuit open for that hour, nor a dead prober's lease", () => {
    const report: RecordEvent = {
      type: "report",
      ...{ incarnation: 0, generation: 0, retryAfterMs: null, random: 0 },
      ...{ by: null, lastSuccessMs: null, lastSuccessStartedMs: null },
      buckets: [{ startMs: START_MS, successes: 0, slow: 0, failures: { timeout: 1 }, young: 0 }],
      tail: { failures: 1, sinceMs: START_MS, startedMs: START_MS, begun: 1, beforeMs: [] },
      notAfterMs: Infinity,
    };
    const { facts } = transition(NO_RECORD, report, recordPolicy, START_MS);
    const claim: RecordEvent = { type: "claim", token: "a", leaseMs: 10_000, random: 0, notAfterMs: Infinity };
    const { reply } = transition(facts, claim, recordPolicy, START_MS - 3_600_000);
    expect(reply).toMatchObject({ code: "probe" });
  });
});
