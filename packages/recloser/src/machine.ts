/**
 * The machine of one record in this process: the facts that `transition()` rules over, and beside them what a process
 * needs to decide in nanoseconds: the window, the streak, the calls in flight, the ramp.
 *
 * Counting a success or a failure is `transition(report)` done in place (a test holds the two equal); everything else is
 * `transition()` itself. The machine makes no call, holds no timer and never waits.
 */
import { Announcer, type RecordUser } from "./announcer.ts";
import { atLatest, type Clock } from "./clock.ts";
import type { CircuitOpenFacts, LastFailure, RejectReason } from "./errors.ts";
import { canClaim, mayForget, standing } from "./gate.ts";
import type { FailureKind, HoldKind } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import { othersStand, Pace } from "./pace.ts";
import { QuietList, youngFor } from "./quiet-list.ts";
import { Ramp } from "./ramp.ts";
import { settleProbe } from "./probe-lease.ts";
import { type Group, ROLLUP } from "./rollup.ts";
import type { Random } from "./random.ts";
import { rejectionFacts } from "./rejection.ts";
import { type CircuitState, effectiveState, type Facts, NO_RECORD, overrideNow } from "./state.ts";
import { sweeperOf, type Swept } from "./sweep.ts";
import { QUIET_SILENT, QUIET_YOUNG, SHOWN, type Ticket, UNCOUNTED } from "./ticket.ts";
import { transition, trip } from "./transition.ts";
import type { RecordEvent, Reply } from "./record-event.ts";
import { Tally } from "./tally.ts";
import { BUCKETS, type Window } from "./window.ts";

const SWEEP_MOST_MS = 1_000;
const SWEEP_LEAST_MS = 20;
// Below this `silence`, a start that seems a blocked event loop's length too early could make a call look silent.
const FORGIVING_MS = 5_000;

export class Machine implements Swept {
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
  lastFailure: LastFailure | null = null;
  readonly announce: Announcer;
  readonly quiet: QuietList = new QuietList();
  readonly #clock: Clock;
  readonly random: Random;
  readonly #group: Group | null;
  readonly #tally = new Tally();
  #successMark = 0;
  #configuredMark = 0;
  #youngForMs: number;
  #sweeping = false;
  // Calls that the last trip left running, oldest first: they may still answer, but not hold a slot beyond `silence`.
  readonly #leftRunning: Ticket[] = [];

  constructor(name: string, policy: Policy, clock: Clock, random: Random, group: Group | null) {
    this.name = name;
    this.announce = new Announcer(name);
    this.policy = policy;
    this.#clock = clock;
    this.random = random;
    this.#group = group;
    this.#youngForMs = youngFor(policy);
  }

  /** Another policy from now on; window and state stay, counts of a window of another length are carried over. */
  configure(policy: Policy, nowMs: number): void {
    this.#tally.configure(this.policy, policy, nowMs);
    this.#configuredMark = this.begun; // places in the window before are no places in this one
    this.policy = policy;
    this.#youngForMs = youngFor(policy);
    if (!policy.pace) this.pace = null;
  }

  // ---- admission -------------------------------------------------------------------------------------------------

  /** Whether an admission may do with a recent instant instead of the clock's. */
  get takesRecentTime(): boolean {
    return this.plain && this.#youngForMs >= FORGIVING_MS && this.policy.slowCall === false;
  }

  /** What stands between a call and its permit: a reason to reject, `"claim"` when the probe must be claimed, or null. */
  check(nowMs: number): RejectReason | "claim" | null {
    const oldest = this.quiet.firstYoung;
    if (oldest !== null && nowMs - oldest.startedAtMs >= this.#youngForMs) this.#lookForSilence(nowMs);
    return this.plain ? null : this.#checkAll(nowMs);
  }

  #checkAll(nowMs: number): RejectReason | "claim" | null {
    const { override } = this.facts;
    if (override !== null) {
      const inForce = overrideNow(this.facts, nowMs);
      if (inForce !== null) return inForce.mode === "force-open" ? "override" : null;
      this.apply({ type: "clear" }, nowMs, null);
      this.announce.override("clear", "expiry", null, null, nowMs);
    }
    const barred = standing(this.facts, this.syntheticProbers > 0, nowMs);
    if (barred !== "hold-ended" && barred !== null) return barred;
    // A hold that has ended lets one call through, and the ramp takes it from there: never a stampede.
    if (barred === "hold-ended") this.ramp ??= new Ramp(1, true);
    if (this.ramp !== null && !this.ramp.admits(nowMs)) return "ramping";
    return null;
  }

