import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepFreeze, Player, policy, script, type ScriptStep, START_MS } from "../../../tests/support/record-script.ts";
import { ReferenceRecord, seenOf } from "../../../tests/support/reference-record.ts";
import { createPolicy, type Policy } from "./policy.ts";
import { type Facts, NO_RECORD } from "./state.ts";
import { transition } from "./transition.ts";
import type { ReportEvent } from "./report.ts";
import type { RecordEvent } from "./record-event.ts";

describe("transition", { timeout: 30_000 }, () => {
  it("answers and ends like the reference written from the specification, over random histories", () => {
    const replies = new Set<string>();
    fc.assert(
      fc.property(policy, script, (recordPolicy, steps) => {
        for (const reply of compare(recordPolicy, steps)) replies.add(reply);
      }),
      { numRuns: 10_000 },
    );
    // A comparison that never reaches a case proves nothing about it.
    expect([...replies].toSorted()).toEqual(
      [
        ...["changed", "closed", "denied", "expired", "extended", "fenced", "go", "ignored", "noop", "ok", "passed"],
        ...["probe", "renewed", "reopened", "stale", "tripped", "void"],
      ].toSorted(),
    );
  });
});

function compare(recordPolicy: Policy, steps: readonly ScriptStep[]): string[] {
  const player = new Player(recordPolicy);
  const reference = new ReferenceRecord();
  const replies: string[] = [];
  for (const step of steps) {
    const event = player.event(step);
    if (event === null) continue;
    const { facts, reply } = transition(player.facts, deepFreeze(event), recordPolicy, player.nowMs);
    const expected = reference.apply(event, recordPolicy, player.nowMs);
    // How long to wait is said with every denial; elsewhere it is a courtesy.
    assert.deepStrictEqual({ ...expected, ...reply }, reply);
    assert.deepStrictEqual(seenOf(facts, recordPolicy, player.nowMs), reference.seen(recordPolicy, player.nowMs));
    const tripped = reply.code === "tripped" && facts.circuit.is === "tripped" ? facts.circuit.reason : null;
    assert.ok(tripped === null || reference.reasons.includes(tripped), `${tripped} of ${reference.reasons.join()}`);
    replies.push(reply.code);
    player.adopt(deepFreeze(facts));
  }
  return replies;
}

// ---- single rules, each by the sentence it comes from --------------------------------------------------------------

const plain = createPolicy({
  failureRate: false,
  consecutiveFailures: false,
  failureThreshold: 3,
  cooldown: { initial: 1_000, factor: 2, max: 8_000, jitter: 0 },
  probe: { successes: 2 },
});

/** Applies events one after another; a number moves time. */
function history(
  recordPolicy: Policy,
  ...events: (RecordEvent | number)[]
): { facts: Facts; nowMs: number; replies: string[] } {
  let facts = NO_RECORD;
  let nowMs = START_MS;
  const replies: string[] = [];
  for (const event of events) {
    if (typeof event === "number") {
      nowMs += event;
      continue;
    }
    const tagged =
      "incarnation" in event && event.incarnation === 0 ? { ...event, incarnation: facts.incarnation } : event;
    const next = transition(
      facts,
      tagged.type === "report" ? { ...tagged, generation: facts.generation } : tagged,
      recordPolicy,
      nowMs,
    );
    facts = next.facts;
    replies.push(next.reply.code);
  }
  return { facts, nowMs, replies };
}

function failures(count: number, atMs = START_MS, retryAfterMs: number | null = null): ReportEvent {
  return {
    type: "report",
    incarnation: 0,
    generation: 0,
    buckets: [
      { startMs: Math.floor(atMs / 3_000) * 3_000, successes: 0, slow: 0, failures: { timeout: count }, young: 0 },
    ],
    by: null,
    lastSuccessMs: null,
    lastSuccessStartedMs: null,
    tail: { failures: count, sinceMs: atMs, startedMs: atMs, begun: count, beforeMs: [] },
    retryAfterMs,
    notAfterMs: Infinity,
    random: 0,
  };
}

const claim = (token: string): RecordEvent => ({
  type: "claim",
  token,
  leaseMs: 10_000,
  random: 0,
  notAfterMs: Infinity,
});
const settle = (token: string, verdict: "passed" | "failed" | "void"): RecordEvent => ({
  type: "settle",
  incarnation: 0,
  token,
  verdict,
  retryAfterMs: null,
  random: 0,
});

