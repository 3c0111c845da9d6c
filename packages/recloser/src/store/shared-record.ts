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
import { REPORT_REMEMBERED_MS, type StoreCommand } from "./command.ts";
import { BACKGROUND_DEADLINE_MS } from "./health.ts";
import type { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import { SharedProbe } from "./shared-probe.ts";
import { ownStep } from "./own-change.ts";
import type { StoreAnswer, StoredFacts, StoreHint } from "./store.ts";
import { onAnswer, onClock, onPush, type Verdict, withJitter } from "./view.ts";

/** Between two reports of one record (protocol.md §3). */
export const REPORT_GAP_MS = 20;
// An answer that a report came too late is believed for half of the time for which a store remembers reports: the server's
// clock is read twice there.
const BELIEVED_MS = REPORT_REMEMBERED_MS / 2;
const READ: Promise<void> = Promise.resolve();
/** How long outcomes that are no news wait for company (protocol.md §8). */
const FLUSH_EVERY_MS = 1_000;

export class SharedRecord implements SharedSide {
  readonly machine: Machine;
  facts: Facts = NO_RECORD;
  readonly outbox: Outbox;
  /** When what waits is reported. */
  readonly flush: Deadline;
  readonly #link: Link;
  #revision = 0;
  // The report under way.
  #reporting: Promise<void> | null = null;
  #asserting = false;
  // An open period that the store had lost when it came back.
  #owed = false;
  #mustLook = false;
  #reportedMs = -Infinity;
  #isGone = false;
  #isRead = false;
  // Somebody waits for the first reading.
  #reading: Promise<void> | null = null;
  #readFirst: (() => void) | null = null;
  readonly #probe: SharedProbe;

  constructor(machine: Machine, link: Link) {
    this.machine = machine;
    this.#link = link;
    this.outbox = new Outbox(machine.policy.windowMs ?? 30_000);
    this.flush = new Deadline(() => void this.report(), false);
    this.#probe = new SharedProbe(this, link, (command, deadlineMs) => this.#ask(command, deadlineMs));
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
    return this.#reporting !== null;
  }

  whenRead(): Promise<void> {
    if (this.#isRead || !this.isConnected) return READ;
    return (this.#reading ??= this.#link.waitFor(
      new Promise((resolve) => (this.#readFirst = resolve)),
      CLAIM_DEADLINE_MS,
    ));
  }

  // ---- what it says to a call --------------------------------------------------------------------------------------

  standing(synthetic: boolean, nowMs: number): RejectReason | "claim" | "hold-ended" | null {
    const said = standing(this.facts, synthetic, nowMs);
    if (said !== "claim" && said !== "probing") return said;
    if (!this.isConnected) return null; // the machine, which was seeded with this circuit, probes for itself
    if (this.#probe.inHand(nowMs) !== null) return "claim";
    return this.#probe.mayNotClaim(nowMs) ? "probing" : said;
  }

  mustAsk(nowMs: number): boolean {
    return this.isConnected && this.#probe.inHand(nowMs) === null && standing(this.facts, false, nowMs) === "claim";
  }

  claim(): Promise<void> {
    return this.#probe.claim();
  }

  takeLease(nowMs: number): SharedLease | null {
    return this.#probe.take(nowMs);
  }

  returnLease(lease: SharedLease): void {
    this.#probe.putBack(lease);
  }

  hasLease(nowMs: number): boolean {
    return this.#probe.inHand(nowMs) !== null;
  }

  giveBack(): void {
    void this.#probe.giveBack();
  }

  renew(lease: SharedLease): Promise<boolean> {
    return this.#probe.renew(lease);
  }

  settle(lease: SharedLease, verdict: "passed" | "failed" | "void", why: SettleDetail): void {
    void this.#probe.settle(lease, verdict, why);
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
    // What is to be reported sooner is; the look comes after it.
    if (this.flush.queue === null) this.#link.flushIn(this, SERVED_LATELY_MS + REPORT_GAP_MS);
  }

  streakBegins(beforeMs: readonly number[]): void {
    this.outbox.streakBegins(beforeMs);
  }

  hold(kind: HoldKind, retryAfterMs: number | null, startedAtMs: number, nowMs: number): void {
    const startedAgoMs = nowMs - startedAtMs;
    void this.#ask({ type: "hold", kind, retryAfterMs, startedAgoMs, notAfterMs: this.#link.notAfterMs() });
  }

  lift(startedAtMs: number, nowMs: number): void {
    const over = Object.values(this.facts.holds).some(({ untilMs }) => untilMs <= nowMs && untilMs <= startedAtMs);
    if (!over) return;
    void this.#ask({ type: "lift", startedAgoMs: nowMs - startedAtMs, notAfterMs: this.#link.notAfterMs() });
  }

  /** Sends what waits, unless a report is under way, the store is away, or nobody needs to know. */
  report(): Promise<void> {
    const { outbox, facts } = this;
    // No success creates a record: what there is to say waits for the first failure.
    const nothing = outbox.isEmpty || (facts.incarnation === 0 && !outbox.hasFailure);
    if (this.#reporting !== null) return this.#reporting;
    if ((nothing && !this.#mustLook) || !this.isConnected) return Promise.resolve();
    if (nothing) this.#mustLook = false;
    this.#reportedMs = this.#link.nowMs();
    this.#reporting = this.#report().finally(() => {
      this.#reporting = null;
    });
    return this.#reporting;
  }

  async #report(): Promise<void> {
    const { outbox, facts } = this;
    const notAfterMs = this.#link.notAfterMs();
    const { incarnation, generation } = facts;
    const random = this.machine.random();
    const id = `${this.#link.replicaId}-${randomText(this.machine.random, 10)}`;
    const taken = outbox.take(this.#link.nowMs());
    let isBack = false;
    const putBack = (): void => {
      isBack = outbox.putBack(taken, this.#link.nowMs());
      if (isBack && this.#reporting === null) this.#reportNext();
    };
    const asked = this.#revision;
    const command: StoreCommand = { type: "report", id, incarnation, generation, ...taken.batch, notAfterMs, random };
    const heard = (answer: StoreAnswer, givenMs: number): void => {
      this.#answered(command, answer, givenMs, asked, null);
      if (wasNotApplied(answer, notAfterMs)) putBack();
    };
    const answer = await this.#link.apply(this, command, BACKGROUND_DEADLINE_MS, heard, putBack);
    if (!isBack && (answer === null || answer.reply.code === "expired")) this.#link.dropped();
    this.#reportNext();
  }

  #reportNext(): void {
    const { outbox } = this;
    if (this.#mustLook && !outbox.isUrgent) this.#link.flushIn(this, SERVED_LATELY_MS + REPORT_GAP_MS);
    else if (outbox.isUrgent) this.#link.flushIn(this, REPORT_GAP_MS);
    else if (!outbox.isEmpty) this.#flushLater();
  }

  // ---- operators ---------------------------------------------------------------------------------------------------

  async operate(word: OperatorWord): Promise<boolean> {
    const command: StoreCommand = word.type === "override" ? word : { type: word.type };
    if ((await this.#ask(command, BACKGROUND_DEADLINE_MS, word.by)) !== null) return true;
    if (this.isConnected) return false; // it may have taken the word all the same, and will say so
    // An override that was learnt before the store went away ends here; what the record is, only the store can say.
    const { facts } = this;
    if (word.type !== "clear" || facts.override === null) return false;
    this.adopt({ ...facts, generation: facts.generation + 1, override: null }, { made: "all", by: word.by });
    return true;
  }

  async release(): Promise<void> {
    await Promise.all([this.#probe.release(), this.#reporting]);
    await this.report();
    this.#isGone = true;
  }

  // ---- the view ----------------------------------------------------------------------------------------------------

  #ask(
    command: StoreCommand,
    deadlineMs = BACKGROUND_DEADLINE_MS,
    by: string | null = null,
  ): Promise<StoreAnswer | null> {
    const asked = this.#revision;
    return this.#link.apply(this, command, deadlineMs, (answer, givenMs) =>
      this.#answered(command, answer, givenMs, asked, by),
    );
  }

  // Called for every answer, also one that comes after its deadline.
  #answered(command: StoreCommand, answer: StoreAnswer, givenMs: number, asked: number, by: string | null): void {
    if (command.type === "claim") this.#probe.claimAnswered(command.token, answer, givenMs);
    this.#learn(answer, givenMs, asked, { made: ownStep(command, answer.reply.code), by });
  }

  /** The store's record, read. `givenMs`: when, on this clock; `asked`: the view's revision when it was asked for. */
  wasRead(stored: StoredFacts, givenMs: number, asked: number): void {
    this.#learn(stored, givenMs, asked, { made: null, by: null });
    this.#isRead = true;
    this.#readFirst?.();
    this.#reading = this.#readFirst = null;
  }

  get revision(): number {
    return this.#revision;
  }

  wasPushed(hint: StoreHint): void {
    // What this replica did is told by the answer; the push may only be faster.
    if (hint.by === this.#link.replicaId) return;
    // How long it took is not known: deadlines are right with the next answer.
    const facts = this.#onClock(hint, this.#link.nowMs());
    this.#follow(onPush(this.facts, facts), facts, { made: null, by: null });
  }

  #learn(stored: StoredFacts, givenMs: number, asked: number, learnt: Learnt): void {
    const facts = this.#onClock(stored, givenMs);
    this.#follow(onAnswer(this.facts, facts, asked, this.#revision, this.#link.nowMs()), facts, learnt);
  }

  #onClock({ facts, nowMs }: StoredFacts, givenMs: number): Facts {
    return onClock(facts, this.machine.policy.probe.leaseMs, nowMs, givenMs);
  }

  /** Since the last report began, milliseconds. */
  quietForMs(nowMs: number): number {
    return nowMs - this.#reportedMs;
  }

  #follow(verdict: Verdict, facts: Facts, learnt: Learnt): void {
    if (this.#isGone) return;
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
    const isNewRound = facts.generation !== before.generation;
    // Of a round whose beginning nobody knows, what came before it cannot be told apart.
    const isDatable = facts.circuit.is === "tripped" || facts.closedAtMs !== null;
    if (isNewRound && (this.isConnected || !isDatable || isReset(before, facts))) this.outbox.clear();
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
    void this.#ask({ type: "reassert", ...past, notAfterMs: this.#link.notAfterMs() }).finally(() => {
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

/** Not even where a client library had sent it twice, and only the second came late: that would be answered otherwise. */
function wasNotApplied({ reply, nowMs }: StoreAnswer, notAfterMs: number): boolean {
  return reply.code === "expired" && nowMs - notAfterMs < BELIEVED_MS;
}