  /** Whether an operator lets every call through. */
  isForcedClosed(nowMs: number): boolean {
    return overrideNow(this.facts, nowMs)?.mode === "force-closed";
  }

  /** Whether the next call must be the probe. */
  mustClaim(nowMs: number): boolean {
    if (this.plain || overrideNow(this.facts, nowMs) !== null) return false;
    return canClaim(this.facts.circuit, this.syntheticProbers > 0, nowMs);
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
      if (this.facts.circuit.is === "tripped") return;
      if (this.ramp !== null) {
        ticket.ramp = this.ramp;
        this.ramp.begin(nowMs);
      }
      this.pace?.take(nowMs);
    }
    this.quiet.add(ticket);
    if (!this.#sweeping) this.#startSweep();
  }

  // ---- outcomes --------------------------------------------------------------------------------------------------

  /** First content of a stream: success evidence at once; the call goes on. */
  content(ticket: Ticket, nowMs: number): void {
    this.#tally.seen(nowMs);
    if (ticket.lease !== null) {
      if (this.policy.probe.settleOn === "first-token") settleProbe(this, ticket, "passed", null, nowMs);
    } else if (ticket.phase === QUIET_YOUNG || ticket.phase === QUIET_SILENT) {
      this.quiet.show(ticket);
      this.#succeeded(ticket, this.#isSlow(ticket, nowMs));
      ticket.leaveRamp();
    }
  }

  /** @param durationMs how long the call took; null to look at the clock if a rule needs it */
  succeed(ticket: Ticket, durationMs: number | null): void {
    this.inFlight--;
    if (ticket.lease !== null) return settleProbe(this, ticket, "passed", null, this.#clock.now());
    if (ticket.phase === UNCOUNTED) return ticket.leaveRamp();
    if (ticket.phase !== SHOWN) {
      this.quiet.remove(ticket, UNCOUNTED);
      const slow =
        this.policy.slowCall !== false &&
        this.#isSlow(ticket, durationMs === null ? this.#clock.now() : ticket.startedAtMs + durationMs);
      this.#succeeded(ticket, slow);
    } else this.quiet.end(ticket);
    ticket.leaveRamp();
  }

  fail(ticket: Ticket, kind: FailureKind, retryAfterMs: number | null, nowMs: number): void {
    this.inFlight--;
    if (ticket.lease !== null) {
      this.lastFailure = { kind, atMs: nowMs };
      return settleProbe(this, ticket, "failed", retryAfterMs, nowMs);
    }
    const { phase, ramp } = ticket;
    this.quiet.end(ticket);
    ticket.leaveRamp();
    const counts =
      this.policy.mode !== "off" &&
      phase !== UNCOUNTED &&
      ticket.generation === this.facts.generation &&
      this.facts.circuit.is === "closed";
    if (!counts) return;
    ramp?.failed();
    const retracted = phase === SHOWN && ticket.mark >= this.#configuredMark && this.#tally.retract(ticket.place);
    const countedSlow = retracted && ticket.slow;
    this.announce.actor = ticket.user;
    this.#failed(kind, !countedSlow && this.#isSlow(ticket, nowMs), retryAfterMs, nowMs);
  }

  /** Ends a call without a verdict: cancelled, the caller's own mistake, no slot. */
  ignore(ticket: Ticket, nowMs: number): void {
    this.inFlight--;
    if (ticket.lease !== null) return settleProbe(this, ticket, "void", null, nowMs);
    this.quiet.end(ticket);
    ticket.leaveRamp();
  }

  /** The provider refused a call for its rate: whether that paces, since others are served. Else it holds everybody. */
  paces(ticket: Ticket, nowMs: number): boolean {
    if (this.pace === null && this.#successMark <= ticket.mark && !othersStand(this.quiet, ticket, nowMs)) return false;
    this.pace ??= new Pace(nowMs);
    this.plain = false;
    return !this.pace.refused(ticket.mark, ticket.startedAtMs, nowMs);
  }

  hold(user: RecordUser, kind: HoldKind, retryAfterMs: number | null, startedAtMs: number, nowMs: number): void {
    this.announce.actor = user;
    this.lastFailure = { kind, atMs: nowMs };
    const before = this.facts.holds[kind];
    this.apply({ type: "hold", kind, retryAfterMs, startedAtMs }, nowMs, null);
    const after = this.facts.holds[kind];
    if (after === undefined || after === before) return;
    this.ramp = null; // what a ramp had won is void; after the hold it starts with one call
    this.pace?.pause();
    // Stragglers move the deadline by milliseconds; that is no news.
    const news = before === undefined || after.step !== before.step || after.untilMs - before.untilMs >= 1_000;
    if (news)
      this.announce.tell("hold", { key: this.name, kind, untilMs: after.untilMs, step: after.step, atMs: nowMs });
  }

  #succeeded(ticket: Ticket, slow: boolean): void {
    this.#successMark = this.begun;
    // Completing a window can trip it too, but only if there is something against the provider in it.
    const mayTrip = slow || this.#tally.hasEvidence;
    const nowMs = mayTrip ? this.#clock.now() : 0;
    this.#tally.seen(nowMs);
    ticket.place = this.#tally.success(slow, this.policy);
    ticket.slow = slow;
    if (mayTrip) {
      this.announce.actor = ticket.user;
      this.#lookForTrip(nowMs, null);
    }
    if (!this.plain) this.#heal(ticket);
  }

  #heal(ticket: Ticket): void {
    const nowMs = this.#clock.now();
    if (ticket.ramp !== null && ticket.ramp === this.ramp && ticket.ramp.succeeded()) this.ramp = null;
    if (Object.keys(this.facts.holds).length > 0) {
      const lifted = this.apply({ type: "lift", startedAtMs: ticket.startedAtMs }, nowMs, null).code !== "noop";
      if (lifted && this.policy.ramp === false) this.ramp = null;
    }
    if (this.pace?.isOver(nowMs) === true) this.pace = null;
    this.#refreshPlain();
  }

