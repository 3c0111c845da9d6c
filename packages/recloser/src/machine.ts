/**
 * The machine of one record in this process: the facts that `transition()` rules over, and beside them what a process
 * needs to decide in nanoseconds: the window, the streak, the calls in flight, the ramp.
 *
 * Counting a success or a failure is `transition(report)` done in place (a test holds the two equal); everything else is
 * `transition()` itself. The machine makes no call, holds no timer and never waits.
 */
import { Announcer, type RecordUser } from "./announcer.ts";
import type { Clock } from "./clock.ts";
import type { CircuitOpenFacts, LastFailure, RejectReason } from "./errors.ts";
import type { FailureKind } from "./outcome.ts";
import { failedOf } from "./failure-run.ts";
import type { Policy } from "./policy.ts";
import { barred, isForcedClosed } from "./barrier.ts";
import type { QuietList } from "./quiet-list.ts";
import { type LeftBehind, QuietWatch, type Watched } from "./quiet-watch.ts";
import type { Pace } from "./pace.ts";
import type { PriorityMix } from "./priority-mix.ts";
import { Ramp } from "./ramp.ts";
import { settleProbe } from "./probe-lease.ts";
import { type Group, ROLLUP } from "./rollup.ts";
import type { Random } from "./random.ts";
import { rejectionFacts } from "./rejection.ts";
import { decidingFacts } from "./shared-circuit.ts";
import type { SharedSide } from "./shared-side.ts";
import { type CircuitState, effectiveState, type Facts, NO_RECORD } from "./state.ts";
import { QUIET_SILENT, QUIET_YOUNG, SHOWN, type Ticket, UNCOUNTED } from "./ticket.ts";
import { transition, trip } from "./transition.ts";
import type { RecordEvent, Reply } from "./record-event.ts";
import { Tally } from "./tally.ts";
import type { WaitQueue } from "./wait-queue.ts";
import type { Window } from "./window.ts";

export class Machine implements Watched {
  readonly name: string;
  policy: Policy;
  facts: Facts = NO_RECORD;
  /** Nothing stands between a call and its permit: closed, no override, no hold, no ramp, no pace. */
  plain = true;
  inFlight = 0;
  /** How many calls have begun: the order of calls and failures, where a clock is too coarse. */
  begun = 0;
  /** Who holds the lease, since when: for what is told of a probe. */
  leaseUser: RecordUser | null = null;
  leasedAtMs = 0;
  /** While there are any, they probe and callers do not. */
  syntheticProbers = 0;
  ramp: Ramp | null = null;
  pace: Pace | null = null;
  /** Who waits for a turn; null while nobody does. */
  waiting: WaitQueue | null = null;
  /** Null until there was a batch call. */
  mix: PriorityMix | null = null;
  lastFailure: LastFailure | null = null;
  readonly announce: Announcer;
  /** What other replicas know of the record; null where it is shared with nobody. */
  shared: SharedSide | null = null;
  /** The circuit here was taken over from the shared one when the store went away. */
  seeded = false;
  readonly quiet: QuietList;
  readonly watch: QuietWatch;
  readonly #clock: Clock;
  readonly random: Random;
  readonly group: Group | null;
  readonly #tally = new Tally();
  /** How many calls had begun when one succeeded last. */
  successMark = 0;
  #configuredMark = 0;
  #countsOpen = false;

  constructor(name: string, policy: Policy, clock: Clock, random: Random, group: Group | null) {
    this.name = name;
    this.announce = new Announcer(name);
    this.policy = policy;
    this.#clock = clock;
    this.random = random;
    this.group = group;
    this.watch = new QuietWatch(this, clock);
    this.quiet = this.watch.list;
  }

  /** Another policy from now on; window and state stay, counts of a window of another length are carried over. */
  configure(policy: Policy, nowMs: number): void {
    this.#tally.configure(this.policy, policy, nowMs);
    this.#configuredMark = this.begun; // places in the window before are no places in this one
    this.policy = policy;
    this.watch.configure(policy, nowMs);
    if (!policy.pace) this.pace = null;
  }

  // ---- admission -------------------------------------------------------------------------------------------------

  /** Whether an admission may do with a recent instant instead of the clock's. */
  get takesRecentTime(): boolean {
    return this.plain && this.watch.isForgiving && this.policy.slowCall === false;
  }

  /** What stands between a call and its permit: a reason to reject, `"claim"` when the probe must be claimed, or null. */
  check(nowMs: number): RejectReason | "claim" | null {
    this.watch.look(nowMs);
    return this.plain ? null : barred(this, nowMs);
  }

