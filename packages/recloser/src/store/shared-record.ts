/** One record as a replica shares it: the view of the store's facts, the outcomes that wait for a report, and the probe's lease. */
import { Deadline } from "../deadlines.ts";
import type { RejectReason } from "../errors.ts";
import { standing } from "../gate.ts";
import type { Machine } from "../machine.ts";
import type { FailureKind, HoldKind } from "../outcome.ts";
import { SERVED_LATELY_MS } from "../report.ts";
import { randomText } from "../random.ts";
import { isReset, type Learnt, sharedChanged, storeReturned } from "../shared-circuit.ts";
import {
  CLAIM_DEADLINE_MS,
  type OperatorWord,
  type SettleDetail,
  type SharedLease,
  type SharedSide,
} from "../shared-side.ts";
import { type Facts, NO_RECORD, overrideNow, type Streak } from "../state.ts";
import type { StoreCommand } from "./command.ts";
import type { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { ownStep } from "./own-change.ts";
import type { StoreAnswer, StoredFacts, StoreHint } from "./store.ts";
import { onAnswer, onClock, onPush, type Verdict, withJitter } from "./view.ts";

/** Everything else (protocol.md §8). */
export const BACKGROUND_DEADLINE_MS = 200;
/** Between two reports of one record (protocol.md §3). */
const REPORT_GAP_MS = 20;
/** How long outcomes that are no news wait for company (protocol.md §8). */
const FLUSH_EVERY_MS = 1_000;
// After a probe that could not reach the provider another replica should try: this one may be the sick one.
const ABSTAIN_MOST_MS = 2_000;

export class SharedRecord implements SharedSide {
  readonly machine: Machine;
  facts: Facts = NO_RECORD;
  readonly outbox: Outbox;
  /** When what waits is reported. */
  readonly flush: Deadline;
  readonly #link: Link;
  #revision = 0;
  #reporting = false;
  #asserting = false;
  // An open period that the store had lost when it came back.
  #owed = false;
  #mustLook = false;
  #claiming: Promise<void> | null = null;
  #pocket: SharedLease | null = null;
  // The lease that a call holds.
  #used: SharedLease | null = null;
  #abstainUntilMs = 0;

  constructor(machine: Machine, link: Link) {
    this.machine = machine;
    this.#link = link;
    this.outbox = new Outbox(machine.policy.windowMs ?? 30_000);
    this.flush = new Deadline(() => void this.report(), false);
  }

  get name(): string {
    return this.machine.name;
  }

  get isConnected(): boolean {
    return this.#link.isConnected;
  }

  get isPlain(): boolean {
    const { circuit, override, holds } = this.facts;
    return circuit.is === "closed" && override === null && Object.keys(holds).length === 0;
  }

  get isReporting(): boolean {
    return this.#reporting;
  }

  // ---- what it says to a call --------------------------------------------------------------------------------------

  standing(synthetic: boolean, nowMs: number): RejectReason | "claim" | "hold-ended" | null {
    const said = standing(this.facts, synthetic, nowMs);
    if (said !== "claim" && said !== "probing") return said;
    if (!this.isConnected) return null; // the machine, which was seeded with this circuit, probes for itself
    if (this.#inHand(nowMs) !== null) return "claim";
    return this.#claiming !== null || nowMs < this.#abstainUntilMs ? "probing" : said;
  }

  mustAsk(nowMs: number): boolean {
    return this.isConnected && this.#inHand(nowMs) === null && standing(this.facts, false, nowMs) === "claim";
  }

  claim(): Promise<void> {
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  async #claim(): Promise<void> {
    const token = randomText(this.machine.random, 16);
    const { leaseMs } = this.machine.policy.probe;
    const notAfterMs = this.#link.storeNowMs() + BACKGROUND_DEADLINE_MS;
    const command = { type: "claim", token, leaseMs, random: this.machine.random(), notAfterMs } as const;
    await this.#ask(command, CLAIM_DEADLINE_MS);
  }

  takeLease(nowMs: number): SharedLease | null {
    const lease = this.#inHand(nowMs);
    this.#pocket = null;
    this.#used = lease;
    return lease;
  }

  returnLease(lease: SharedLease): void {
    this.#used = null;
    this.#pocket = lease;
  }

  hasLease(nowMs: number): boolean {
    return this.#inHand(nowMs) !== null;
  }

  #inHand(nowMs: number): SharedLease | null {
    return this.#pocket !== null && nowMs < this.#pocket.expiresAtMs ? this.#pocket : null;
  }

  async renew(lease: SharedLease): Promise<boolean> {
    if (lease.lost) return false;
    const { leaseMs } = this.machine.policy.probe;
    const { incarnation, token } = lease;
    const sentMs = this.#link.nowMs();
    const answer = await this.#ask({ type: "renew", incarnation, token, leaseMs });
    if (answer === null) return this.#link.nowMs() < lease.expiresAtMs;
    if (answer.reply.code === "renewed") lease.expiresAtMs = sentMs + leaseMs;
    else lease.lost = true;
    return !lease.lost;
  }

  settle(lease: SharedLease, verdict: "passed" | "failed" | "void", why: SettleDetail): void {
    if (this.#used === lease) this.#used = null;
    if (lease.lost) return;
    if (verdict === "failed" && why.unreachable) {
      const most = Math.min(ABSTAIN_MOST_MS, this.machine.policy.cooldown.initialMs);
      this.#abstainUntilMs = this.#link.nowMs() + this.facts.cooldownMs + most * (0.5 + this.machine.random() / 2);
    }
    void this.#settle(lease, verdict, why);
  }

  // Until the lease has run out: then nobody waits for it any more.
  async #settle(lease: SharedLease, verdict: "passed" | "failed" | "void", why: SettleDetail): Promise<void> {
    const { incarnation, token } = lease;
    const { retryAfterMs, sinceMs } = why;
    const command = {
      type: "settle",
      incarnation,
      token,
      verdict,
      retryAfterMs,
      random: this.machine.random(),
    } as const;
    do {
      const answer = await this.#ask(command);
      if (answer === null) continue;
      if (answer.reply.code !== "fenced") this.machine.announce.probe(verdict, sinceMs, this.#link.nowMs());
      return;
    } while (await this.#link.waitToRepeat(lease.expiresAtMs));
  }

  // ---- outcomes ----------------------------------------------------------------------------------------------------

  began(startedAtMs: number): void {
    this.outbox.began(startedAtMs);
    this.#flushLater();
  }

  #flushLater(): void {
    if (this.flush.queue === null) this.#link.flushIn(this, FLUSH_EVERY_MS);
  }

  grew(startedAtMs: number): void {
    this.outbox.grew(startedAtMs);
  }

  succeeded(startedAtMs: number, nowMs: number, slow: boolean): void {
    this.outbox.succeeded(startedAtMs, nowMs, slow);
    if (this.outbox.isUrgent) this.#link.flushSoon(this);
    else this.#flushLater();
  }

  retracted(startedAtMs: number, nowMs: number): void {
    this.outbox.retracted(startedAtMs, nowMs);
  }

  failed(
    kind: FailureKind,
    startedAtMs: number,
    slow: boolean,
    retryAfterMs: number | null,
    streak: Streak,
    nowMs: number,
  ): void {
    this.outbox.failed(kind, startedAtMs, slow, retryAfterMs, streak, nowMs);
    this.#link.flushSoon(this);
  }

  // This process makes no more calls, so nobody would look again when the evidence has settled.
  opened(): void {
    this.#mustLook = true;
    this.#link.flushIn(this, SERVED_LATELY_MS + REPORT_GAP_MS);
  }

  streakBegins(beforeMs: readonly number[]): void {
    this.outbox.streakBegins(beforeMs);
  }

  hold(kind: HoldKind, retryAfterMs: number | null, startedAtMs: number, nowMs: number): void {
    void this.#ask({ type: "hold", kind, retryAfterMs, startedAgoMs: nowMs - startedAtMs });
  }

  lift(startedAtMs: number, nowMs: number): void {
    const over = Object.values(this.facts.holds).some(({ untilMs }) => untilMs <= nowMs && untilMs <= startedAtMs);
    if (over) void this.#ask({ type: "lift", startedAgoMs: nowMs - startedAtMs });
  }

  /** Sends what waits, unless a report is under way, the store is away, or nobody needs to know. */
  async report(): Promise<void> {
    const { outbox, facts } = this;
    // No success creates a record: what there is to say waits for the first failure.
    const nothing = outbox.isEmpty || (facts.incarnation === 0 && !outbox.hasFailure);
    if (this.#reporting || (nothing && !this.#mustLook) || !this.isConnected) return;
    if (nothing) this.#mustLook = false;
    this.#reporting = true;
    const notAfterMs = this.#link.storeNowMs() + BACKGROUND_DEADLINE_MS;
    const { incarnation, generation } = facts;
    const random = this.machine.random();
    const id = `${this.#link.replicaId}-${randomText(this.machine.random, 10)}`;
    const batch = outbox.take(this.#link.nowMs());
    const answer = await this.#ask({ type: "report", id, incarnation, generation, ...batch, notAfterMs, random });
    this.#reporting = false;
    if (answer === null || answer.reply.code === "expired") this.#link.dropped();
    if (this.#mustLook && !outbox.isUrgent) this.#link.flushIn(this, SERVED_LATELY_MS + REPORT_GAP_MS);
    else if (outbox.isUrgent) this.#link.flushIn(this, REPORT_GAP_MS);
    else if (!outbox.isEmpty) this.#flushLater();
  }

  // ---- operators ---------------------------------------------------------------------------------------------------

  async operate(word: OperatorWord): Promise<boolean> {
    const command: StoreCommand = word.type === "override" ? word : { type: word.type };
    return (await this.#ask(command, BACKGROUND_DEADLINE_MS, word.by)) !== null;
  }

  release(): void {
    const nowMs = this.#link.nowMs();
    const lease = this.#inHand(nowMs) ?? this.#used;
    this.#pocket = null;
    if (lease !== null) this.settle(lease, "void", { retryAfterMs: null, unreachable: false, sinceMs: nowMs });
    if (lease !== null) lease.lost = true; // what its call still says counts for nothing
  }

  // ---- the view ----------------------------------------------------------------------------------------------------

  #ask(
    command: StoreCommand,
    deadlineMs = BACKGROUND_DEADLINE_MS,
    by: string | null = null,
  ): Promise<StoreAnswer | null> {
    const asked = this.#revision;
    return this.#link.apply(this, command, deadlineMs, (answer) => this.#answered(command, answer, asked, by));
  }

  // Called for every answer, also one that comes after its deadline.
  #answered(command: StoreCommand, answer: StoreAnswer, asked: number, by: string | null): void {
    const nowMs = this.#link.nowMs();
    if (command.type === "claim" && answer.reply.code === "probe") this.#pocketed(command.token, answer, nowMs);
    this.#learn(answer, asked, { made: ownStep(command, answer.reply.code), by });
  }

  #pocketed(token: string, answer: StoreAnswer, nowMs: number): void {
    const { facts, nowMs: storeMs } = answer;
    const lease = facts.circuit.is === "tripped" ? facts.circuit.lease : null;
    if (lease === null) return;
    const expiresAtMs = nowMs + lease.expiresAtMs - storeMs;
    this.#pocket = { incarnation: facts.incarnation, token, expiresAtMs, lost: false };
  }

  /** The store's record, read. `asked`: the view's revision when it was asked for. */
  wasRead(stored: StoredFacts, asked: number): void {
    this.#learn(stored, asked, { made: null, by: null });
  }

  get revision(): number {
    return this.#revision;
  }

  wasPushed(hint: StoreHint): void {
    // What this replica did is told by the answer; the push may only be faster.
    if (hint.by === this.#link.replicaId) return;
    const facts = this.#onClock(hint);
    this.#follow(onPush(this.facts, facts), facts, { made: null, by: null });
  }

  #learn(stored: StoredFacts, asked: number, learnt: Learnt): void {
    const facts = this.#onClock(stored);
    this.#follow(onAnswer(this.facts, facts, asked, this.#revision, this.#link.nowMs()), facts, learnt);
  }

  #onClock({ facts, nowMs }: StoredFacts): Facts {
    return onClock(facts, this.machine.policy.probe.leaseMs, nowMs, this.#link.nowMs());
  }

  #follow(verdict: Verdict, facts: Facts, learnt: Learnt): void {
    switch (verdict) {
      case "adopt":
        return this.adopt(facts, learnt);
      case "refresh":
        return this.#refresh(facts);
      case "read":
        return this.#link.read(this);
      case "reassert":
        this.#owed = true;
        return this.isConnected ? this.#reassert() : undefined;
      case "ignore":
        return;
    }
  }

  // Nothing has changed but deadlines, which may be told more exactly now, or be gone with a step of the store's clock.
  #refresh({ circuit, holds }: Facts): void {
    const { facts: view, machine } = this;
    const isTripped = circuit.is === "tripped" && view.circuit.is === "tripped";
    const jittered = withJitter(holds, view.holds, machine.random);
    this.facts = { ...view, circuit: isTripped ? circuit : view.circuit, holds: jittered };
    machine.refreshPlain();
  }

  /** Takes facts over, whatever was held for true before. */
  adopt(facts: Facts, learnt: Learnt): void {
    const before = this.facts;
    const nowMs = this.#link.nowMs();
    this.#revision++;
    // One that has run out in this round is put away, and told of, by the next call.
    const goesOn = facts.incarnation === before.incarnation && facts.generation === before.generation;
    const override = facts.override ?? (goesOn ? before.override : null);
    this.facts = { ...facts, override, holds: withJitter(facts.holds, before.holds, this.machine.random) };
    // While the store is away, evidence waits for its return; but what an operator said to forget is none.
    if (facts.circuit.is === "tripped") this.#mustLook = false;
    const isNewRound = facts.generation !== before.generation && this.isConnected;
    if (isNewRound || isReset(before, facts)) this.outbox.clear();
    // Somebody's first failure has made the record: what the others know of the time before belongs beside it.
    else if (before.incarnation === 0 && !this.outbox.isEmpty) this.#link.flushIn(this, this.#soonMs());
    sharedChanged(this.machine, before, this.facts, learnt, nowMs);
  }

  // Not all replicas in the same instant.
  #soonMs(): number {
    return 1 + Math.floor(this.machine.random() * REPORT_GAP_MS);
  }

  // Puts back what had been read from the store and is lost there. Only one at a time.
  #reassert(): void {
    const { circuit, incarnation, version, generation, step, cooldownMs } = this.facts;
    this.#owed = false;
    if (this.#asserting || circuit.is === "closed") return;
    this.#asserting = true;
    const remainingMs = circuit.openUntilMs - this.#link.nowMs();
    const { reason } = circuit;
    const past = { incarnation, version, generation, step, cooldownMs, reason, remainingMs };
    void this.#ask({ type: "reassert", ...past }).finally(() => {
      this.#asserting = false;
    });
  }

  /** The store is back, and what it says is known: outcomes go to it as evidence, if they still are any. */
  rejoined(nowMs: number): void {
    const { circuit, closedAtMs } = this.facts;
    if (this.#owed) this.#reassert();
    if (circuit.is === "tripped") this.outbox.clear();
    else if (closedAtMs !== null) this.outbox.keepStartedAfter(closedAtMs);
    if (!this.outbox.isEmpty) this.#link.flushSoon(this);
    storeReturned(this.machine, nowMs);
  }

  forgetOverride(nowMs: number): boolean {
    if (this.facts.override === null || overrideNow(this.facts, nowMs) !== null) return false;
    this.facts = { ...this.facts, override: null };
    return true;
  }
}
