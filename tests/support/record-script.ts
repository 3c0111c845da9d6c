/** Random histories of one record, as data that shrinks: each step is made an event when it is played. */
import fc from "fast-check";
import { FAILURE_KINDS } from "../../packages/recloser/src/outcome.ts";
import { createPolicy, type Policy } from "../../packages/recloser/src/policy.ts";
import type { ReportEvent } from "../../packages/recloser/src/report.ts";
import { type Facts, NO_RECORD } from "../../packages/recloser/src/state.ts";
import type { RecordEvent } from "../../packages/recloser/src/record-event.ts";

export const START_MS = 1_800_000_000_000;

const HINTS = [null, null, null, 1_500, 20_000, 700_000, 90_000_000] as const;
const hint = fc.constantFrom(...HINTS);
const random = fc.constantFrom(0, 0.5, 0.999);
const whose = fc.constantFrom("own" as const, "own" as const, "own" as const, "old" as const, "foreign" as const);
const ago = fc.constantFrom(0, 1, 2_000, 50_000);

const wait = fc.record({
  type: fc.constant("wait" as const),
  ms: fc.constantFrom(0, 1, 49, 50, 1_000, 3_000, 10_000, 30_000, 60_000, 125_000, 3_600_000),
});
/** To the very instant of a deadline of the record, or one millisecond short of it. */
const waitFor = fc.record({
  type: fc.constant("wait-for" as const),
  what: fc.constantFrom("open", "lease", "hold", "override"),
  short: fc.boolean(),
});
const report = fc.record({
  type: fc.constant("report" as const),
  tag: fc.constantFrom("own", "own", "own", "own", "own", "own", "old", "foreign", "none", "none", "none-old"),
  failures: fc.integer({ min: 0, max: 4 }),
  kind: fc.constantFrom(...FAILURE_KINDS),
  successes: fc.constantFrom(0, 0, 0, 1, 4),
  successLast: fc.boolean(),
  slow: fc.constantFrom(0, 0, 1, 4),
  /** Changes of the young calls that began so many buckets back. */
  young: fc.array(fc.record({ back: fc.constantFrom(0, 1, 8, 9, 10, -15), by: fc.constantFrom(-10, -3, 2, 10) }), {
    maxLength: 2,
  }),
  by: fc.constantFrom(null, "a", "a", "b", "c"),
  /** How long ago the latest begun call that succeeded had begun; the tail's first failure came, and its earliest call began. */
  successBegan: fc.constantFrom(0, 1, 60, 3_000),
  tailSince: fc.constantFrom(0, 0, 49, 50, 2_000),
  tailBegan: fc.constantFrom(0, 1, 60, 3_000),
  before: fc.array(fc.constantFrom(0, 60, 3_000), { maxLength: 4 }),
  /** Calls begun in the streak, beyond its failures. */
  spared: fc.constantFrom(0, 0, 0, -4, -1, 1, 2, 10),
  bucketsBack: fc.constantFrom(0, 0, 0, 1, 9, 10, -15),
  hint,
  late: fc.constantFrom(false, false, false, false, true),
  random,
});
const settle = fc.record({
  type: fc.constant("settle" as const),
  whose,
  verdict: fc.constantFrom("passed" as const, "passed" as const, "failed" as const, "void" as const, "void" as const),
  hint,
  random,
});
const hold = fc.record({
  type: fc.constant("hold" as const),
  kind: fc.constantFrom("rate-limited" as const, "quota-exhausted" as const, "auth" as const),
  hint,
  ago,
});
const operator = fc.constantFrom(
  { type: "override", mode: "force-open" },
  { type: "override", mode: "force-closed" },
  { type: "clear" },
  { type: "reset" },
  { type: "probe-now" },
  { type: "probe-now" },
) as fc.Arbitrary<
  | { type: "override"; mode: "force-open" | "force-closed" }
  | { type: "clear" }
  | { type: "reset" }
  | { type: "probe-now" }