  /** Starts a call that counts for nothing. */
  pass(ticket: Ticket): void {
    ticket.generation = this.facts.generation;
    this.inFlight++;
  }

  /** Starts a call. One admitted although the circuit is not closed (an override, observe mode) counts for nothing. */
  begin(ticket: Ticket, nowMs: number): void {
    this.#tally.seen(nowMs);
    ticket.startedAtMs = nowMs;
    ticket.mark = this.begun++;
    ticket.generation = this.facts.generation;
    this.inFlight++;
    if (!this.plain) {
      if (this.facts.circuit.is === "tripped" || this.shared?.facts.circuit.is === "tripped") return;
      if (this.ramp !== null) {
        ticket.ramp = this.ramp;
        this.ramp.begin(nowMs);
      }
      this.pace?.take(nowMs);
    }
    this.watch.add(ticket);
    if (this.shared !== null) this.shared.began(nowMs);
  }

  // ---- outcomes --------------------------------------------------------------------------------------------------

  /** First content of a stream: success evidence at once; the call goes on. */
  content(ticket: Ticket, nowMs: number): void {
    this.#tally.seen(nowMs);
    if (ticket.lease !== null) {
      this.watch.showed(ticket.startedAtMs, nowMs);
      if (this.policy.probe.settleOn === "first-token") settleProbe(this, ticket, "passed", null, nowMs);
    } else if (ticket.phase === QUIET_YOUNG || ticket.phase === QUIET_SILENT) {
      this.#grew(ticket);
      this.quiet.succeeded(ticket);
      this.quiet.show(ticket);
      this.#succeeded(ticket, this.#isSlow(ticket, nowMs));
      ticket.leaveRamp();
    }
  }

  /** @param durationMs how long the call took; null to look at the clock if a rule needs it */
  succeed(ticket: Ticket, durationMs: number | null): void {
    this.inFlight--;
    if (ticket.lease !== null) return this.#probePassed(ticket);
    if (ticket.phase === UNCOUNTED) return ticket.leaveRamp();
    if (ticket.phase !== SHOWN) {
      this.#grew(ticket);
      this.quiet.succeeded(ticket);
      this.quiet.remove(ticket, UNCOUNTED);
      const slow =
        this.policy.slowCall !== false &&
        this.#isSlow(ticket, durationMs === null ? this.#clock.now() : ticket.startedAtMs + durationMs);
      this.#succeeded(ticket, slow);
    } else this.quiet.end(ticket);
    ticket.leaveRamp();
  }

