/**
 * A replica's link to a shared store: sends commands under a deadline of its own, learns of changes by push and poll,
 * notices when the store is away and when it is back. Nothing here is waited for by a call, but for one claim of a probe,
 * and no error of the store ever leaves it.
 */
import { type Alarm, type Clock, createAlarm } from "../clock.ts";
import { Deadline, type Deadlines, deadlinesOf, orSoon } from "../deadlines.ts";
import { StoreError } from "../errors.ts";
import type { Machine } from "../machine.ts";
import type { Random } from "../random.ts";
import { storeLost } from "../shared-circuit.ts";
import { NO_RECORD } from "../state.ts";
import { describe } from "../warn.ts";
import type { StoreCommand } from "./command.ts";
import { BACKGROUND_DEADLINE_MS, Health } from "./health.ts";
import { REPORT_GAP_MS, SharedRecord } from "./shared-record.ts";
import { StoreNews } from "./store-news.ts";
import type { SharedStore, StoreAnswer, StoreHint } from "./store.ts";
import { Subscription } from "./subscription.ts";

/** How often a replica asks what changed; the bound on how old its view can be (protocol.md §8). */
const POLL_MS = 1_000;
// Replicas that were started together do not poll together.
const JITTER = 0.2;
// Nor do they all come back in the instant in which the server does.
const CONNECTED_WITHIN_MS = 100;
// So many records are asked for at once: thousands would not be here before the deadline, and the store never back.
const READ_AT_ONCE = 256;
// A first look that goes well asks three times; where there is more to read, nobody waits for the rest.
const READY_WITHIN_MS = 3 * BACKGROUND_DEADLINE_MS;
// The name under which a change of the fleet's policies is told: no record is called so.
const POLICIES = "";

export interface LinkOwner {
  readonly namespace: string;
  readonly replicaId: string;
  readonly clock: Clock;
  readonly random: Random;
  /** The store was given up, was not there at the start, or is back. Not more often than it helps. */
  storeChanged(mode: "shared" | "local", error: Error | null, atMs: number): void;
  /** At every look: the fleet's policies may have changed, or not. Bounded, and never rejects. */
  lookAtPolicies(mayHaveChanged: boolean): Promise<void>;
}

export class Link {
  readonly health: Health;
  readonly #store: SharedStore;
  readonly #owner: LinkOwner;
  readonly #deadlines: Deadlines;
  readonly #records = new Map<string, SharedRecord>();
  readonly #soon = new Set<SharedRecord>();
  // To be read when the present turn is over, and at the next poll: what was asked for and has not come.
  readonly #wanted = new Set<SharedRecord>();
  readonly #unread = new Set<SharedRecord>();
  // What records that are given back still have to say.
  readonly #leaving = new Set<Promise<void>>();
  readonly #poll: Alarm;
  readonly #subscription: Subscription;
  readonly #news: StoreNews;
  readonly #stopListening: () => void;
  #cursor: string | null = null;
  #looking = false;
  // The store's connection came back while a look was under way that may have been too early.
  #mustLookAgain = false;
  // The store's clock minus this one, as far as answers tell.
  #aheadMs = 0;
  #closed = false;
  // The last words are said.
  #isShut = false;
  #joined: (() => void) | null = null;
  readonly #joinBy = new Deadline(() => this.#isReady());
  /** Settles when the first look at the store is over, whatever came of it, or has taken too long. */
  readonly ready: Promise<void>;

  constructor(store: SharedStore, owner: LinkOwner) {
    this.#store = store;
    this.#owner = owner;
    this.#deadlines = deadlinesOf(owner.clock);
    this.health = new Health(owner.clock.now());
    this.#poll = createAlarm(owner.clock, () => void this.#look());
    this.#subscription = new Subscription(store, owner.namespace, (hint) => this.#hear(hint));
    this.#news = new StoreNews(this.#deadlines, (...news) => owner.storeChanged(...news));
    this.#stopListening = store.onConnected?.(() => this.#connected()) ?? (() => {});
    this.ready = new Promise((resolve) => {
      this.#joined = resolve;
    });
    this.#deadlines.set(this.#joinBy, READY_WITHIN_MS, owner.clock.now());
    void this.#look();
  }

