/**
 * The callers of one record who wait for their turn in this process. Whoever waits holds nothing: no slot, no permit, no
 * place in a window. The queue moves when a call ends, when something happens to a record, and when a time is due that was
 * waited for; each time the first of each priority is judged again, as if it came anew (docs/decisions/0028).
 */
import { offAbort, onAbort } from "./abort-listeners.ts";
import { Deadline, type Deadlines } from "./deadlines.ts";
import type { RejectReason, OwnShedReason } from "./errors.ts";
import type { Priority } from "./priority.ts";

export type WaitReason = RejectReason | OwnShedReason;

/** What a queue asks of a breaker whose callers wait in it. */
export interface Door {
  /** What stands in the way of a waiting call; null when it may be made. */
  standsInTheWay(priority: Priority, nowMs: number): WaitReason | null;
  /** Whether that is worth waiting for, for so long and behind so many. */
  mayWait(reason: WaitReason, priority: Priority, forMs: number, ahead: number, nowMs: number): boolean;
  /** How long until it is worth looking again though nothing happens; Infinity where only an event can help. */
  lookAgainMs(reason: WaitReason, priority: Priority, nowMs: number): number;
}

/** What becomes of a wait. Called once, when nothing is held any more; may not throw. */
export interface WaitEnd {
  /** Takes a place for the call. False: there is none after all, since it would be a probe that cannot be had. */
  enter(nowMs: number): boolean;
  rejected(reason: WaitReason, nowMs: number): void;
  /** Its time is over. */
  expired(nowMs: number): void;
  aborted(): void;
}

export class Waiter {
  readonly door: Door;
  readonly priority: Priority;
  /** What stands in its way, as of the last look. */
  reason: WaitReason;
  readonly #end: WaitEnd;
  readonly #signal: AbortSignal | undefined;
  readonly #forMs: number;
  #sinceMs = 0;
  // Somebody waits for it, so it keeps the process alive.
  readonly #due: Deadline = new Deadline((nowMs) => this.#ends(() => this.#end.expired(nowMs)));
  readonly #onAbort = (): void => this.leave();
  #queue: WaitQueue | null = null;

  /** @param signal not aborted yet */
  constructor(
    door: Door,
    wish: { readonly priority: Priority; readonly forMs: number; readonly signal: AbortSignal | undefined },
    reason: WaitReason,
    end: WaitEnd,
  ) {
    this.door = door;
    this.priority = wish.priority;
    this.#forMs = wish.forMs;
    this.#signal = wish.signal;
    this.reason = reason;
    this.#end = end;
  }

