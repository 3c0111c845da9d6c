/** The events that wait, earliest first. */

/** Whose code an event runs. */
export interface Owner {
  readonly name: string;
  readonly state: "running" | "paused" | "crashed";
  /** Runs it now, later or never, as its state is. */
  deliver(run: () => void): void;
}

/** One event: its own handle. */
export class ScheduledEvent {
  readonly dueMs: number;
  /** Orders events of one instant. */
  readonly order: number;
  readonly owner: Owner | null;
  /** Null once it fired or was cancelled. */
  run: (() => void) | null;
  /** The heap it waits in; null once it came up. */
  heap: EventHeap | null;

  constructor(heap: EventHeap, dueMs: number, order: number, run: () => void, owner: Owner | null) {
    this.heap = heap;
    this.dueMs = dueMs;
    this.order = order;
    this.run = run;
    this.owner = owner;
  }

  /** Takes it back; nothing happens if it has fired. */
  cancel(): void {
    if (this.run === null) return;
    this.run = null;
    this.heap?.cancelled();
  }

  fire(): void {
    const { run } = this;
    this.run = null;
    run?.();
  }
}

// Fewer cancelled events than this are not worth a pass over the heap.
const FEW = 64;

/**
 * A heap by (due, order), four children to a node. What is compared lies in arrays of numbers apart from the events: with
 * hundreds of thousands of events a comparison that follows a pointer is a miss of the processor's cache.
 *
 * A cancelled event stays until it comes up, or until most of the heap is cancelled.
 */
export class EventHeap {
  #events: ScheduledEvent[] = [];
  #dues: Float64Array = new Float64Array(FEW);
  #orders: Float64Array = new Float64Array(FEW);
  #cancelled = 0;

  /** Events that are not cancelled. */
  get size(): number {
    return this.#events.length - this.#cancelled;
  }

  push(event: ScheduledEvent): void {
    const at = this.#events.push(event) - 1;
    if (at === this.#dues.length) this.#grow();
    this.#rise(event, at);
  }

  /** Takes the earliest event out that is due by `untilMs`; null without one. */
  pop(untilMs: number): ScheduledEvent | null {
    for (;;) {
      const first = this.#events[0];
      if (first === undefined || first.dueMs > untilMs) return null;
      const last = this.#events.pop() as ScheduledEvent;
      if (last !== first) this.#sink(last, 0);
      first.heap = null;
      if (first.run !== null) return first;
      this.#cancelled--;
    }
  }

  cancelled(): void {
    this.#cancelled++;
    if (this.#cancelled > FEW && this.#cancelled > this.#events.length / 2) this.#compact();
  }

  #compact(): void {
    this.#events = this.#events.filter((event) => event.run !== null);
    this.#cancelled = 0;
    for (const [at, event] of this.#events.entries()) this.#rise(event, at);
  }

  #grow(): void {
    const [dues, orders] = [this.#dues, this.#orders];
    this.#dues = new Float64Array(2 * dues.length);
    this.#orders = new Float64Array(2 * dues.length);
    this.#dues.set(dues);
    this.#orders.set(orders);
  }

  #rise(event: ScheduledEvent, from: number): void {
    const [events, dues, orders] = [this.#events, this.#dues, this.#orders];
    const { dueMs, order } = event;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 2;
      const due = dues[above] as number;
      if (due < dueMs || (due === dueMs && (orders[above] as number) <= order)) break;
      events[at] = events[above] as ScheduledEvent;
      dues[at] = due;
      orders[at] = orders[above] as number;
      at = above;
    }
    events[at] = event;
    dues[at] = dueMs;
    orders[at] = order;
  }

  #sink(event: ScheduledEvent, from: number): void {
    const [events, dues, orders] = [this.#events, this.#dues, this.#orders];
    const { length } = events;
    const { dueMs, order } = event;
    let at = from;
    for (let child = 4 * at + 1; child < length; child = 4 * at + 1) {
      let least = child;
      const end = Math.min(child + 4, length);
      for (let other = child + 1; other < end; other++) {
        const [one, two] = [dues[other] as number, dues[least] as number];
        if (one < two || (one === two && (orders[other] as number) < (orders[least] as number))) least = other;
      }
      const due = dues[least] as number;
      if (due > dueMs || (due === dueMs && (orders[least] as number) >= order)) break;
      events[at] = events[least] as ScheduledEvent;
      dues[at] = due;
      orders[at] = orders[least] as number;
      at = least;
    }
    events[at] = event;
    dues[at] = dueMs;
    orders[at] = order;
  }
}