  #failed(kind: FailureKind, slow: boolean, retryAfterMs: number | null, nowMs: number): void {
    this.lastFailure = { kind, atMs: nowMs };
    this.#tally.failure(kind, slow, nowMs, this.begun, this.policy);
    this.#lookForTrip(nowMs, retryAfterMs, this.#group !== null && this.#group.open >= ROLLUP);
  }

  #lookForTrip(nowMs: number, retryAfterMs: number | null, rollup = false): void {
    if (this.facts.circuit.is === "tripped") return;
    const { young } = this.quiet;
    const reason = this.#tally.tripReason(young, this.policy, nowMs) ?? (rollup ? "rollup" : null);
    if (reason === null) return;
    const evidence = this.#tally.evidence(reason, young, this.policy, nowMs);
    const firstFailureMark = this.#tally.firstFailureMark(reason);
    const by = { reason, evidence, retryAfterMs, random: this.random() };
    const before = this.facts;
    const quiet = this.#adopt(trip(before, by, this.policy, nowMs), true);
    this.announce.changes(before, this.facts, null, 0, nowMs);
    // Where every call is let through, by an operator or to observe, none is taken away either.
    if (this.policy.onTrip === "let-run" || this.policy.mode !== "enforce" || this.isForcedClosed(nowMs)) return;
    const { silenceMs } = this.policy;
    for (const ticket of quiet) {
      const silent = silenceMs !== false && this.#isSilent(ticket, nowMs);
      if (silent || ticket.mark >= firstFailureMark) ticket.giveUp(nowMs);
      else if (silenceMs !== false) this.#leftRunning.push(ticket);
    }
    this.#startSweep();
  }

  // ---- silence ---------------------------------------------------------------------------------------------------

  get sweepEveryMs(): number {
    // A bucket's width at most, since successes are counted at the latest instant seen.
    const bucketMs = (this.policy.windowMs ?? Infinity) / BUCKETS;
    return Math.min(SWEEP_MOST_MS, Math.max(SWEEP_LEAST_MS, Math.min(bucketMs, this.#youngForMs / 4)));
  }

  sweep(nowMs: number): boolean {
    this.#tally.seen(nowMs);
    this.#lookForSilence(nowMs);
    let over = 0;
    while (over < this.#leftRunning.length && this.#isSilent(this.#leftRunning[over] as Ticket, nowMs)) over++;
    for (const ticket of this.#leftRunning.splice(0, over)) ticket.giveUp(nowMs);
    this.#sweeping = !this.quiet.isEmpty || this.#leftRunning.length > 0;
    return this.#sweeping;
  }

  #startSweep(): void {
    this.#sweeping = true;
    sweeperOf(this.#clock).add(this);
  }

  // What began in a blocked turn of the event loop may carry an instant from before the block.
  #isSilent(ticket: Ticket, nowMs: number): boolean {
    if (nowMs - ticket.startedAtMs < this.#youngForMs) return false;
    ticket.startedAtMs = atLatest(this.#clock, ticket.startedAtMs, nowMs);
    return nowMs - ticket.startedAtMs >= this.#youngForMs;
  }

  #lookForSilence(nowMs: number): void {
    for (let ticket = this.quiet.firstYoung; ticket !== null; ticket = this.quiet.firstYoung) {
      if (!this.#isSilent(ticket, nowMs)) return;
      this.quiet.silence(ticket);
      // Slots of the ramp must not stay with calls that may never end.
      ticket.leaveRamp();
      this.announce.actor = ticket.user;
      if (this.policy.silenceMs !== false) this.#failed("timeout", false, null, nowMs);
    }
  }

  // ---- state -----------------------------------------------------------------------------------------------------

  state(nowMs: number): CircuitState {
    return effectiveState(this.facts, nowMs);
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

  /** Closed, quiet, under nobody's hold and past its ladder: nothing is lost by forgetting it but the counts of its window. */
  isIdle(nowMs: number): boolean {
    return this.inFlight === 0 && mayForget(this.facts, nowMs);
  }

  /** What a rejection says. */
  rejection(reason: RejectReason, nowMs: number): CircuitOpenFacts {
    return rejectionFacts(this.name, this.facts, reason, this.lastFailure, this.policy.cooldown.maxMs, nowMs);
  }

  /** Applies an event of the record and takes over what comes of it. */
  apply(event: RecordEvent, nowMs: number, by: string | null): Reply {
    const before = this.facts;
    const { facts, reply } = transition(before, event, this.policy, nowMs);
    if (facts === before) return reply;
    // An override starts a new round but leaves what was computed beside it alone.
    const keepsWindow = event.type === "override" || event.type === "clear" || facts.generation === before.generation;
    this.#adopt(facts, !keepsWindow);
    this.announce.changes(before, facts, by, this.leasedAtMs, nowMs);
    return reply;
  }

  #adopt(facts: Facts, newRound: boolean): readonly Ticket[] {
    const before = this.facts;
    this.facts = facts;
    const opened = Number(facts.circuit.is === "tripped") - Number(before.circuit.is === "tripped");
    if (this.#group !== null) this.#group.open += opened;
    const quiet = facts.generation === before.generation ? [] : this.quiet.drop();
    for (const ticket of quiet) ticket.leaveRamp();
    if (newRound) {
      this.#tally.clear();
      this.ramp = this.pace = null;
    }
    // Closed by a probe: the ramp stands before anybody is told, so that a listener's calls meet it too.
    const closed = facts.circuit.is === "closed" && facts.closedAtMs !== before.closedAtMs && facts.closedAtMs !== null;
    if (closed && this.policy.ramp !== false) this.ramp = new Ramp(this.policy.ramp.from);
    this.#refreshPlain();
    return quiet;
  }

  #refreshPlain(): void {
    const { circuit, override, holds } = this.facts;
    const bare = override === null && this.ramp === null && this.pace === null;
    this.plain = circuit.is === "closed" && bare && Object.keys(holds).length === 0;
  }

  #isSlow(ticket: Ticket, endedAtMs: number): boolean {
    const { slowCall } = this.policy;
    return slowCall !== false && endedAtMs - ticket.startedAtMs > slowCall.afterMs;
  }
}
