/** The events that wait, earliest first. */

/** Whose code an event runs. */
export interface Owner {
  readonly name: string;
  readonly state: "running" | "paused" | "crashed";
  /** Takes an event that came due while it is paused, to fire it later. */
  hold(event: ScheduledEvent): void;
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

/** A binary heap by (due, order). A cancelled event stays until it comes up or most of the heap is cancelled. */
export class EventHeap {
  #events: ScheduledEvent[] = [];
  #cancelled = 0;

  /** Events that are not cancelled. */
  get size(): number {
    return this.#events.length - this.#cancelled;
  }

  push(event: ScheduledEvent): void {
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = events[above] as ScheduledEvent;
      if (!isBefore(event, parent)) break;
      events[at] = parent;
      at = above;
    }
    events[at] = event;
  }

  /** Takes the earliest event out that is due by `untilMs`; null without one. */
  pop(untilMs: number): ScheduledEvent | null {
    for (;;) {
      const first = this.#events[0];
      if (first === undefined || first.dueMs > untilMs) return null;
      this.#removeFirst();
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
    const live = this.#events.filter((event) => event.run !== null);
    this.#events = live;
    this.#cancelled = 0;
    for (let at = (live.length >> 1) - 1; at >= 0; at--) this.#sink(live[at] as ScheduledEvent, at);
  }

  #removeFirst(): void {
    const last = this.#events.pop() as ScheduledEvent;
    if (this.#events.length > 0) this.#sink(last, 0);
  }

  #sink(event: ScheduledEvent, from: number): void {
    const events = this.#events;
    const { length } = events;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      let child = events[below] as ScheduledEvent;
      const right = events[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below++;
      }
      if (!isBefore(child, event)) break;
      events[at] = child;
      at = below;
    }
    events[at] = event;
  }
}

function isBefore(one: ScheduledEvent, other: ScheduledEvent): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
