/**
 * One admitted call in all its records: its place in each, and how its end is told to them. What is shared by calls that
 * the breaker runs, streams, and permits that a caller settles.
 */
import { isForcedClosed } from "./barrier.ts";
import { statedRate } from "./classify/stated-rate.ts";
import { holdRecord } from "./hold.ts";
import type { Machine } from "./machine.ts";
import { callsAreHeard } from "./events.ts";
import type { FailureKind, HoldKind, Outcome } from "./outcome.ts";
import { claimProbe, mustProbe, renewProbe } from "./probe-lease.ts";
import type { Records } from "./records.ts";
import { paces } from "./throttle.ts";
import { type ProbeLease, Ticket } from "./ticket.ts";

export class Admission extends Ticket {
  readonly records: Records;
  /** Places in the records beside health; null for a plain key, which has none. */
  others: Ticket[] | null = null;
  /** Whether its end has been told. */
  ended = false;
  /** Whether it has shown anything of an answer. */
  shown = false;
  shownAtMs: number | null = null;

  constructor(records: Records, nowMs: number) {
    super(records.health, records.user, nowMs);
    this.records = records;
  }

  /**
   * Takes its place in every record.
   *
   * @param always observe mode: where a probe cannot be had the call goes along uncounted
   * @returns false when a probe could not be claimed; then nothing is held
   */
  enter(nowMs: number, always: boolean): boolean {
    if (!take(this, nowMs, always)) {
      this.records.blocking = this.machine;
      return false;
    }
    return this.records.others.length === 0 || this.enterBeside(nowMs, always);
  }

  // What only structured keys need stands in methods of its own, so that the compiler inlines the rest into the call.
  private enterBeside(nowMs: number, always: boolean): boolean {
    const forced = !this.machine.plain && isForcedClosed(this.machine, nowMs);
    for (const machine of this.records.others) {
      const ticket = new Ticket(machine, this.user, nowMs);
      if (forced) machine.pass(ticket);
      else if (!take(ticket, nowMs, always)) {
        this.records.blocking = machine;
        this.leave(nowMs);
        return false;
      }
      this.beside(ticket);
    }
    return true;
  }

  /** Takes its place without counting for anything, whatever the circuits say (mode `off`). */
  pass(): void {
    this.machine.pass(this);
    for (const machine of this.records.others) {
      const ticket = new Ticket(machine, this.user, this.startedAtMs);
      machine.pass(ticket);
      this.beside(ticket);
    }
  }

  private beside(ticket: Ticket): void {
    if (this.others === null) this.others = [ticket];
    else this.others.push(ticket);
  }

  /** Which try of its caller's call it is. */
  get attempt(): number {
    return 1;
  }

  get isProbe(): boolean {
    return this.lease !== null || (this.others !== null && this.others.some(holdsLease));
  }

  /** When its probe lease ends, epoch milliseconds; null when it holds none. */
  get leaseEndsAtMs(): number | null {
    let endMs: number | null = null;
    for (const ticket of this.leased()) {
      const { circuit } = ticket.machine.facts;
      const { here, shared } = ticket.lease as ProbeLease;
      if (shared !== null) endMs = Math.min(endMs ?? Infinity, shared.expiresAtMs);
      if (here !== null && circuit.is === "tripped" && circuit.lease?.token === here.token)
        endMs = Math.min(endMs ?? Infinity, circuit.lease.expiresAtMs);
    }
    return endMs;
  }

  /** Extends every lease it holds; false if one is lost. */
  renewLeases(nowMs: number): boolean {
    const leased = this.leased();
    return leased.length > 0 && leased.map((ticket) => renewProbe(ticket.machine, ticket, nowMs).held).every(Boolean);
  }

  /** The same, with the word of the store where there is one. */
  async confirmLeases(nowMs: number): Promise<boolean> {
    const confirmed = this.leased().map((ticket) => renewProbe(ticket.machine, ticket, nowMs).confirmed);
    return confirmed.length > 0 && (await Promise.all(confirmed)).every(Boolean);
  }

  leased(): Ticket[] {
    return [this, ...(this.others ?? [])].filter((ticket) => ticket.lease !== null);
  }

  /** First content has arrived: success evidence at once, the call goes on. */
  contentArrived(nowMs: number): void {
    if (this.shown || this.ended) return;
    this.shown = true;
    this.shownAtMs = nowMs;
    this.machine.content(this, nowMs);
    if (this.others !== null) for (const ticket of this.others) ticket.machine.content(ticket, nowMs);
    this.machine.waiting?.look(nowMs); // a slot of the ramp is free
  }