>;
const reassert = fc.record({
  type: fc.constant("reassert" as const),
  whose,
  ahead: fc.constantFrom(-1, 0, 1, 5),
  remainingMs: fc.constantFrom(0, 1, 4_000, 60_000),
});

export const step = fc.oneof(
  { weight: 4, arbitrary: wait },
  { weight: 5, arbitrary: waitFor },
  { weight: 9, arbitrary: report },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("claim" as const), random }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("renew" as const), whose }) },
  { weight: 6, arbitrary: settle },
  { weight: 2, arbitrary: hold },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("lift" as const), ago }) },
  { weight: 1, arbitrary: operator },
  { weight: 1, arbitrary: reassert },
);
export type ScriptStep = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One probe from claim to verdict: without these, random steps hardly ever get far into half-open. */
const probe: fc.Arbitrary<ScriptStep[]> = fc
  .record({ verdict: fc.constantFrom("passed" as const, "failed" as const, "void" as const, "lost" as const), random })
  .map(({ verdict, random: drawn }) => [
    { type: "wait-for", what: "open", short: false },
    { type: "claim", random: drawn },
    verdict === "lost"
      ? { type: "wait-for", what: "lease", short: false }
      : { type: "settle", whose: "own", verdict, hint: null, random: drawn },
  ]);
const voids: fc.Arbitrary<ScriptStep[]> = fc.integer({ min: 1, max: 6 }).map((count) =>
  Array.from({ length: count }, (): ScriptStep[] => [
    { type: "claim", random: 0 },
    { type: "settle", whose: "own", verdict: "void", hint: null, random: 0 },
  ]).flat(),
);

export const script: fc.Arbitrary<ScriptStep[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: step.map((one) => [one]) },
      { weight: 3, arbitrary: probe },
      { weight: 1, arbitrary: voids },
    ),
    { maxLength: 25, size: "max" },
  )
  .map((rounds) => rounds.flat());

const cooldown = { initial: 1_000, factor: 2, max: 8_000, jitter: 0.2 };
const off = { failureRate: false, failureThreshold: false, consecutiveFailures: false, slowCall: false } as const;
const POLICIES: readonly Policy[] = [
  createPolicy({ ...off, failureThreshold: 3, cooldown }),
  createPolicy({ ...off, failureRate: 0.5, minimumCalls: 4, cooldown, probe: { successes: 2 } }),
  createPolicy({ ...off, consecutiveFailures: 3, cooldown, window: 1_000 }),
  createPolicy({ ...off, slowCall: { after: 1_000, rate: 0.5 }, minimumCalls: 2, cooldown, window: 777 }),
  createPolicy({ minimumCalls: 3, consecutiveFailures: 1, cooldown: { jitter: 1 }, probe: { successes: 3 } }),
  createPolicy({ minimumCalls: 5, failureThreshold: 6, consecutiveFailures: 4, slowCall: { after: 1, rate: 1 } }),
];
export const policy: fc.Arbitrary<Policy> = fc.constantFrom(...POLICIES);

/** Plays a script against a record: what the next event is depends on the facts so far. */
export class Player {
  nowMs = START_MS;
  facts: Facts = NO_RECORD;
  readonly #policy: Policy;
  #token: { incarnation: number; token: string } = { incarnation: 1, token: "none" };
  #old = { incarnation: 1, token: "none" };
  #claims = 0;

  constructor(recordPolicy: Policy) {
    this.#policy = recordPolicy;
  }

