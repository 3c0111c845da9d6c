/**
 * The calls of a record that have shown nothing yet, in the order they began; the silent ones stand in front of the
 * young. Every operation is O(1), so the closed path can afford it.
 */
import type { Policy } from "./policy.ts";
import { QUIET_SILENT, QUIET_YOUNG, SHOWN, type Ticket, UNCOUNTED } from "./ticket.ts";

export class QuietList {
  /** Calls that are quiet but have not been so for long: they stand in the rate's denominator. */
  young = 0;
  /** Calls that have left the list with their content begun and go on. */
  shown = 0;
  firstYoung: Ticket | null = null;
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
      this.young--;
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
    ticket.phase = QUIET_SILENT;
    this.firstYoung = ticket.after;
    this.young--;
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
    this.young = 0;
    return dropped;
  }
}

/** How long a call is young while it shows nothing, milliseconds. */
export function youngFor(policy: Pick<Policy, "silenceMs" | "windowMs">): number {
  if (policy.silenceMs !== false) return policy.silenceMs;
  return policy.windowMs ?? 30_000;
}
