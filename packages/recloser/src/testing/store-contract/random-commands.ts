/** Commands that fit, nearly fit and do not fit a record, in any order: what a store is compared with the rules by. */
import { FAILURE_KINDS, type FailureKind, type HoldKind } from "../../outcome.ts";
import { createPolicy, type Policy } from "../../policy.ts";
import type { Random } from "../../random.ts";
import { computedState, type Facts } from "../../state.ts";
import type { ReportCell, ReportCommand, StoreCommand } from "../../store/command.ts";

const HOLD_KINDS: readonly HoldKind[] = ["rate-limited", "quota-exhausted", "auth"];
const HINTS = [null, null, null, 1_500, 20_000, 700_000, 90_000_000] as const;
// Text that a format might break on.
const TEXTS = ["ops", "", "a|b", "{}", "späte Schicht", 'say "why"', "line\nbreak", "%41", "x".repeat(300)] as const;
const REPLICAS = ["a", "a", "b", "replica|c", "d:1:é"] as const;
const TOKENS = ["one", "two", "three"] as const;

/** Ways to choose. */
export class Choice {
  readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  of<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)] as T;
  }

  upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }
}

export function randomPolicy(choice: Choice): Policy {
  return createPolicy({
    window: choice.of([1_000, 30_000, 60_000]),
    minimumCalls: choice.of([1, 3, 20]),
    failureRate: choice.of([false, 0.5, 0.9]),
    failureThreshold: choice.of([false, 4]),
    consecutiveFailures: choice.of([false, 1, 3, 18]),
    slowCall: choice.of([false, { after: 10, rate: 0.5 }]),
    cooldown: {
      initial: choice.of([100, 1_000, 5_000]),
      factor: choice.of([1, 1.7, 2]),
      max: choice.of([5_000, 60_000]),
      jitter: choice.of([0, 0.2]),
    },
    hold: { initial: choice.of([100, 1_000]), factor: 2, max: 60_000 },
    probe: { successes: choice.of([1, 1, 2]), lease: choice.of([1_000, 10_000]), timeout: "1h" },
  });
}

export const someReplica = (choice: Choice): string => choice.of(REPLICAS);

export function randomCommand(choice: Choice, facts: Facts, nowMs: number): StoreCommand {
  switch (choice.of(kindsFor(facts, nowMs))) {
    case "claim":
      return {
        type: "claim",
        token: choice.of(TOKENS),
        leaseMs: choice.of([0, 1_000, 10_000]),
        random: choice.random(),
        notAfterMs: lastInstant(choice, nowMs),
      };
    case "renew":
      return { type: "renew", leaseMs: choice.of([1_000, 10_000]), ...leaseOf(choice, facts) };
    case "settle":
      return {
        type: "settle",
        verdict: choice.of(["passed", "passed", "failed", "void", "void"]),
        retryAfterMs: choice.of(HINTS),
        random: choice.random(),
        ...leaseOf(choice, facts),
      };
    case "hold":
      return {
        type: "hold",
        kind: choice.of(HOLD_KINDS),
        retryAfterMs: choice.of(HINTS),
        startedAgoMs: someAge(choice),
        notAfterMs: lastInstant(choice, nowMs),
      };
    case "lift":
      return { type: "lift", startedAgoMs: someAge(choice), notAfterMs: lastInstant(choice, nowMs) };
    case "override":
      return {
        type: "override",
        mode: choice.of(["force-open", "force-closed"]),
        by: choice.of(TEXTS),
        reason: choice.of(TEXTS),
        forMs: choice.of([null, 0, 20_000]),
      };
    case "clear":
      return { type: "clear" };
    case "reset":
      return { type: "reset" };
    case "probe-now":
      return { type: "probe-now" };
    case "reassert":
      return randomReassert(choice, facts, nowMs);
    case "report":
      return randomReport(choice, facts, nowMs);
  }
}