describe("the specification's sentences", () => {
  it("does nothing that comes after its last instant: a hold would begin late, an open period end late", () => {
    const late = { notAfterMs: START_MS - 1 };
    const hold = { type: "hold", kind: "rate-limited", retryAfterMs: 20_000, startedAtMs: START_MS } as const;
    const past = { incarnation: 1, version: 3, generation: 2, step: 1, cooldownMs: 5_000 };
    const reassert = { type: "reassert", ...past, reason: "failure-rate", remainingMs: 4_000 } as const;
    const { facts, replies } = history(plain, { ...hold, ...late }, { ...reassert, ...late });
    expect([facts, ...replies]).toEqual([NO_RECORD, "expired", "expired"]);
    for (const inTime of [hold, reassert]) expect(history(plain, inTime).replies).toEqual(["changed"]);
  });

  it("reopens at the same step after five probes without a verdict, in the same generation (T15)", () => {
    const voids = Array.from({ length: 5 }, (_, i) => [claim(`v${i}`), settle(`v${i}`, "void")]).flat();
    const { facts, nowMs, replies } = history(plain, failures(3), 1_000, ...voids);
    expect(replies.slice(-2)).toEqual(["probe", "reopened"]);
    expect(facts).toMatchObject({ step: 1, generation: 1, circuit: { openUntilMs: nowMs + 1_000, lease: null } });
  });

  it("asks for all probe successes anew when a claim ends an open period (T7: gs = 0)", () => {
    const voids = Array.from({ length: 5 }, (_, i) => [claim(`v${i}`), settle(`v${i}`, "void")]).flat();
    const { facts, replies } = history(
      plain,
      failures(3),
      1_000,
      ...[claim("a"), settle("a", "passed"), ...voids],
      1_000,
      ...[claim("b"), settle("b", "passed")],
    );
    expect(replies.at(-1)).toBe("passed");
    expect(facts.circuit.is).toBe("tripped");
  });

  it("reopens one step up when the fourth claim would bury the third lost lease in a row (T10)", () => {
    const lost = ["a", "b", "c"].flatMap((token) => [claim(token), 10_000]);
    const { facts, nowMs, replies } = history(plain, failures(3), 1_000, ...lost, claim("d"));
    expect(replies).toEqual(["tripped", "probe", "probe", "probe", "reopened"]);
    expect(facts).toMatchObject({ step: 2, generation: 2, circuit: { openUntilMs: nowMs + 2_000 } });
  });

  it("lets the holder renew and settle a lease that ran out but that nobody has buried (T17)", () => {
    const { replies } = history(
      plain,
      ...[failures(3), 1_000, claim("a"), 11_000],
      { type: "renew", incarnation: 0, token: "a", leaseMs: 10_000 },
      claim("b"),
      settle("a", "passed"),
    );
    expect(replies).toEqual(["tripped", "probe", "renewed", "denied", "passed"]);
  });

  it("keeps the step after a close, and goes back to 1 only after max(60 s, 2 × last cooldown) of it", () => {
    const once = createPolicy({ ...options, probe: { successes: 1 } });
    const step = (closedForMs: number): number => {
      const events = [failures(3), 1_000, claim("a"), settle("a", "failed"), 2_000, claim("b"), settle("b", "passed")];
      const at = START_MS + 3_000 + closedForMs;
      return history(once, ...events, closedForMs, failures(3, at)).facts.step;
    };
    expect(step(59_999)).toBe(3);
    expect(step(60_000)).toBe(1);
  });

  it("lengthens an open period by a longer hint, up to ten minutes from then, and never shortens it (T4)", () => {
    const { facts, nowMs, replies } = history(
      plain,
      ...[failures(3), 400, failures(1, START_MS, 300), failures(1, START_MS, 86_400_000), failures(1, START_MS, 5)],
    );
    expect(replies).toEqual(["tripped", "ignored", "extended", "ignored"]);
    expect(facts.circuit).toMatchObject({ openUntilMs: nowMs + 600_000 });
  });

  it("creates no record for a success: model names come from request bodies", () => {
    const success = {
      ...failures(0),
      buckets: [{ startMs: START_MS, successes: 9, slow: 0, failures: {}, young: 0 }],
    };
    const { facts } = history(plain, success);
    expect(facts).toBe(NO_RECORD);
  });

  it("is created with version 1 by a report that does not trip it: views learn that it is there (T2)", () => {
    const { facts } = transition(NO_RECORD, failures(1), plain, START_MS);
    expect(facts).toMatchObject({ incarnation: START_MS, version: 1, generation: 0 });
    const again = transition(facts, { ...failures(1), incarnation: START_MS }, plain, START_MS + 1);
    expect(again.facts.version).toBe(1);
  });

  it("takes a report of somebody who knew of no record, while it is in the round it was made in (T3)", () => {
    const { facts } = transition(NO_RECORD, failures(2), plain, START_MS);
    const unaware = failures(1);
    expect(transition(facts, unaware, plain, START_MS).reply.code).toBe("tripped");
    expect(transition(facts, { ...unaware, incarnation: START_MS - 1 }, plain, START_MS).reply.code).toBe("stale");
    const later = transition(facts, { type: "reset" }, plain, START_MS).facts;
    expect(transition(later, unaware, plain, START_MS).reply.code).toBe("stale");
    expect(transition(later, { ...unaware, generation: 1 }, plain, START_MS).reply.code).toBe("ok");
  });

  it("takes the reporter's generation on a missing record, so that it never runs backwards over a loss", () => {
    const event = { ...failures(1), generation: 41 };
    expect(transition(NO_RECORD, event, plain, START_MS).facts.generation).toBe(41);
  });
});

const options = {
  failureRate: false,
  consecutiveFailures: false,
  failureThreshold: 3,
  cooldown: { initial: 1_000, factor: 2, max: 8_000, jitter: 0 },
} as const;