  /** The event of a step at this moment; null when it only moves time. */
  event(next: ScriptStep): RecordEvent | null {
    const { facts, nowMs } = this;
    switch (next.type) {
      case "wait":
        this.nowMs += next.ms;
        return null;
      case "wait-for":
        this.nowMs = Math.max(nowMs, (this.#deadline(next.what) ?? nowMs) - (next.short ? 1 : 0));
        return null;
      case "report":
        return this.#report(next);
      case "claim":
        return {
          type: "claim",
          token: `t${++this.#claims}`,
          leaseMs: 10_000,
          random: next.random,
          notAfterMs: Infinity,
        };
      case "renew":
        return { type: "renew", leaseMs: 10_000, ...this.#ref(next.whose) };
      case "settle": {
        const { verdict, hint: retryAfterMs, random: drawn } = next;
        return { type: "settle", verdict, retryAfterMs, random: drawn, ...this.#ref(next.whose) };
      }
      case "hold":
        return { type: "hold", kind: next.kind, retryAfterMs: next.hint, startedAtMs: nowMs - next.ago };
      case "lift":
        return { type: "lift", startedAtMs: nowMs - next.ago };
      case "override":
        return { type: "override", mode: next.mode, by: "ops", reason: "drill", untilMs: nowMs + 7_000 };
      case "clear":
      case "reset":
      case "probe-now":
        return { type: next.type };
      case "reassert":
        return {
          type: "reassert",
          incarnation: next.whose === "own" ? facts.incarnation : 77,
          version: facts.version + next.ahead,
          generation: Math.max(0, facts.generation + next.ahead),
          step: Math.max(1, facts.step + next.ahead),
          cooldownMs: 4_000,
          reason: "failure-rate",
          remainingMs: next.remainingMs,
        };
    }
  }

  /** The facts after an event, so that the next one fits them. */
  adopt(facts: Facts): void {
    this.facts = facts;
    const lease = facts.circuit.is === "tripped" ? facts.circuit.lease : null;
    if (lease === null || lease.token === this.#token.token) return;
    this.#old = this.#token;
    this.#token = { incarnation: facts.incarnation, token: lease.token };
  }

  #ref(which: "own" | "old" | "foreign"): { incarnation: number; token: string } {
    if (which === "old") return { ...this.#old };
    return which === "own" ? { ...this.#token } : { ...this.#token, incarnation: this.#token.incarnation + 1 };
  }

  #deadline(what: string): number | null | undefined {
    const { circuit, holds, override } = this.facts;
    if (what === "hold") return Object.values(holds)[0]?.untilMs;
    if (what === "override") return override?.untilMs;
    if (circuit.is === "closed") return null;
    return what === "open" ? circuit.openUntilMs : circuit.lease?.expiresAtMs;
  }

  #report(next: ScriptStep & { type: "report" }): ReportEvent {
    const { facts, nowMs } = this;
    const widthMs = (this.#policy.windowMs as number) / 10;
    const startMs = (Math.floor(nowMs / widthMs) - next.bucketsBack) * widthMs;
    const { failures, kind, successes, slow } = next;
    const tailed = failures > 0 && !(successes > 0 && next.successLast);
    const beforeMs = next.before.map((agoMs) => nowMs - agoMs);
    const tail = { failures: 0, sinceMs: 0, startedMs: 0, begun: 0, beforeMs };
    const bucket = {
      startMs,
      successes,
      slow: Math.min(slow, successes + failures),
      failures: failures > 0 ? { [kind]: failures } : {},
      young: 0,
    };
    const began = next.young.map(({ back, by }) => ({
      ...{ startMs: (Math.floor(nowMs / widthMs) - back) * widthMs, successes: 0, slow: 0, failures: {} },
      young: by,
    }));
    const unknown = next.tag === "none" || next.tag === "none-old";
    return {
      type: "report",
      incarnation: unknown ? 0 : next.tag === "foreign" ? facts.incarnation + 1 : facts.incarnation,
      generation: next.tag === "old" || next.tag === "none-old" ? facts.generation - 1 : facts.generation,
      buckets: [bucket, ...began],
      by: next.by,
      lastSuccessMs: successes > 0 ? nowMs : null,
      lastSuccessStartedMs: successes > 0 ? nowMs - next.successBegan : null,
      tail: tailed
        ? {
            failures,
            sinceMs: nowMs - next.tailSince,
            startedMs: nowMs - next.tailBegan,
            begun: failures + next.spared,
            beforeMs,
          }
        : tail,
      retryAfterMs: next.hint,
      notAfterMs: next.late ? nowMs - 1 : nowMs + 200,
      random: next.random,
    };
  }
}

/** Freezes a value and all that hangs on it, so that a change to an input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