  #probePassed(ticket: Ticket): void {
    const nowMs = this.#clock.now();
    this.watch.showed(ticket.startedAtMs, nowMs);
    settleProbe(this, ticket, "passed", null, nowMs);
  }

  fail(ticket: Ticket, kind: FailureKind, retryAfterMs: number | null, nowMs: number): void {
    this.inFlight--;
    if (ticket.lease !== null) {
      this.lastFailure = { kind, atMs: nowMs };
      return settleProbe(this, ticket, "failed", retryAfterMs, nowMs, kind === "network");
    }
    const { phase, ramp } = ticket;
    const counts =
      this.policy.mode !== "off" &&
      phase !== UNCOUNTED &&
      ticket.generation === this.facts.generation &&
      this.facts.circuit.is === "closed";
    // Before it leaves the quiet ones: its neighbours there are the calls that began beside it.
    if (counts) this.#standBeside(ticket, nowMs);
    this.#grew(ticket);
    this.quiet.end(ticket);
    ticket.leaveRamp();
    if (!counts) return;
    ramp?.failed();
    const retracted = phase === SHOWN && ticket.mark >= this.#configuredMark && this.#tally.retract(ticket.place);
    if (retracted) this.shared?.retracted(ticket.startedAtMs, ticket.countedAtMs);
    const countedSlow = retracted && ticket.slow;
    this.announce.actor = ticket.user;
    this.#failed(ticket, kind, !countedSlow && this.#isSlow(ticket, nowMs), retryAfterMs, nowMs);
  }

  /** Ends a call without a verdict: cancelled, the caller's own mistake, no slot. */
  ignore(ticket: Ticket, nowMs: number): void {
    this.inFlight--;
    if (ticket.lease !== null) return settleProbe(this, ticket, "void", null, nowMs);
    this.#grew(ticket);
    this.quiet.end(ticket);
    ticket.leaveRamp();
  }

  #succeeded(ticket: Ticket, slow: boolean): void {
    this.successMark = this.begun;
    // Completing a window can trip it too, but only if there is something against the provider in it.
    const mayTrip = slow || this.#tally.hasEvidence;
    const nowMs = mayTrip ? this.#clock.now() : 0;
    this.#tally.seen(nowMs);
    ticket.place = this.#tally.success(slow, ticket.mark, this.policy);
    ticket.slow = slow;
    this.watch.showed(ticket.startedAtMs, this.#tally.seenMs);
    ticket.countedAtMs = this.#tally.seenMs;
    if (this.shared !== null) this.shared.succeeded(ticket.startedAtMs, ticket.countedAtMs, slow);
    if (mayTrip) {
      this.announce.actor = ticket.user;
      this.#lookForTrip(nowMs, null);
    }
    if (!this.plain) this.#heal(ticket);
  }

  #heal(ticket: Ticket): void {
    const nowMs = this.#clock.now();
    if (ticket.ramp !== null && ticket.ramp === this.ramp && ticket.ramp.succeeded()) this.ramp = null;
    this.shared?.lift(ticket.startedAtMs, nowMs);
    if (Object.keys(this.facts.holds).length > 0) {
      const lifted = this.apply({ type: "lift", startedAtMs: ticket.startedAtMs }, nowMs, null).code !== "noop";
      if (lifted && this.policy.ramp === false) this.ramp = null;
    }
    if (this.pace?.isOver(nowMs) === true) this.pace = null;
    this.refreshPlain();
  }

  #failed(ticket: Ticket, kind: FailureKind, slow: boolean, retryAfterMs: number | null, nowMs: number): void {
    this.lastFailure = { kind, atMs: nowMs };
    this.#tally.failure(kind, slow, failedOf(ticket, this.begun, nowMs), this.policy);
    if (this.shared !== null)
      this.shared.failed(kind, ticket.startedAtMs, slow, retryAfterMs, this.#tally.streakNow(this.quiet), nowMs);
    this.#lookForTrip(nowMs, retryAfterMs, this.group !== null && this.group.open >= ROLLUP);
  }

  #lookForTrip(nowMs: number, retryAfterMs: number | null, rollup = false): void {
    if (this.facts.circuit.is === "tripped") return;
    const reason = this.#tally.tripReason(this.quiet, this.policy, nowMs) ?? (rollup ? "rollup" : null);
    if (reason === null) return;
    const { evidence, firstFailureMark } = this.#tally.evidence(reason, this.quiet, this.policy, nowMs);
    const by = { reason, evidence, retryAfterMs, random: this.random() };
    const before = this.facts;
    const quiet = this.adopt(trip(before, by, this.policy, nowMs), true);
    this.announce.changes(before, this.facts, { made: "all", by: null }, 0, nowMs, this.#scope);
    this.seeded = false;
    this.shared?.opened();
    this.giveUp(quiet, firstFailureMark, nowMs);
  }

  // Where every call is let through, by an operator or to observe, none is taken away either.
  giveUp(quiet: readonly Ticket[], firstFailureMark: number, nowMs: number): void {
    if (this.policy.onTrip === "let-run" || this.policy.mode !== "enforce" || isForcedClosed(this, nowMs)) return;
    this.watch.giveUp(quiet, firstFailureMark, nowMs);
  }

  /** A call is about to turn silent. */
  turnsSilent(ticket: Ticket, nowMs: number): void {
    if (this.policy.silenceMs !== false) this.#standBeside(ticket, nowMs);
  }

  onSilent(ticket: Ticket, nowMs: number): void {
    this.shared?.grew(ticket.startedAtMs);
    // Slots of the ramp must not stay with calls that may never end.
    ticket.leaveRamp();
    this.announce.actor = ticket.user;
    if (this.policy.silenceMs !== false) this.#failed(ticket, "timeout", false, null, nowMs);
  }

  seen(nowMs: number): void {
    this.#tally.seen(nowMs);
  }

  // Which calls began beside the failed one. One from before a call that succeeded is no measure for others.
  #standBeside(ticket: Ticket, nowMs: number): void {
    const forgotten = this.#tally.isForgotten(nowMs, this.policy);
    const begins = forgotten || this.#tally.streak === 0;
    if (forgotten) this.quiet.forgetRuns();
    if (begins) this.quiet.forgetSpan();
    if (ticket.phase === SHOWN || ticket.mark < this.#tally.succeeded) return;
    if (begins) this.shared?.streakBegins(this.quiet.before(ticket));
    this.quiet.widenSpan(ticket);
    this.quiet.joinRun(ticket, failedOf(ticket, this.begun, nowMs));
  }

  // A young call is about to be young no more.
  #grew(ticket: Ticket): void {
    if (this.shared !== null && ticket.phase === QUIET_YOUNG) this.shared.grew(ticket.startedAtMs);
  }

  // ---- state -----------------------------------------------------------------------------------------------------

  state(nowMs: number): CircuitState {
    return effectiveState(this.deciding(nowMs), nowMs);
  }

  /** The facts that decide: the shared ones or those of this process, whichever are worse. */
  deciding(nowMs: number): Facts {
    return this.shared === null ? this.facts : decidingFacts(this.shared, this.facts, nowMs);
  }

  /** The window's counts as of now. */
  counts(nowMs: number): Window {
    return this.#tally.counts(nowMs, this.policy);
  }

  /** Whether the window may hold anything against the provider. */
  get hasEvidence(): boolean {
    return this.#tally.hasEvidence;
  }

  get consecutiveFailures(): number {
    return this.#tally.streak;
  }

  /** What a rejection says. */
  rejection(reason: RejectReason, nowMs: number): CircuitOpenFacts {
    return rejectionFacts(this.name, this.deciding(nowMs), reason, this.lastFailure, this.policy.cooldown.maxMs, nowMs);
  }

  /** Applies an event of the record and takes over what comes of it. */
  apply(event: RecordEvent, nowMs: number, by: string | null): Reply {
    const before = this.facts;
    const { facts, reply } = transition(before, event, this.policy, nowMs);
    if (facts === before) return reply;
    // An override starts a new round but leaves what was computed beside it alone.
    const keepsWindow = event.type === "override" || event.type === "clear" || facts.generation === before.generation;
    this.adopt(facts, !keepsWindow);
    this.announce.changes(before, facts, { made: "all", by }, this.leasedAtMs, nowMs, this.#scope);
    return reply;
  }

  /** Takes facts over. Returns the calls that had shown nothing, if a new generation began. */
  adopt(facts: Facts, newRound: boolean): readonly Ticket[] {
    const before = this.facts;
    this.facts = facts;
    const quiet = facts.generation === before.generation ? [] : this.#dropQuiet();
    if (newRound) {
      this.#tally.clear(this.begun);
      this.ramp = this.pace = null;
    }
    // Closed by a probe: the ramp stands before anybody is told, so that a listener's calls meet it too.
    const closed = facts.circuit.is === "closed" && facts.closedAtMs !== before.closedAtMs && facts.closedAtMs !== null;
    if (closed && this.policy.ramp !== false) this.ramp = new Ramp(this.policy.ramp.from);
    this.refreshPlain();
    return quiet;
  }

  #dropQuiet(): readonly Ticket[] {
    if (this.shared !== null)
      for (let young = this.quiet.firstYoung; young !== null; young = young.after) this.shared.grew(young.startedAtMs);
    const quiet = this.quiet.drop();
    for (const ticket of quiet) ticket.leaveRamp();
    return quiet;
  }

  /** A new round that this machine did not make. Returns what the old one leaves behind. @param byStreak whether a streak has begun it */
  startRound(generation: number, keepsWindow: boolean, byStreak: boolean): LeftBehind {
    const firstFailureMark = byStreak ? this.#tally.failingMark(this.quiet) : this.#tally.firstFailureMark();
    const quiet = this.quiet.drop();
    for (const ticket of quiet) ticket.leaveRamp();
    this.facts = { ...this.facts, generation };
    if (!keepsWindow) {
      this.#tally.clear(this.begun);
      this.ramp = this.pace = null;
    }
    return { quiet, firstFailureMark };
  }

  // Whose circuit the machine's own is: a shared one has another beside it.
  get #scope(): "shared" | "local" {
    return this.shared === null ? "shared" : "local";
  }

  refreshPlain(): void {
    const { circuit, override, holds } = this.facts;
    this.#countOpen(circuit.is === "tripped" || this.shared?.facts.circuit.is === "tripped");
    const bare = override === null && this.ramp === null && this.pace === null && Object.keys(holds).length === 0;
    this.plain = circuit.is === "closed" && bare && (this.shared === null || this.shared.isPlain);
  }

  // Once, whichever of its circuits is open.
  #countOpen(isOpen: boolean): void {
    if (isOpen === this.#countsOpen) return;
    this.#countsOpen = isOpen;
    if (this.group !== null) this.group.open += isOpen ? 1 : -1;
  }

  #isSlow(ticket: Ticket, endedAtMs: number): boolean {
    const { slowCall } = this.policy;
    return slowCall !== false && endedAtMs - ticket.startedAtMs > slowCall.afterMs;
  }
}
