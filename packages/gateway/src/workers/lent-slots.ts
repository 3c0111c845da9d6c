/**
 * A client's slots in one worker: those that its parent has lent it. It keeps what it has been lent until another worker needs it,
 * so that most requests ask nobody.
 */
import type { ClientSlots } from "../http/client-slots.ts";

export class LentSlots implements ClientSlots {
  readonly #borrow: () => Promise<number>;
  #lent = 0;
  #taken = 0;

  /** @param borrow asks the parent for slots; resolves with how many were lent, 0: none is free */
  constructor(borrow: () => Promise<number>) {
    this.#borrow = borrow;
  }

  take(): boolean {
    if (this.#taken >= this.#lent) return false;
    this.#taken++;
    return true;
  }

  async takeElsewhere(): Promise<boolean> {
    // First the answer: what is lent may have changed while it was waited for.
    const more = await this.#borrow();
    this.#lent += more;
    // Also one that was given back here meanwhile.
    return this.take();
  }

  giveBack(): void {
    this.#taken--;
  }

  /** Gives the parent what nobody has taken. @returns how many */
  release(): number {
    const free = this.#lent - this.#taken;
    this.#lent = this.#taken;
    return free;
  }
}