// What matters in a state comes more often there; everything comes at times.
function kindsFor(facts: Facts, nowMs: number): readonly StoreCommand["type"][] {
  const all = [
    "hold",
    "lift",
    "override",
    "clear",
    "reset",
    "probe-now",
    "reassert",
    "renew",
    "settle",
    "claim",
  ] as const;
  const some = <T extends StoreCommand["type"]>(type: T, count: number): T[] => new Array<T>(count).fill(type);
  switch (computedState(facts, nowMs)) {
    case "closed":
      return [...all, ...some("report", 20)];
    case "open":
      return [...all, ...some("report", 3), ...some("claim", 3), ...some("probe-now", 3)];
    case "half-open":
      return [...all, ...some("report", 2), ...some("claim", 5), ...some("settle", 8), ...some("renew", 2)];
  }
}

function leaseOf(choice: Choice, { incarnation, circuit }: Facts): { incarnation: number; token: string } {
  const held = circuit.is === "tripped" && circuit.lease !== null ? circuit.lease.token : "none";
  return {
    incarnation: choice.chance(0.9) ? incarnation : incarnation + 1,
    token: choice.chance(0.8) ? held : choice.of(TOKENS),
  };
}

function someAge(choice: Choice): number {
  return choice.of([0, 1, 60, 2_000, 50_000]);
}

function lastInstant(choice: Choice, nowMs: number): number {
  return nowMs + choice.of([-1, 60_000, 60_000, 60_000, 60_000]);
}

function randomReassert(choice: Choice, facts: Facts, nowMs: number): StoreCommand {
  return {
    type: "reassert",
    notAfterMs: lastInstant(choice, nowMs),
    incarnation: choice.chance(0.7) ? facts.incarnation : 7,
    version: Math.max(0, facts.version + choice.of([-1, 0, 1, 5])),
    generation: Math.max(0, facts.generation + choice.of([-1, 0, 3])),
    step: choice.upTo(4),
    cooldownMs: choice.of([1_000, 20_000]),
    reason: choice.of(["consecutive-failures", "probe-failed"]),
    remainingMs: choice.of([-1, 0, 3_000, 2_000_000]),
  };
}

function randomReport(choice: Choice, facts: Facts, nowMs: number): ReportCommand {
  const failures = choice.upTo(4);
  const cells = Array.from({ length: choice.upTo(3) }, () => randomCell(choice));
  const hasSuccess = choice.chance(0.4);
  return {
    type: "report",
    id: `r${Math.floor(choice.random() * 1e15)}`,
    incarnation: choice.of([facts.incarnation, facts.incarnation, facts.incarnation, 0, 7]),
    generation: choice.chance(0.85) ? facts.generation : Math.max(0, facts.generation + choice.of([-1, 2])),
    cells,
    lastSuccessAgeMs: hasSuccess ? choice.of([0, 3, 900, 40_000]) : null,
    lastSuccessStartedAgoMs: hasSuccess ? someAge(choice) : null,
    tail: {
      failures,
      ageMs: choice.of([0, 49, 50, 2_000]),
      startedAgoMs: someAge(choice),
      begun: Math.max(0, failures + choice.of([0, 0, 0, -1, 2, 10])),
      beforeAgoMs: Array.from({ length: choice.upTo(2) }, () => someAge(choice)),
    },
    retryAfterMs: choice.of(HINTS),
    notAfterMs: lastInstant(choice, nowMs),
    random: choice.random(),
  };
}

function randomCell(choice: Choice): ReportCell {
  const failures: Partial<Record<FailureKind, number>> = {};
  for (let count = choice.upTo(2); count > 0; count--) failures[choice.of(FAILURE_KINDS)] = 1 + choice.upTo(3);
  return {
    ageMs: choice.of([0, 0.25, 99, 2_999, 27_000, 31_000]),
    successes: choice.of([0, 0, 1, 20]),
    slow: choice.of([0, 0, 2]),
    failures,
    young: choice.of([0, 0, 3, -2]),
  };
}
