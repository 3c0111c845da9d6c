/**
 * The calls of a record that have shown nothing yet, in the order they began; the silent ones stand in front of the
 * young. Every operation is O(1) (a span's, over its life), so the closed path can afford it.
 *
 * It also knows how many of the young began within a span of calls, a streak's from its first failed call to its latest,
 * and which failures are a run: no young call began between them.
 */
import { type Failed, FailureRun } from "./failure-run.ts";
import type { Policy } from "./policy.ts";
import { QUIET_SILENT, QUIET_YOUNG, SHOWN, type Ticket, UNCOUNTED } from "./ticket.ts";
import { BUCKETS } from "./window.ts";

/** For how long a quiet call is young, in milliseconds. */
export function youngFor({ silenceMs, windowMs }: Policy): number {
  if (silenceMs !== false) return silenceMs;
  // Nine tenths of the window: so long it stands in it whichever part of a bucket it began in.
  return windowMs === null ? 30_000 : windowMs * (1 - 1 / BUCKETS);
}

// A fleet whose replicas have one failure each learns from so many calls before each how many did not fail.
const MOST_BEFORE = 4;

// So many young calls outweigh three thousand failures: beyond them a span is no longer counted until it is forgotten,
// so that streaks that end and begin again do not walk over ten thousand calls each.
const MOST_BESIDE = 1_000;
const TOO_MANY = 1_000_000;

export class QuietList {
  /** Calls that are quiet but have not been so for long: they stand in the rate's denominator. */
  young = 0;
  /** Calls that have left the list with their content begun and go on. */
  shown = 0;
  firstYoung: Ticket | null = null;
  /** Those of the young that began within the span. */
  beside = 0;
  /** The run that the latest failure is part of; null when a success came since. */
  run: FailureRun | null = null;
  // A young ticket has the run behind it; this is the one in front of them all.
  #front: FailureRun | null = null;
  #round = 0;
  #succeeded = -1;
  // The span's ends are marks; empty while the last is before the first.
  #first = 0;
  #last = -1;
  #head: Ticket | null = null;
  #tail: Ticket | null = null;

  get isEmpty(): boolean {
    return this.#head === null;
  }

