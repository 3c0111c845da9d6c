/**
 * How many calls one target, or one client, has at a time. Who gets no slot goes elsewhere at once; only where there is nowhere
 * else to go is a slot waited for.
 */

export class Slots {
  readonly #most: number;
  // In the order in which they came; called with a slot in hand.
  readonly #waiting = new Set<(slots: Slots) => void>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  /** False when there is none; each that was taken is given back once. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#taken--;
    else next(this); // the slot is handed on
  }

  /** No more than one for each slot: who comes later would wait in vain. */
  enter(waiter: (slots: Slots) => void): void {
    if (this.#waiting.size < this.#most) this.#waiting.add(waiter);
  }

  leave(waiter: (slots: Slots) => void): void {
    this.#waiting.delete(waiter);
  }
}

/** The first of these that has a slot, taken; null when none had one within `withinMs`, or the signal aborted. */
export function firstFree(all: readonly Slots[], withinMs: number, signal: AbortSignal): Promise<Slots | null> {
  const free = signal.aborted ? undefined : all.find((slots) => slots.take());
  if (free !== undefined || signal.aborted) return Promise.resolve(free ?? null);
  return new Promise((resolve) => {
    const end = (slots: Slots | null): void => {
      clearTimeout(late);
      signal.removeEventListener("abort", leave);
      for (const one of all) one.leave(end);
      resolve(slots);
    };
    const leave = (): void => end(null);
    const late = setTimeout(leave, withinMs);
    signal.addEventListener("abort", leave);
    for (const one of all) one.enter(end);
  });
}
