/**
 * The calls of a record that have shown nothing yet, in the order they began; the silent ones stand in front of the
 * young. Every operation is O(1) (on average over a call's life), so the closed path can afford it.
 *
 * It also knows how many of the young stand beside a streak: those that began after the latest begun call that succeeded
 * and before the latest begun that failed.
 */
import type { Policy } from "./policy.ts";
import { QUIET_SILENT, QUIET_YOUNG, type Ticket, UNCOUNTED } from "./ticket.ts";
import { BUCKETS } from "./window.ts";

/** For how long a quiet call is young, in milliseconds. */
export function youngFor({ silenceMs, windowMs }: Policy): number {
  if (silenceMs !== false) return silenceMs;
  // Nine tenths of the window: so long it stands in it whichever part of a bucket it began in.
  return windowMs === null ? 30_000 : windowMs * (1 - 1 / BUCKETS);
}

export class QuietList {
  /** Calls that are quiet but have not been so for long: they stand in the rate's denominator. */
  young = 0;
  firstYoung: Ticket | null = null;
  /** Those of the young that stand beside the streak. */
  beside = 0;
  // Both are marks: of the latest begun call that succeeded, and that failed.
  #succeeded = -1;
  #failed = -1;
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

  /** The oldest young ticket turns silent. */
  silence(ticket: Ticket): void {
    ticket.phase = QUIET_SILENT;
    this.firstYoung = ticket.after;
    this.#noLongerYoung(ticket);
  }

  /** A call succeeds, and is still here if it was quiet: what began before it stands beside no streak. Each is walked over once. */
  succeeded(ticket: Ticket): void {
    if (ticket.mark <= this.#succeeded) return;
    if (this.beside > 0) {
      for (let one: Ticket | null = ticket; one !== null && one.mark > this.#succeeded; one = one.before)
        if (one.phase === QUIET_YOUNG && one.mark <= this.#failed) this.beside--;
    }
    this.#succeeded = ticket.mark;
  }

  /** A call fails, and is still here if it was quiet: what began before it stands beside the streak. Each is walked over once. */
  failed(ticket: Ticket): void {
    const past = Math.max(this.#failed, this.#succeeded);
    for (let one: Ticket | null = ticket; one !== null && one.mark > past; one = one.before)
      if (one.phase === QUIET_YOUNG) this.beside++;
    this.#failed = Math.max(this.#failed, ticket.mark);
  }

  #noLongerYoung({ mark }: Ticket): void {
    this.young--;
    if (mark <= this.#failed && mark > this.#succeeded) this.beside--;
  }

  /** Empties the list: nothing these calls do counts any more. Returns them, oldest first. */
  drop(): Ticket[] {
    const dropped: Ticket[] = [];
    for (let ticket = this.#head; ticket !== null;) {
      const next: Ticket | null = ticket.after;
      ticket.before = ticket.after = null;
      ticket.phase = UNCOUNTED;
      dropped.push(ticket);
      ticket = next;
    }
    this.#head = this.#tail = this.firstYoung = null;
    this.young = this.beside = 0;
    return dropped;
  }
}