  /** The call succeeded. @param durationMs null: as the clock says, if a rule asks */
  succeed(durationMs: number | null = null): void {
    if (this.ended) return;
    this.ended = true;
    // Before the records are told, which take its lease away.
    if (callsAreHeard()) this.user.callEnded(this, "success");
    this.machine.succeed(this, durationMs);
    if (this.others !== null) this.succeedBeside(this.others, durationMs);
    if (this.machine.waiting !== null) this.nextInQueue();
  }

  private succeedBeside(others: readonly Ticket[], durationMs: number | null): void {
    for (const ticket of others) ticket.machine.succeed(ticket, durationMs);
  }

  // Out of the way of those calls, the most, that nobody waits for.
  private nextInQueue(): void {
    this.machine.waiting?.look(this.records.clock.now());
  }

  /** Ends it without a verdict. */
  leave(nowMs: number): void {
    if (this.ended) return;
    this.ended = true;
    this.machine.ignore(this, nowMs);
    if (this.others !== null) for (const ticket of this.others) ticket.machine.ignore(ticket, nowMs);
    this.machine.waiting?.look(nowMs);
  }

  /**
   * Ends it as an outcome says: evidence, a hold, or nothing.
   *
   * @param toldPerSecond what a refusal for the rate says of the limit itself
   */
  finish(outcome: Outcome, nowMs: number, toldPerSecond: number | null = null): void {
    if (this.ended) return;
    if (outcome.kind === "success") return this.succeed();
    this.ended = true;
    if (callsAreHeard()) this.user.callEnded(this, outcome.kind);
    const { health, reachability } = this.records;
    const heldBy = outcome.track === "hold" ? this.heldBy(outcome, toldPerSecond, nowMs) : null;
    for (const ticket of this.others ?? []) {
      if (ticket.machine === reachability) endReachability(ticket, outcome, this.shown, nowMs);
      else ticket.machine.ignore(ticket, nowMs);
    }
    if (outcome.track === "window") health.fail(this, outcome.kind as FailureKind, outcome.retryAfterMs, nowMs);
    else health.ignore(this, nowMs);
    if (heldBy !== null)
      holdRecord(heldBy, this.user, outcome.kind as HoldKind, outcome.retryAfterMs, this.startedAtMs, nowMs);
    health.waiting?.look(nowMs);
  }

  // A rate limit while others are served is this caller's excess: it paces, it does not stop everyone. A probe's stops.
  private heldBy(outcome: Outcome, toldPerSecond: number | null, nowMs: number): Machine | null {
    if (this.records.health.policy.mode === "off") return null;
    const machine = this.records.heldBy(outcome);
    if (machine === null || outcome.kind !== "rate-limited" || !this.records.health.policy.pace) return machine;
    const ticket = machine === this.machine ? this : this.others?.find((other) => other.machine === machine);
    return ticket !== undefined && ticket.lease === null && paces(machine, ticket, toldPerSecond, nowMs)
      ? null
      : machine;
  }
}

/** What the end of a call says of the provider's limit, if it was refused for its rate. */
export function toldBy({ kind }: Outcome, end: unknown, nowMs: number): number | null {
  return kind === "rate-limited" ? statedRate(end, nowMs) : null;
}

function holdsLease(ticket: Ticket): boolean {
  return ticket.lease !== null;
}

function take(ticket: Ticket, nowMs: number, always: boolean): boolean {
  const { machine } = ticket;
  if (!mustProbe(machine, nowMs)) machine.begin(ticket, nowMs);
  else if (!claimProbe(machine, ticket, nowMs)) {
    if (!always) return false;
    machine.pass(ticket);
  }
  return true;
}

// The question is only whether the provider can be reached: any answer says yes, a failed connection says no, and a call
// that ended before either says nothing.
function endReachability(ticket: Ticket, outcome: Outcome, shown: boolean, nowMs: number): void {
  const { machine } = ticket;
  if (outcome.kind === "network" && !shown) machine.fail(ticket, "network", outcome.retryAfterMs, nowMs);
  else if (shown || ANSWERED.has(outcome.kind)) machine.succeed(ticket, null);
  else machine.ignore(ticket, nowMs);
}

const ANSWERED: ReadonlySet<string> = new Set([
  "caller-error",
  "server-error",
  "overloaded",
  "stream-error",
  "rate-limited",
  "quota-exhausted",
  "auth",
  "content-filtered",
]);
