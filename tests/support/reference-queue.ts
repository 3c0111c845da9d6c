/**
 * Slots and their queue written a second time, naively: lists that are sorted and searched, and a status for each caller. It
 * shares no line with the library.
 */

export interface QueueRules {
  readonly slots: number;
  /** Slots that a batch call may take the last of. */
  readonly batchSlots: number;
  readonly size: number;
  readonly maxWaitMs: number;
}

export interface Caller {
  readonly id: number;
  readonly isBatch: boolean;
  readonly timeoutMs: number | null;
  readonly cameMs: number;
}

export class ReferenceQueue {
  nowMs = 0;
  isOpen = false;
  readonly statuses = new Map<number, string>();
  readonly #rules: QueueRules;
  #served: Caller[] = [];
  #waiting: Caller[] = [];

  constructor(rules: QueueRules) {
    this.#rules = rules;
  }

  get served(): readonly number[] {
    return this.#served.map(({ id }) => id);
  }

  waiting(isBatch: boolean): readonly number[] {
    return this.#waiting.filter((caller) => caller.isBatch === isBatch).map(({ id }) => id);
  }

  come(caller: Caller): void {
    const { size } = this.#rules;
    if (this.isOpen) return this.#say(caller, "override");
    this.#waiting.push(caller);
    this.#serve();
    if (this.#waiting.length <= size) return;
    const youngest = caller.isBatch ? caller : this.#waiting.findLast(({ isBatch }) => isBatch);
    if (youngest === undefined || youngest === caller) this.#drop(caller, "queue-full");
    else this.#drop(youngest, "queue-evicted");
  }

  /** The call is over. */
  end(id: number, how: string): void {
    const call = this.#served.find((each) => each.id === id);
    if (call === undefined) return;
    this.#served = this.#served.filter((each) => each !== call);
    this.#say(call, how);
    this.#serve();
  }

  abort(id: number): void {
    const caller = this.#waiting.find((each) => each.id === id);
    if (caller !== undefined) this.#drop(caller, "aborted");
    else this.end(id, "aborted");
  }

  open(): void {
    this.isOpen = true;
    for (const caller of this.#waiting) this.#drop(caller, "override");
  }

  close(): void {
    this.isOpen = false;
  }

  /** To that instant, through everything that is due before. */
  moveTo(untilMs: number): void {
    for (;;) {
      const due = [
        ...this.#waiting.map((caller) => this.#dueOfWaiting(caller)),
        ...this.#served.flatMap((caller) => this.#dueOfCall(caller)),
      ]
        .filter(({ atMs }) => atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.nowMs = due.atMs;
      due.happens();
    }
    this.nowMs = untilMs;
  }

  #dueOfWaiting(caller: Caller): { atMs: number; happens: () => void } {
    const { maxWaitMs } = this.#rules;
    const { cameMs, timeoutMs } = caller;
    if (timeoutMs !== null && timeoutMs < maxWaitMs)
      return { atMs: cameMs + timeoutMs, happens: () => this.#drop(caller, "total") };
    return { atMs: cameMs + maxWaitMs, happens: () => this.#drop(caller, "queue-expired") };
  }

  #dueOfCall({ id, cameMs, timeoutMs }: Caller): { atMs: number; happens: () => void }[] {
    return timeoutMs === null ? [] : [{ atMs: cameMs + timeoutMs, happens: () => this.end(id, "total") }];
  }

  #serve(): void {
    const { slots, batchSlots } = this.#rules;
    if (this.isOpen) return;
    for (const isBatch of [false, true]) {
      for (const caller of this.#waiting.filter((each) => each.isBatch === isBatch)) {
        const isBehind = this.#waiting.some((each) => each.isBatch === isBatch && each.id < caller.id);
        const isOvertaken = isBatch && this.#waiting.some((each) => !each.isBatch);
        if (isBehind || isOvertaken || this.#served.length >= (isBatch ? batchSlots : slots)) continue;
        this.#waiting = this.#waiting.filter((each) => each !== caller);
        this.#served.push(caller);
        this.#say(caller, "served");
      }
    }
  }

  #drop(caller: Caller, status: string): void {
    this.#waiting = this.#waiting.filter((each) => each !== caller);
    this.#say(caller, status);
    this.#serve();
  }

  #say({ id }: Caller, status: string): void {
    this.statuses.set(id, status);
  }
}
