/**
 * Deadlines for any number of calls on one timer. Calls of one duration form a queue, first in first out, so setting and
 * clearing a deadline is O(1); a heap orders the queues, of which there are as many as there are different durations
 * (the same structure as Node's own timers; built again here because a `Clock` has only `sleep`).
 */
import { type Alarm, type Clock, createAlarm } from "./clock.ts";

export class Deadline {
  readonly onDue: (nowMs: number) => void;
  /** Whether the process is kept alive for it: true for what a caller waits for. */
  readonly keepsAlive: boolean;
  dueMs = 0;
  queue: Queue | null = null;
  before: Deadline | null = null;
  after: Deadline | null = null;

  /** @param onDue must not throw */
  constructor(onDue: (nowMs: number) => void, keepsAlive = true) {
    this.onDue = onDue;
    this.keepsAlive = keepsAlive;
  }
}

class Queue {
  readonly durationMs: number;
  head: Deadline | null = null;
  tail: Deadline | null = null;
  /** When the heap looks at this queue; its head may be due later by then. */
  lookMs: number;

  constructor(durationMs: number, lookMs: number) {
    this.durationMs = durationMs;
    this.lookMs = lookMs;
  }
}

// Fewer empty queues than this are not worth a look.
const MOST_EMPTIED = 1_000;

export class Deadlines {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #queues = new Map<number, Queue>();
  readonly #heap: Queue[] = [];
  #alarmMs = Infinity;
  #keeping = 0;
  #emptied = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#alarm = createAlarm(clock, () => this.#ring());
  }

  /** Sets a deadline `durationMs` from now, instead of the one it had. */
  set(deadline: Deadline, durationMs: number, nowMs: number): void {
    this.clear(deadline);
    deadline.dueMs = nowMs + durationMs;
    let queue = this.#queues.get(durationMs);
    if (queue === undefined) {
      queue = new Queue(durationMs, deadline.dueMs);
      this.#queues.set(durationMs, queue);
      this.#push(queue);
    }
    deadline.queue = queue;
    deadline.before = queue.tail;
    if (queue.tail === null) queue.head = deadline;
    else queue.tail.after = deadline;
    queue.tail = deadline;
    if (deadline.keepsAlive && this.#keeping++ === 0) this.#alarm.keepAlive(true);
    if (queue.lookMs < this.#alarmMs) this.#arm(queue.lookMs, nowMs);
  }

  /** Takes a deadline back; nothing happens if none is set. */
  clear(deadline: Deadline): void {
    const { queue } = deadline;
    if (queue === null) return;
    if (deadline.before === null) queue.head = deadline.after;
    else deadline.before.after = deadline.after;
    if (deadline.after === null) queue.tail = deadline.before;
    else deadline.after.before = deadline.before;
    deadline.queue = deadline.before = deadline.after = null;
    if (queue.head === null && ++this.#emptied > MOST_EMPTIED && this.#emptied > this.#heap.length / 2) this.#compact();
    if (deadline.keepsAlive && --this.#keeping === 0) this.#alarm.keepAlive(false);
  }

  #arm(atMs: number, nowMs: number): void {
    this.#alarmMs = atMs;
    this.#alarm.set(atMs - nowMs);
  }

  #ring(): void {
    this.#alarmMs = Infinity;
    const nowMs = this.#clock.now();
    for (let queue = this.#heap[0]; queue !== undefined && queue.lookMs <= nowMs; queue = this.#heap[0]) {
      // Out of the heap while its callbacks run: they may set deadlines, which moves the heap.
      this.#pop();
      for (let due = queue.head; due !== null && due.dueMs <= nowMs; due = queue.head) {
        this.clear(due);
        due.onDue(nowMs);
      }
      if (queue.head === null) {
        this.#queues.delete(queue.durationMs);
      } else {
        queue.lookMs = queue.head.dueMs;
        this.#push(queue);
      }
    }
    const next = this.#heap[0];
    // A callback may have armed it already, for something earlier.
    if (next !== undefined && next.lookMs < this.#alarmMs) this.#arm(next.lookMs, nowMs);
  }

  // Queues wait empty for their next call until the heap looks at them. Where every duration is another one, none comes.
  #compact(): void {
    this.#emptied = 0;
    const kept = this.#heap.splice(0).filter((queue) => queue.head !== null);
    this.#queues.clear();
    for (const queue of kept) {
      this.#queues.set(queue.durationMs, queue);
      this.#push(queue);
    }
  }

  #push(queue: Queue): void {
    const heap = this.#heap;
    let at = heap.push(queue) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Queue).lookMs <= queue.lookMs) break;
      heap[at] = heap[parent] as Queue;
      at = parent;
    }
    heap[at] = queue;
  }

  #pop(): void {
    const last = this.#heap.pop() as Queue;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const queue = heap[from] as Queue;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Queue).lookMs < (heap[child] as Queue).lookMs) child++;
      if ((heap[child] as Queue).lookMs >= queue.lookMs) break;
      heap[at] = heap[child] as Queue;
      at = child;
    }
    heap[at] = queue;
  }
}

// One per clock, not per breaker: there is one timer for all deadlines of a process.
const byClock = new WeakMap<Clock, Deadlines>();

/** The deadlines of a clock. */
export function deadlinesOf(clock: Clock): Deadlines {
  let deadlines = byClock.get(clock);
  if (deadlines === undefined) {
    deadlines = new Deadlines(clock);
    byClock.set(clock, deadlines);
  }
  return deadlines;
}

/** Resolves when something has settled, and in `ms` at the latest. */
export function orSoon(settles: Promise<void>, ms: number, clock: Clock): Promise<void> {
  const deadlines = deadlinesOf(clock);
  return new Promise((resolve) => {
    const deadline = new Deadline(() => resolve());
    deadlines.set(deadline, ms, clock.now());
    void settles.finally(() => {
      deadlines.clear(deadline);
      resolve();
    });
  });
}