  begin(queue: WaitQueue, deadlines: Deadlines, nowMs: number): void {
    this.#queue = queue;
    this.#sinceMs = nowMs;
    if (this.#signal !== undefined) onAbort(this.#signal, this.#onAbort);
    deadlines.set(this.#due, this.#forMs, nowMs);
  }

  /** Its caller gives up. */
  leave(): void {
    this.#ends(() => this.#end.aborted());
  }

  reject(reason: WaitReason, nowMs: number): void {
    this.#ends(() => this.#end.rejected(reason, nowMs));
  }

  /** Goes on if it may. False when it must wait further. */
  look(nowMs: number): boolean {
    const { door, priority } = this;
    const reason = door.standsInTheWay(priority, nowMs);
    if (reason === null) {
      this.#ends(() => {
        if (!this.#end.enter(nowMs)) this.#end.rejected("probing", nowMs);
      });
      return true;
    }
    this.reason = reason;
    if (door.mayWait(reason, priority, this.#sinceMs + this.#forMs - nowMs, 0, nowMs)) return false;
    this.reject(reason, nowMs);
    return true;
  }

  // The first end counts. It is out of the queue before anybody hears of it.
  #ends(tell: () => void): void {
    const queue = this.#queue;
    if (queue === null) return;
    this.#queue = null;
    queue.remove(this);
    queue.deadlines.clear(this.#due);
    if (this.#signal !== undefined) offAbort(this.#signal, this.#onAbort);
    tell();
  }
}

/** Whose queue it is: it has one only while somebody waits. */
export interface QueueOwner {
  waiting: WaitQueue | null;
}

export class WaitQueue {
  readonly deadlines: Deadlines;
  readonly #owner: QueueOwner;
  // In the order they came.
  readonly #interactive = new Set<Waiter>();
  readonly #batch = new Set<Waiter>();
  // How many wait at each door: where there is one, the first who must wait speaks for all behind.
  readonly #doors = new Map<Door, number>();
  readonly #again: Deadline = new Deadline((nowMs) => this.look(nowMs), false);
  #isLooking = false;
  #mustLookAgain = false;

  constructor(owner: QueueOwner, deadlines: Deadlines) {
    this.#owner = owner;
    this.deadlines = deadlines;
  }

  get size(): number {
    return this.#interactive.size + this.#batch.size;
  }

  count(priority: Priority): number {
    return this.#of(priority).size;
  }

  /** How many come before a new one of that priority. */
  before(priority: Priority): number {
    return priority === "batch" ? this.size : this.#interactive.size;
  }

  /** What the first at a door waits for who comes before a new one; null when nobody does. */
  ahead(door: Door, priority: Priority): WaitReason | null {
    if (!this.#doors.has(door)) return null;
    for (const waiter of this.#interactive) if (waiter.door === door) return waiter.reason;
    if (priority === "batch") for (const waiter of this.#batch) if (waiter.door === door) return waiter.reason;
    return null;
  }

  join(waiter: Waiter, nowMs: number): void {
    this.#of(waiter.priority).add(waiter);
    this.#doors.set(waiter.door, (this.#doors.get(waiter.door) ?? 0) + 1);
    this.#owner.waiting = this;
    waiter.begin(this, this.deadlines, nowMs);
  }

  remove(waiter: Waiter): void {
    this.#of(waiter.priority).delete(waiter);
    const left = (this.#doors.get(waiter.door) ?? 0) - 1;
    if (left > 0) this.#doors.set(waiter.door, left);
    else this.#doors.delete(waiter.door);
    if (this.size > 0) return;
    this.deadlines.clear(this.#again);
    if (this.#owner.waiting === this) this.#owner.waiting = null;
  }

  /** Rejects the batch call that came last, for an interactive one. False when there is none. */
  evict(nowMs: number): boolean {
    const youngest = [...this.#batch].at(-1);
    youngest?.reject("queue-evicted", nowMs);
    return youngest !== undefined;
  }

  /** Rejects whoever waits at a door that is closed for good. */
  close(door: Door, nowMs: number): void {
    for (const waiters of [this.#interactive, this.#batch])
      for (const waiter of waiters) if (waiter.door === door) waiter.reject("queue-closed", nowMs);
  }

  /** Lets go on, in their order, all who may; rejects those for whom waiting has become pointless. */
  look(nowMs: number): void {
    // What a look sets off (a listener that makes a call, a claim that is given back) may ask for another.
    this.#mustLookAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#mustLookAgain) {
        this.#mustLookAgain = false;
        this.#pass(nowMs);
      }
    } finally {
      this.#isLooking = false;
    }
    this.#schedule(nowMs);
  }

  // What an interactive call waits for, a batch call at the same door waits for as well.
  #pass(nowMs: number): void {
    const stuck = new Set<Door>();
    for (const waiters of [this.#interactive, this.#batch]) {
      for (const waiter of waiters) {
        if (stuck.has(waiter.door) || waiter.look(nowMs)) continue;
        stuck.add(waiter.door);
        if (stuck.size === this.#doors.size) return;
      }
    }
  }

  // Nothing need happen for a pace, a ramp or a hold to let the next one through.
  #schedule(nowMs: number): void {
    if (this.size === 0) return;
    let afterMs = Infinity;
    const asked = new Set<Door>();
    for (const waiters of [this.#interactive, this.#batch]) {
      for (const { door, reason, priority } of waiters) {
        if (asked.has(door)) continue;
        afterMs = Math.min(afterMs, door.lookAgainMs(reason, priority, nowMs));
        if (asked.add(door).size === this.#doors.size) break;
      }
    }
    if (afterMs === Infinity) this.deadlines.clear(this.#again);
    else this.deadlines.set(this.#again, afterMs, nowMs);
  }

  #of(priority: Priority): Set<Waiter> {
    return priority === "batch" ? this.#batch : this.#interactive;
  }
}
