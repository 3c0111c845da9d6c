/**
 * A shared store as its replicas see it: records that `transition()` rules over, a log of changes, pushes. It is the model
 * that every real store is compared with. It has no network and no clock of its own; time comes with each operation.
 */
import type { Facts } from "../../state.ts";
import { NO_RECORD } from "../../state.ts";
import type { RecordPolicy } from "../../record-event.ts";
import { eventOf, REPORT_REMEMBERED_MS, type StoreCommand } from "../../store/command.ts";
import type { StoreAnswer, StoreChanges } from "../../store/store.ts";
import { transition } from "../../transition.ts";

/** One operation that was carried out: what the checks look at. */
export interface StoreOperation {
  readonly by: string;
  readonly name: string;
  readonly command: StoreCommand;
  readonly before: Facts;
  readonly after: Facts;
  readonly answer: StoreAnswer;
  /** On the store's clock. */
  readonly atMs: number;
}

/** All that a store holds, to be put back: what a failover to a replica that lagged behind does. */
export interface StoreImage {
  readonly records: ReadonlyMap<string, Facts>;
  readonly changes: ReadonlyMap<string, number>;
  /** Which log of changes it is: each begins anew at 0. */
  readonly life: number;
  readonly sequence: number;
}

// The log of changes keeps this many names; whoever is further behind reads everything.
const LOG_LENGTH = 4_096;

/** What decides; replaced to show that a broken design is found. */
export type Rules = typeof transition;

export class StoreServer {
  readonly #rules: Rules;
  #records = new Map<string, Facts>();
  #changes = new Map<string, number>();
  #sequence = 0;
  #life = 0;
  #lives = 0;
  // Reports that were applied, until none can come again.
  readonly #seen = new Map<string, number>();
  readonly #appliesOnce: boolean;
  readonly #remembersMs: number;

  /**
   * What is not the default is for broken designs only.
   *
   * @param appliesOnce false: a report that arrives twice counts twice @param remembersMs a report, after its last instant
   */
  constructor(rules: Rules = transition, appliesOnce = true, remembersMs: number = REPORT_REMEMBERED_MS) {
    this.#rules = rules;
    this.#appliesOnce = appliesOnce;
    this.#remembersMs = remembersMs;
  }

  apply(name: string, command: StoreCommand, policy: RecordPolicy, by: string, nowMs: number): StoreOperation {
    const before = this.#records.get(name) ?? NO_RECORD;
    const { facts: after, reply } = this.#isRepeated(command, nowMs)
      ? { facts: before, reply: { code: "noop" as const } }
      : this.#rules(before, eventOf(command, policy.windowMs, by, nowMs), policy, nowMs);
    if (after !== before) this.#records.set(name, after);
    if (after.version !== before.version || after.incarnation !== before.incarnation) this.#changed(name);
    return { by, name, command, before, after, answer: { reply, facts: after, nowMs }, atMs: nowMs };
  }

  read(names: readonly string[]): ReadonlyMap<string, Facts> {
    const found = new Map<string, Facts>();
    for (const name of names) {
      const facts = this.#records.get(name);
      if (facts !== undefined) found.set(name, facts);
    }
    return found;
  }

  changes(cursor: string | null): StoreChanges {
    const now = `${this.#life}:${this.#sequence}`;
    if (cursor === null) return { names: [], cursor: now, complete: true };
    const [life, sequence] = cursor.split(":");
    const since = Number(sequence);
    // A cursor from another life of the log, or from ahead, was given before the store lost something.
    const isKnown = life === String(this.#life) && since <= this.#sequence;
    const complete = isKnown && this.#sequence - since <= LOG_LENGTH;
    const names = complete ? [...this.#changes].filter(([, at]) => at > since).map(([name]) => name) : [];
    return { names, cursor: now, complete };
  }

  get records(): ReadonlyMap<string, Facts> {
    return this.#records;
  }

  /** Everything is lost. */
  wipe(): void {
    this.restore({ records: new Map(), changes: new Map(), life: ++this.#lives, sequence: 0 });
  }

  image(): StoreImage {
    return {
      records: new Map(this.#records),
      changes: new Map(this.#changes),
      life: this.#life,
      sequence: this.#sequence,
    };
  }

  restore({ records, changes, life, sequence }: StoreImage): void {
    this.#life = life;
    this.#records = new Map(records);
    this.#changes = new Map(changes);
    this.#sequence = sequence;
  }

  #isRepeated(command: StoreCommand, nowMs: number): boolean {
    if (command.type !== "report" || !this.#appliesOnce) return false;
    for (const [id, untilMs] of this.#seen) if (untilMs < nowMs) this.#seen.delete(id);
    if (this.#seen.has(command.id)) return true;
    this.#seen.set(command.id, command.notAfterMs + this.#remembersMs);
    return false;
  }

  #changed(name: string): void {
    this.#changes.delete(name);
    this.#changes.set(name, ++this.#sequence);
    if (this.#changes.size > LOG_LENGTH) this.#changes.delete(this.#changes.keys().next().value as string);
  }
}