  #isReady(): void {
    this.#deadlines.clear(this.#joinBy);
    this.#joined?.();
    this.#joined = null;
  }

  get isConnected(): boolean {
    return this.health.isConnected;
  }

  get replicaId(): string {
    return this.#owner.replicaId;
  }

  nowMs(): number {
    return this.#owner.clock.now();
  }

  /** On the store's clock: what arrives later was given up here already. */
  notAfterMs(): number {
    return this.nowMs() + this.#aheadMs + BACKGROUND_DEADLINE_MS;
  }

  /** Shares a machine's record. */
  attach(machine: Machine): SharedRecord {
    const record = new SharedRecord(machine, this);
    this.#records.set(machine.name, record);
    this.read(record);
    return record;
  }

  detach(machine: Machine): void {
    const record = this.#records.get(machine.name);
    if (record === undefined) return;
    const last = record.release().finally(() => this.#leaving.delete(last));
    this.#leaving.add(last);
    this.#records.delete(record.name);
    this.#unread.delete(record);
    this.#deadlines.clear(record.flush);
  }

  // ---- commands ----------------------------------------------------------------------------------------------------

  /**
   * One command on one record. Resolves to null when there was no answer in time or the store is away; `onAnswer` is
   * called for every answer, also one that comes late, with the instant on this clock at which it was given; `onUnsent`,
   * when the command turns out not to have left this process.
   */
  apply(
    record: SharedRecord,
    command: StoreCommand,
    deadlineMs: number,
    onAnswer: (answer: StoreAnswer, givenMs: number) => void,
    onUnsent: () => void = () => {},
  ): Promise<StoreAnswer | null> {
    if (!this.isConnected || this.#isShut) return Promise.resolve(null);
    const { namespace, replicaId } = this.#owner;
    const address = { namespace, name: record.name };
    return this.#ask(
      () => this.#store.apply(address, command, record.machine.policy, replicaId),
      deadlineMs,
      (answer, sentMs) => onAnswer(answer, this.#given(answer.nowMs, sentMs)),
      command.type === "claim" || this.#closed, // somebody waits for it
      onUnsent,
    );
  }

  // Every command is raced against a deadline of our own: a client library's does not cover what was sent already.
  #ask<T>(
    run: () => Promise<T>,
    deadlineMs: number,
    onAnswer: (answer: T, sentMs: number) => void,
    keepsAlive = false,
    onUnsent: () => void = () => {},
  ): Promise<T | null> {
    const sentMs = this.nowMs();
    return new Promise((resolve) => {
      const failed = (error: Error, isTimeout: boolean): void => {
        this.#deadlines.clear(deadline);
        resolve(null);
        if (this.health.failed(error, isTimeout, this.nowMs())) this.#lost(error);
      };
      const late = (): void => failed(new StoreError(`no answer within ${deadlineMs} ms`), true);
      const deadline = new Deadline(late, keepsAlive);
      this.#deadlines.set(deadline, deadlineMs, sentMs);
      (async () => run())() // it may throw instead of rejecting
        .then((answer) => {
          const inTime = deadline.queue !== null;
          onAnswer(answer, sentMs); // what is no answer at all throws here, and is a failure of the store
          this.#deadlines.clear(deadline);
          if (inTime) this.health.answered(this.nowMs() - sentMs);
          resolve(inTime ? answer : null);
        })
        // One that fails after its deadline has been counted already.
        .catch((error: unknown) => {
          const isUnsent = StoreError.is(error) && error.isUnsent;
          if (isUnsent) onUnsent();
          if (deadline.queue !== null) failed(new StoreError(describe(error), { cause: error, isUnsent }), false);
        });
    });
  }

  /**
   * When an answer was given, on this clock. The store read its own between the question and now: what is held for the
   * difference is corrected where that cannot be, and only as far. An answer that was long in coming, as to a process that
   * stood still, says little of the store's clock.
   */
  #given(storeMs: number, sentMs: number): number {
    if (!Number.isFinite(storeMs)) throw new TypeError("an answer without the store's time");
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, storeMs - this.nowMs()), storeMs - sentMs);
    return storeMs - this.#aheadMs;
  }

  /** Waits for an answer that was given up already, as long as it may still matter. */
  waitFor(answer: Promise<void>, ms: number): Promise<void> {
    return orSoon(answer, ms, this.#owner.clock);
  }

  /** A report may or may not have been applied, or belongs to a round that is over: its outcomes are not sent again. */
  dropped(): void {
    this.health.droppedReports++;
  }

  /** Waits before a command is repeated; false when that would be too late to matter. */
  async waitToRepeat(untilMs: number): Promise<boolean> {
    if (this.#closed || this.nowMs() + BACKGROUND_DEADLINE_MS >= untilMs) return false;
    try {
      await this.#owner.clock.sleep(BACKGROUND_DEADLINE_MS);
    } catch {
      return false; // a clock that cannot wait
    }
    return this.nowMs() < untilMs;
  }

  // ---- reports -----------------------------------------------------------------------------------------------------

  /** Reports a record's outcomes in `delayMs`, whatever was set before. */
  flushIn(record: SharedRecord, delayMs: number): void {
    if (!this.#closed) this.#deadlines.set(record.flush, delayMs, this.nowMs());
  }

  /** Reports a record's outcomes when the present turn is over, with what else happens in it. */
  flushSoon(record: SharedRecord): void {
    if (record.isReporting || this.#soon.has(record)) return;
    const gapMs = REPORT_GAP_MS - record.quietForMs(this.nowMs());
    if (gapMs > 0) return this.flushIn(record, Math.ceil(gapMs));
    this.#soon.add(record);
    queueMicrotask(() => {
      this.#soon.delete(record);
      void record.report();
    });
  }

  // ---- learning ----------------------------------------------------------------------------------------------------

  /** Reads a record anew, with what else is to be read in this turn. */
  read(record: SharedRecord): void {
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#readAll());
    this.#wanted.add(record);
  }

  async #readAll(): Promise<void> {
    const records = [...this.#wanted];
    this.#wanted.clear();
    if (this.isConnected && !this.#closed) await this.#readRecords(records);
  }

  // Whether all were read. `told`: names whose change a push should have told already.
  async #readRecords(records: readonly SharedRecord[], told: ReadonlySet<string> = new Set()): Promise<boolean> {
    for (const record of records) this.#unread.add(record);
    let from = 0;
    do {
      const page = records.slice(from, (from += READ_AT_ONCE));
      if ((await this.#readPage(page, told)) === null || this.#closed) return false;
    } while (from < records.length); // without any, the answer tells the store's clock
    return true;
  }

  #readPage(records: readonly SharedRecord[], told: ReadonlySet<string>): Promise<object | null> {
    const asked = records.map(({ revision }) => revision);
    const names = records.map(({ name }) => name);
    return this.#ask(
      () => this.#store.read(this.#owner.namespace, names),
      BACKGROUND_DEADLINE_MS,
      ({ nowMs, records: found }, sentMs) => {
        const givenMs = this.#given(nowMs, sentMs);
        records.forEach((record, at) => {
          this.#unread.delete(record);
          const facts = found.get(record.name) ?? NO_RECORD;
          const before = record.revision;
          record.wasRead({ facts, nowMs }, givenMs, asked[at] as number);
          if (record.revision !== before && told.has(record.name)) this.#subscription.missed(this.nowMs());
        });
      },
    );
  }

  // The poll, which is also how a store that is away is found to be back.
  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    this.#mustLookAgain = false;
    const isWell = await this.#lookOnce();
    this.#looking = false;
    this.#isReady();
    if (this.#closed) return;
    if (this.health.isAway) this.#news.changed("local", this.health.lastError, this.health.sinceMs);
    const random = this.#owner.random();
    // One that gave no answer is asked again soon, whether that was one answer or all of them.
    if (isWell) this.#poll.set(POLL_MS * (1 - JITTER + 2 * JITTER * random));
    else this.#poll.set(this.#mustLookAgain ? CONNECTED_WITHIN_MS * random : this.health.againMs(random));
  }

  // Whether the store answered and is shared.
  async #lookOnce(): Promise<boolean> {
    const was = this.isConnected;
    const changes = await this.#ask(
      () => this.#store.changes(this.#owner.namespace, this.#cursor),
      BACKGROUND_DEADLINE_MS,
      ({ names, cursor }) => {
        if (!Array.isArray(names) || typeof cursor !== "string") throw new TypeError("changes: no names, or no cursor");
      },
      this.#joined !== null, // `ready()` waits for it
    );
    if (changes === null || this.#closed) return false;
    if (!was) {
      this.#cursor = changes.cursor;
      await this.#rejoin();
    } else if (this.isConnected) {
      this.#cursor = changes.cursor;
      const names = new Set(changes.names);
      await this.#owner.lookAtPolicies(names.has(POLICIES) || !changes.complete);
      // A circuit that is not closed gets no reports, whose answers would show that the store has another history: it is
      // read each time.
      const isDue = (record: SharedRecord): boolean =>
        !changes.complete || names.has(record.name) || !record.isPlain || this.#unread.has(record);
      const changed = [...this.#records.values()].filter(isDue);
      if (changed.length > 0) await this.#readRecords(changed, names);
    }
    return this.isConnected;
  }

  /** A connection to the store is there again: worth a look, if the store was away. */
  #connected(): void {
    if (this.#closed || this.isConnected) return;
    if (this.#looking) this.#mustLookAgain = true;
    else this.#poll.set(CONNECTED_WITHIN_MS * this.#owner.random());
  }

  // A push is a hint: one that makes no sense is as good as none.
  #hear(hint: StoreHint): void {
    if (this.#closed) return;
    try {
      if (hint.name === POLICIES) void this.#owner.lookAtPolicies(true);
      this.#records.get(hint.name)?.wasPushed(hint);
    } catch {}
  }

  // ---- away and back -----------------------------------------------------------------------------------------------

  #lost(error: Error): void {
    if (this.#closed) return;
    const nowMs = this.nowMs();
    for (const record of this.#records.values()) storeLost(record.machine, nowMs);
    this.#news.changed("local", error, nowMs);
    this.#poll.set(this.health.againMs(this.#owner.random()));
  }

  // What the store says is the truth: it is read first. Outcomes go back as evidence, and state is never pushed.
  async #rejoin(): Promise<void> {
    const records = [...this.#records.values()];
    const policies = this.#owner.lookAtPolicies(true);
    // One that can be read and not written, as a replica that is no master, is not back.
    const { namespace } = this.#owner;
    if (
      (await this.#ask(
        () => this.#store.ping(namespace),
        BACKGROUND_DEADLINE_MS,
        () => {},
      )) !== true ||
      this.#closed
    )
      return;
    if (!(await this.#readRecords(records)) || this.#closed) return;
    await policies;
    const nowMs = this.nowMs();
    this.health.returned(nowMs);
    this.#subscription.begin(nowMs);
    this.#news.changed("shared", null, nowMs);
    for (const record of records) record.rejoined(nowMs);
    // Whoever came meanwhile.
    for (const record of this.#records.values()) if (!records.includes(record)) this.read(record);
  }

  /** Reports what waits and gives leases back, bounded; leaves no handle. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#poll.clear();
    this.#stopListening();
    this.#subscription.end();
    this.#news.end();
    this.#isReady();
    await Promise.all([...this.#leaving, ...[...this.#records.values()].map((record) => record.release())]);
    this.#isShut = true;
    for (const record of this.#records.values()) this.#deadlines.clear(record.flush);
  }
}
