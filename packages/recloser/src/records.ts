/** The records that one breaker's calls are judged by, and which of them an outcome holds. */
import type { RecordUser } from "./announcer.ts";
import { barredForMs, isForcedClosed } from "./barrier.ts";
import type { Clock } from "./clock.ts";
import type { OwnShedReason, RejectReason } from "./errors.ts";
import { type BreakerKey, recordNames } from "./key.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import type { Random } from "./random.ts";
import type { RecordBook } from "./store/memory.ts";
import { limitFor, type Priority } from "./priority.ts";
import { pacedOrRamping, throttled } from "./throttle.ts";

export interface RecordsSource {
  readonly book: RecordBook;
  readonly clock: Clock;
  readonly random: Random;
  /** The policy of a record that is not the breaker's own. */
  policyFor(name: string): Policy;
}

export class Records {
  /** Takes every window outcome. */
  readonly health: Machine;
  /** Takes only whether the provider can be reached; null for a plain string key. */
  readonly reachability: Machine | null;
  /** Everything beside health. */
  readonly others: readonly Machine[];
  readonly #credential: Machine | null;
  readonly #credentialAndModel: Machine | null;
  readonly #isPlain: boolean;
  readonly clock: Clock;
  readonly #book: RecordBook;
  readonly user: RecordUser;

  constructor(key: string | BreakerKey, policy: Policy, source: RecordsSource, user: RecordUser) {
    const names = recordNames(key);
    const { book, clock, random } = source;
    const others: Machine[] = [];
    const beside = (name: string | null): Machine | null => {
      if (name === null || name === names.health) return null;
      const known = others.find((machine) => machine.name === name);
      if (known !== undefined) return known;
      const machine = book.take(
        { name, policy: besideHealth(source.policyFor(name)), clock, random, group: null },
        user,
      );
      others.push(machine);
      return machine;
    };
    const group = typeof key !== "string" && key.model !== undefined ? names.group : null;
    this.health = book.take({ name: names.health, policy, clock, random, group }, user);
    this.blocking = this.health;
    this.reachability = beside(names.reachability);
    this.#credential = beside(names.credential);
    this.#credentialAndModel = beside(names.credentialAndModel);
    this.others = others;
    this.#isPlain = typeof key === "string";
    this.#book = book;
    this.clock = clock;
    this.user = user;
  }

  /** The record that an outcome of the hold track stops; null when it stops nobody (protocol.md §1). */
  heldBy(outcome: Outcome): Machine | null {
    if (this.#isPlain) return this.health;
    const ofModel = outcome.scope === "model" || outcome.scope === "request";
    const ofCredential = ofModel ? this.#credentialAndModel : this.#credential;
    // Without a label nobody knows whose key or quota it was; a rate limit is at least this model's.
    return ofCredential ?? (outcome.kind === "rate-limited" ? this.health : null);
  }

  /** Which record answered `check` last, or refused a probe after it: whose rejection it is. */
  blocking: Machine;

  /**
   * What stands between a call and its permit, in this order: override, holds, state, ramp (each record), adaptive shed,
   * pace, then the concurrency limit. That is looked at before any probe is claimed, so a full breaker holds no lease.
   */
  check(policy: Policy, priority: Priority, nowMs: number): RejectReason | OwnShedReason | null {
    const { health, others } = this;
    let reason: RejectReason | "claim" | OwnShedReason | null = health.check(nowMs);
    this.blocking = health;
    if (others.length > 0) reason = this.#beside(reason, nowMs);
    // A record without a failure in its window is at most paced, and then it is not plain.
    if (reason === null && (health.hasEvidence || !health.plain || others.length > 0))
      reason = throttled(this, policy, priority, nowMs);
    if (reason !== null && reason !== "claim") return reason;
    return health.inFlight >= limitFor(policy, priority) ? "concurrency" : null;
  }

  /** The same for a call that waits for its turn. */
  recheck(policy: Policy, priority: Priority, nowMs: number): RejectReason | OwnShedReason | null {
    const barred = this.health.check(nowMs);
    this.blocking = this.health;
    const reason = this.#beside(barred, nowMs) ?? pacedOrRamping(this, policy, priority, nowMs);
    if (reason !== null && reason !== "claim") return reason;
    return this.health.inFlight >= limitFor(policy, priority) ? "concurrency" : null;
  }

  // What the other records say where health lets it through.
  #beside(ofHealth: RejectReason | "claim" | null, nowMs: number): RejectReason | "claim" | null {
    const { health, others } = this;
    // Forced closed means every call: also where the provider's other records would reject.
    if (!health.plain && isForcedClosed(health, nowMs)) return ofHealth;
    let reason = ofHealth;
    for (let i = 0; i < others.length && (reason === null || reason === "claim"); i++) {
      const other = others[i] as Machine;
      reason = other.check(nowMs);
      this.blocking = other;
    }
    return reason;
  }

  /** For how long its records would turn a call away, as far as is known; 0 where nothing is rejected anyway. */
  barredForMs(nowMs: number): number {
    const { health } = this;
    if (health.policy.mode !== "enforce" || isForcedClosed(health, nowMs)) return 0;
    return this.all.reduce((longestMs, machine) => Math.max(longestMs, barredForMs(machine, nowMs)), 0);
  }

  get all(): readonly Machine[] {
    return [this.health, ...this.others];
  }

  /** Whether an admission may do with a recent instant: no record looks at deadlines, and no rule at the exact start. */
  get takesRecentTime(): boolean {
    if (!this.health.takesRecentTime) return false;
    for (const machine of this.others) if (!machine.takesRecentTime) return false;
    return true;
  }

  /** Other policies from now on; windows and states stay. */
  configure(policy: Policy, source: Pick<RecordsSource, "policyFor">, nowMs: number): void {
    this.health.configure(policy, nowMs);
    for (const machine of this.others) machine.configure(besideHealth(source.policyFor(machine.name)), nowMs);
  }

  giveBack(nowMs: number): void {
    for (const machine of this.all) this.#book.giveBack(machine, this.user, nowMs);
  }
}

// Silence and slowness are the model's, and rates of one kind of failure need no ramp of their own beside health's.
function besideHealth(policy: Policy): Policy {
  const off = {
    silenceMs: false,
    slowCall: false,
    maxInFlight: Infinity,
    queue: false,
    adaptiveShed: false,
    probeWith: null,
  } as const;
  return Object.freeze({ ...policy, ...off });
}