  add(ticket: Ticket): void {
    ticket.phase = QUIET_YOUNG;
    ticket.before = this.#tail;
    if (this.#tail === null) this.#head = ticket;
    else this.#tail.after = ticket;
    this.#tail = ticket;
    this.firstYoung ??= ticket;
    this.young++;
  }

  /** Takes a quiet ticket out; its phase becomes `phase`. */
  remove(ticket: Ticket, phase: number): void {
    if (ticket.phase === QUIET_YOUNG) {
      this.#noLongerYoung(ticket);
      if (this.firstYoung === ticket) this.firstYoung = ticket.after;
    }
    if (ticket.before === null) this.#head = ticket.after;
    else ticket.before.after = ticket.after;
    if (ticket.after === null) this.#tail = ticket.before;
    else ticket.after.before = ticket.before;
    ticket.before = ticket.after = null;
    ticket.phase = phase;
  }

  /** A call shows its first content and goes on. */
  show(ticket: Ticket): void {
    this.remove(ticket, SHOWN);
    this.shown++;
  }

  /** A call is over, quiet or not. */
  end(ticket: Ticket): void {
    if (ticket.phase === QUIET_YOUNG || ticket.phase === QUIET_SILENT) this.remove(ticket, UNCOUNTED);
    else if (ticket.phase === SHOWN) this.shown--;
    ticket.phase = UNCOUNTED;
  }

  /** The oldest young ticket turns silent. */
  silence(ticket: Ticket): void {
    this.#noLongerYoung(ticket);
    ticket.phase = QUIET_SILENT;
    this.firstYoung = ticket.after;
  }

  /** Starts a new span, empty. */
  forgetSpan(): void {
    this.#last = -1;
    this.#first = this.beside = 0;
  }

  /**
   * Takes a quiet call into the span, and with it all that began between. A span only grows, so each call is walked over
   * once in its life; and no more than MOST_BESIDE of those that were young before it.
   */
  widenSpan(ticket: Ticket): void {
    const { mark } = ticket;
    if (this.#last < this.#first) {
      this.#first = mark;
      this.#last = mark - 1;
    }
    // The silent stand in front of the young: nothing is to be counted among them.
    const young = ticket.phase === QUIET_YOUNG;
    for (let one: Ticket | null = young ? ticket : null; one?.phase === QUIET_YOUNG; one = one.before)
      if (one.mark <= this.#last || !this.#isCounted()) break;
    for (let one: Ticket | null = young ? ticket : this.firstYoung; one !== null; one = one.after)
      if (one.mark >= this.#first || !this.#isCounted()) break;
    this.#first = Math.min(this.#first, mark);
    this.#last = Math.max(this.#last, mark);
  }

  /** When the latest few young calls began that came before a quiet one, and after the latest begun that succeeded. */
  before(ticket: Ticket): readonly number[] {
    const began: number[] = [];
    for (let one = ticket.before; one !== null && one.mark > this.#succeeded; one = one.before) {
      if (began.length === MOST_BEFORE) break;
      if (one.phase !== QUIET_YOUNG) break;
      began.push(one.startedAtMs);
    }
    return began;
  }

  /** A quiet call succeeds, and still stands where it began: no run that has a call from before it goes on. */
  succeeded({ mark }: Ticket): void {
    this.#succeeded = Math.max(this.#succeeded, mark);
    this.run = null;
  }

  /** A quiet call fails, and still stands where it began. */
  joinRun(ticket: Ticket, failure: Failed): void {
    this.run = this.#runAfter(ticket.before);
    if (this.run === null) this.#putAfter(ticket.before, (this.run = new FailureRun(failure, this.#round)));
    else this.run.add(failure);
  }

  /** All failures have left the window. */
  forgetRuns(): void {
    this.#round++;
    this.run = null;
  }

  // One that has a call from before a success is over.
  #runAfter(ticket: Ticket | null): FailureRun | null {
    const run = ticket?.phase === QUIET_YOUNG ? ticket.failures : this.#front;
    return run !== null && run.round === this.#round && run.firstCall > this.#succeeded ? run : null;
  }

  #putAfter(ticket: Ticket | null, run: FailureRun): void {
    if (ticket?.phase === QUIET_YOUNG) ticket.failures = run;
    else this.#front = run;
  }

  // Nothing stands any more between the failures behind it and those before it.
  #joinRuns(ticket: Ticket): void {
    const behind = this.#runAfter(ticket);
    ticket.failures = null;
    if (behind === null) return;
    const before = this.#runAfter(ticket.before);
    if (before === null) return this.#putAfter(ticket.before, behind);
    before.join(behind);
    if (this.run === behind) this.run = before;
  }

  // One more beside; false once nobody counts any more.
  #isCounted(): boolean {
    if (this.beside < MOST_BESIDE) this.beside++;
    else this.beside = TOO_MANY;
    return this.beside < TOO_MANY;
  }

  #noLongerYoung(ticket: Ticket): void {
    const { mark, failures } = ticket;
    if (failures !== null) this.#joinRuns(ticket);
    this.young--;
    if (mark <= this.#last && mark >= this.#first && this.beside < TOO_MANY) this.beside--;
  }

  /** Empties the list: nothing these calls do counts any more. Returns them, oldest first. */
  drop(): Ticket[] {
    const dropped: Ticket[] = [];
    for (let ticket = this.#head; ticket !== null;) {
      const next: Ticket | null = ticket.after;
      ticket.before = ticket.after = ticket.failures = null;
      ticket.phase = UNCOUNTED;
      dropped.push(ticket);
      ticket = next;
    }
    this.#head = this.#tail = this.firstYoung = null;
    this.#front = this.run = null;
    this.young = this.beside = 0;
    return dropped;
  }
}
