/** A call's wait for its turn, as a promise: of the place it took, or of why it has none. */
import { callerAbort, type CallWish } from "./call-guard.ts";
import type { Clock } from "./clock.ts";
import { deadlinesOf } from "./deadlines.ts";
import { CallTimeoutError } from "./errors.ts";
import type { RecloserEvents } from "./events.ts";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./outcome.ts";
import type { Policy } from "./policy.ts";
import type { Priority } from "./priority.ts";
import { type Door, type WaitEnd, Waiter, WaitQueue, type WaitReason } from "./wait-queue.ts";

/** Why a call has no place, for its caller; `outcome` null: it was never made. */
export class Refused {
  readonly error: unknown;
  readonly outcome: Outcome | null;

  constructor(error: unknown, outcome: Outcome | null) {
    this.error = error;
    this.outcome = outcome;
  }
}

/** What waiting is asked for with. */
export interface TurnWish extends Partial<Pick<CallWish, "totalMs" | "sinceMs">> {
  readonly signal: AbortSignal | undefined;
  readonly priority: Priority;
}

/** Whose call waits. */
export interface TurnSite extends Door {
  readonly name: string;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly machines: readonly Machine[];
  refusal(reason: WaitReason, priority: Priority, waitedMs: number, nowMs: number): Error;
  hears(name: "wait"): boolean;
  tell(name: "wait", event: RecloserEvents["wait"]): void;
}

/** A wait that has begun; `leave` ends it like an abort. */
export interface Turn<A> {
  readonly place: Promise<A | Refused>;
  readonly leave: () => void;
}

/**
 * Puts a call into its record's queue, or refuses it at once: where nobody may wait, where it would be in vain, where too many
 * wait already.
 *
 * @param enter takes the call's place when its turn comes; null when there is none after all
 */
export function waitForTurn<A>(
  site: TurnSite,
  health: Machine,
  reason: WaitReason,
  wish: TurnWish,
  enter: (nowMs: number) => A | null,
): Turn<A> | Refused {
  const nowMs = site.clock.now();
  const { queue } = site.policy;
  const { priority, signal } = wish;
  const refuse = (why: WaitReason): Refused => new Refused(site.refusal(why, priority, 0, nowMs), null);
  if (queue === false) return refuse(reason);
  if (signal?.aborted === true) return new Refused(signal.reason, callerAbort(signal.reason));
  const leftMs = timeLeftMs(wish, nowMs);
  // Whole milliseconds: what callers have left is another fraction each time, and like deadlines share a queue.
  const forMs = Math.ceil(Math.min(queue.maxWaitMs, leftMs));
  const ahead = health.waiting?.before(priority) ?? 0;
  if (!site.mayWait(reason, priority, forMs, ahead, nowMs)) return refuse(reason);
  const isFull = (): boolean => (health.waiting?.size ?? 0) >= queue.size;
  if (isFull()) health.waiting?.look(nowMs);
  // Again: whoever hears of the one that made room may have taken it.
  while (isFull()) if (priority === "batch" || health.waiting?.evict(nowMs) !== true) return refuse("queue-full");
  const end = new TurnEnd(site, wish, nowMs, leftMs < queue.maxWaitMs, enter);
  const waiter = new Waiter(site, { priority, signal, forMs }, reason, end);
  end.waiter = waiter;
  const waiting = health.waiting ?? new WaitQueue(health, deadlinesOf(site.clock));
  waiting.join(waiter, nowMs);
  waiting.look(nowMs);
  return { place: end.place, leave: () => waiter.leave() };
}

function timeLeftMs({ totalMs, sinceMs }: TurnWish, nowMs: number): number {
  if (totalMs === undefined || totalMs === null) return Infinity;
  return Math.max(0, (sinceMs ?? nowMs) + totalMs - nowMs);
}

class TurnEnd<A> implements WaitEnd {
  readonly place: Promise<A | Refused>;
  waiter: Waiter | null = null;
  readonly #site: TurnSite;
  readonly #wish: TurnWish;
  readonly #sinceMs: number;
  readonly #isByDeadline: boolean;
  readonly #enter: (nowMs: number) => A | null;
  #resolve: (end: A | Refused) => void = () => {};

  /** @param isByDeadline whether the caller's own time is over before the queue's is */
  constructor(
    site: TurnSite,
    wish: TurnWish,
    sinceMs: number,
    isByDeadline: boolean,
    enter: (nowMs: number) => A | null,
  ) {
    this.#site = site;
    this.#wish = wish;
    this.#sinceMs = sinceMs;
    this.#isByDeadline = isByDeadline;
    this.#enter = enter;
    this.place = new Promise((resolve) => (this.#resolve = resolve));
  }

  enter(nowMs: number): boolean {
    let place: A | Refused | null;
    try {
      place = this.#enter(nowMs);
    } catch (error) {
      place = new Refused(error, null); // a fault in what the caller gave for its call is the caller's
    }
    if (place === null) return false;
    this.#tell("admitted", nowMs);
    this.#resolve(place);
    return true;
  }

  rejected(reason: WaitReason, nowMs: number): void {
    const error = this.#site.refusal(reason, this.#wish.priority, nowMs - this.#sinceMs, nowMs);
    this.#tell("rejected", nowMs);
    this.#resolve(new Refused(error, null));
  }

  expired(nowMs: number): void {
    if (!this.#isByDeadline) return this.rejected("queue-expired", nowMs);
    this.#tell("deadline", nowMs);
    this.#resolve(new Refused(new CallTimeoutError(this.#site.name, "total", this.#wish.totalMs ?? 0), null));
  }

  aborted(): void {
    const reason: unknown = this.#wish.signal?.reason;
    this.#tell("aborted", this.#site.clock.now());
    this.#resolve(new Refused(reason, callerAbort(reason)));
  }

  #tell(result: RecloserEvents["wait"]["result"], atMs: number): void {
    const { name } = this.#site;
    const { reason, priority } = this.waiter as Waiter;
    if (this.#site.hears("wait"))
      this.#site.tell("wait", { key: name, priority, reason, result, waitedMs: atMs - this.#sinceMs, atMs });
  }
}
